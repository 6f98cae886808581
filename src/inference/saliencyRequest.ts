/**
 * The request `saliency`: regular expressions under their time limit before, partial results at a pace that a page can draw
 * after. Engine only.
 */

import type { SaliencyParams, SaliencyResult } from '../analysis/saliency/contract';
import { saliency } from '../analysis/saliency/saliency';
import type { Differentiable } from '../analysis/shared/differentiable';
import type { HandlerContext } from '../protocol/channel';
import type { Range } from '../protocol/model';
import type { PartialProgress } from '../protocol/request';
import { type Ground, replacementId } from './explanations';
import { Pace } from './pace';
import { matchRanges } from './safeRegex';

export async function explainBySaliency(
  ground: Ground & { differentiable: Differentiable },
  params: SaliencyParams,
  { signal, progress }: HandlerContext<PartialProgress<SaliencyResult>>,
): Promise<SaliencyResult> {
  const { prompt, model } = ground;
  const pace = new Pace();
  const options = {
    ...params,
    replacement: replacementId(model, params.replacement),
    ranges: rangesOf(params, prompt.rendered),
    signal,
    onStep: (snapshot: () => SaliencyResult, done: number, total: number) =>
      pace.offer(() => progress({ stage: 'running', done, total, unit: 'tokens', prompt, partial: snapshot() })),
  };
  try {
    return await saliency(ground, options);
  } finally {
    pace.stop();
  }
}

function rangesOf({ by, pattern, selection }: SaliencyParams, rendered: string): Range[] {
  if (by === 'match') return matchRanges(pattern ?? '', rendered);
  return by === 'selection' ? selection : [];
}
