/**
 * The requests of the Layers and Patching tabs: from what crosses the wire to the analyses and back, partial results at a pace that
 * a page can draw. Engine only.
 */

import type { EngineApi } from '../analysis/contracts';
import type { ExamplesResult } from '../analysis/examples/contract';
import { examples } from '../analysis/examples/examples';
import type { HeadMap } from '../analysis/heads/contract';
import { headMap } from '../analysis/heads/headMap';
import type { LensTable } from '../analysis/logitLens/contract';
import { lensTable } from '../analysis/logitLens/lensTable';
import { align } from '../analysis/patching/alignment';
import type { PatchingParams, PatchingResult } from '../analysis/patching/contract';
import { type OnStep, patchMap } from '../analysis/patching/patchMap';
import type { TargetResult } from '../analysis/shared/contract';
import type { Differentiable } from '../analysis/shared/differentiable';
import { resolveTarget, targetResult } from '../analysis/shared/target';
import type { HandlerContext } from '../protocol/channel';
import type { Prompt } from '../protocol/model';
import type { PartialProgress, Progress } from '../protocol/request';
import type { Ground } from './explanations';
import { Pace } from './pace';

type Requests = EngineApi['requests'];
type Differentiated = Ground & { differentiable: Differentiable };

export async function explainByLens(
  { model, prompt, ids, known }: Ground,
  params: Requests['logitLens']['params'],
  { signal, progress }: HandlerContext<Progress>,
): Promise<LensTable & { target: TargetResult | null }> {
  const target = params.target && (await resolveTarget(model, prompt, params.target, { known, signal }));
  const { positions, top, change } = params;
  const follow = [...(target?.sides ?? []).map(({ targets }) => targets[0]), ...params.follow];
  const onProgress = (done: number, total: number) => progress({ stage: 'running', done, total, unit: 'steps' });
  const table = await lensTable(model, ids, { positions, top, follow, change, known, signal, onProgress });
  return { ...table, target: target && targetResult(target) };
}

export async function explainByHeads(
  { model, differentiable, prompt, ids, known }: Differentiated,
  params: Requests['heads']['params'],
  context: HandlerContext<PartialProgress<HeadMap>>,
): Promise<HeadMap> {
  const { signal } = context;
  const target = await resolveTarget(model, prompt, params.target, { known, signal });
  const { preview } = params;
  return paced(prompt, context, (onStep) =>
    headMap(model, differentiable, ids, target, { preview, known, signal, onStep }),
  );
}

export async function explainByExamples(
  { model, prompt, known }: Ground,
  params: Requests['examples']['params'],
  context: HandlerContext<PartialProgress<ExamplesResult>>,
): Promise<ExamplesResult> {
  const { signal } = context;
  const target = await resolveTarget(model, prompt, params.target, { known, signal });
  return paced(prompt, context, (onStep) => examples(model, prompt, target, { known, signal, onStep }));
}

/** `from`: the second prompt. */
export async function explainByPatching(
  { model, differentiable, prompt, ids, known }: Differentiated,
  from: Prompt,
  params: PatchingParams,
  context: HandlerContext<PartialProgress<PatchingResult>>,
): Promise<PatchingResult> {
  const { signal } = context;
  const { parts, preview } = params;
  const others = from.tokens.map(({ id }) => id);
  const stretches = align(ids, others);
  if (others.length !== ids.length) return { from, stretches, map: null };
  const target = await resolveTarget(model, prompt, params.target, { known, signal });
  return paced(prompt, context, async (onStep) => {
    const map = await patchMap(model, differentiable, ids, others, target, {
      parts,
      preview,
      known,
      signal,
      onStep: (snapshot, done, total) => onStep(() => ({ from, stretches, map: snapshot() }), done, total),
    });
    return { from, stretches, map };
  });
}

async function paced<R>(
  prompt: Prompt,
  { progress }: HandlerContext<PartialProgress<R>>,
  work: (onStep: OnStep<R>) => Promise<R>,
): Promise<R> {
  const pace = new Pace();
  try {
    return await work((snapshot, done, total) =>
      pace.offer(() => progress({ stage: 'running', done, total, unit: 'tokens', prompt, partial: snapshot() })),
    );
  } finally {
    pace.stop();
  }
}
