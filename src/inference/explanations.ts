/**
 * The requests that explain an answer: parameters from the wire are prepared for the mathematics, and partial results go out at a
 * pace that a page can draw. Engine only.
 */

import { examples } from '../analysis/examples/examples';
import { headMap } from '../analysis/heads/headMap';
import type { AskedLens } from '../analysis/logitLens/contract';
import { lensTable } from '../analysis/logitLens/lensTable';
import { align } from '../analysis/patching/alignment';
import { type OnStep, patchMap } from '../analysis/patching/patchMap';
import type { SaliencyParams } from '../analysis/saliency/contract';
import { askedOf } from '../analysis/saliency/longPrompt';
import { saliency } from '../analysis/saliency/saliency';
import type { TargetSpec } from '../analysis/shared/contract';
import type { Model } from '../analysis/shared/model';
import { resolveTarget, type Target, targetResult } from '../analysis/shared/target';
import type { HandlerContext } from '../protocol/channel';
import { clause } from '../protocol/clauses';
import type { Prompt, Range } from '../protocol/model';
import { ProblemError } from '../protocol/problem';
import type { PartialProgress } from '../protocol/request';
import { type Ground, type PromptHandler, stepsDone } from './ground';
import { Pace } from './pace';
import { matchRanges } from './safeRegex';

export const explainBySaliency: PromptHandler<'saliency'> = async (ground, params, context) => {
  const { prompt, model } = ground;
  const { signal } = context;
  const replacement = replacementId(model, params.replacement);
  const ranges = rangesOf(params, prompt.rendered);
  const result = await paced(prompt, context, (onStep) =>
    saliency(ground, { ...askedOf(params, prompt, ranges), replacement, ranges, signal, onStep }),
  );
  return { result };
};

export const explainByLens: PromptHandler<'logitLens'> = async (ground, params, { signal, progress }) => {
  const { model, ids, known } = ground;
  const { top, change } = params;
  const target = params.target && (await targetOf(ground, params.target, signal));
  const follow = [...(target?.sides ?? []).map(({ targets }) => targets[0]), ...params.follow];
  const positions = askedPositions(params.positions, Math.min(target?.before ?? ids.length, ids.length));
  const onProgress = stepsDone(progress);
  const table = await lensTable(model, ids, { positions, top, follow, change, known, signal, onProgress });
  return { result: { ...table, target: target && targetResult(target) } };
};

/** `end`: the position at which the explained text begins. */
function askedPositions(asked: AskedLens['positions'], end: number): number[] {
  if ('last' in asked) {
    const first = Math.max(0, end - asked.last);
    return Array.from({ length: end - first }, (_, column) => first + column);
  }
  return asked;
}

export const explainByHeads: PromptHandler<'heads'> = async (ground, { target: spec, preview }, context) => {
  const { model, differentiable, prompt, ids, known } = ground;
  const { signal } = context;
  const target = await targetOf(ground, spec, signal);
  const result = await paced(prompt, context, (onStep) =>
    headMap(model, differentiable, ids, target, { preview, known, signal, onStep }),
  );
  return { result };
};

export const explainByExamples: PromptHandler<'examples'> = async (ground, { target: spec }, context) => {
  const { model, prompt, known } = ground;
  const { signal } = context;
  const target = await targetOf(ground, spec, signal);
  const result = await paced(prompt, context, (onStep) => examples(model, prompt, target, { known, signal, onStep }));
  return { result };
};

export const explainByPatching: PromptHandler<'patching'> = async (ground, params, context) => {
  const { model, differentiable, prompt, ids, known } = ground;
  const { parts, preview } = params;
  const { signal } = context;
  const from = await ground.read(params.from);
  const others = from.tokens.map(({ id }) => id);
  const stretches = align(ids, others);
  if (others.length !== ids.length) return { result: { from, stretches, map: null } };
  const target = await targetOf(ground, params.target, signal);
  const result = await paced(prompt, context, async (onStep) => {
    const map = await patchMap(model, differentiable, ids, others, target, {
      ...{ parts, preview, known, signal },
      onStep: (snapshot, done, total) => onStep(() => ({ from, stretches, map: snapshot() }), done, total),
    });
    return { from, stretches, map };
  });
  return { result };
};

function targetOf({ model, prompt, known }: Ground, spec: TargetSpec, signal: AbortSignal): Promise<Target> {
  return resolveTarget(model, prompt, spec, { known, signal });
}

/**
 * The given token, else the token of a single space; where the vocabulary has none, the last of the tokens that a space is cut
 * into.
 */
function replacementId(model: Model, given: number | null): number {
  const { vocabulary } = model.info;
  if (given !== null && !(Number.isInteger(given) && given >= 0 && given < vocabulary)) {
    throw new ProblemError('outOfRange', [clause('replacement'), 0, vocabulary - 1]);
  }
  return given ?? model.tokenize(' ').at(-1) ?? 0;
}

/** Regular expressions run under their time limit. */
function rangesOf({ by, pattern, selection }: SaliencyParams, rendered: string): Range[] {
  if (by === 'match') return matchRanges(pattern ?? '', rendered);
  return by === 'selection' ? selection : [];
}

async function paced<R>(
  prompt: Prompt,
  { progress }: Pick<HandlerContext<PartialProgress<R>>, 'progress'>,
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
