/**
 * Requests that explain an answer: from what crosses the wire to the analyses and back, with progress. Engine only.
 */

import type { OcclusionParams, OcclusionProgress, OcclusionResult } from '../analysis/saliency/contract';
import { faithfulness } from '../analysis/saliency/faithfulness';
import { occlusion } from '../analysis/saliency/occlusion';
import type { ScoredUnit } from '../analysis/shared/contract';
import type { Model } from '../analysis/shared/model';
import type { KnownPast } from '../analysis/shared/prefix';
import { resolveTarget, targetResult } from '../analysis/shared/target';
import { unitsOf } from '../analysis/shared/units';
import type { HandlerContext } from '../protocol/channel';
import { clause } from '../protocol/clauses';
import type { Prompt } from '../protocol/model';
import { ProblemError } from '../protocol/problem';
import type { Progress } from '../protocol/request';
import { matchRanges } from './safeRegex';

/** The prompt as it stands, and what an earlier run knows of it. */
export interface Ground {
  model: Model;
  prompt: Prompt;
  ids: readonly number[];
  known: KnownPast | null;
}

export async function explainByOcclusion(
  { model, prompt, ids, known }: Ground,
  params: OcclusionParams,
  { signal, progress }: HandlerContext<OcclusionProgress>,
): Promise<OcclusionResult> {
  const { operator, by, scope } = params;
  const ranges = by === 'match' ? matchRanges(params.pattern ?? '', prompt.rendered) : params.selection;
  const units = unitsOf(prompt, by, scope, ranges);
  const replacement = replacementId(model, params.replacement);
  const target = await resolveTarget(model, prompt, params.target, { known, signal });

  const onward = collected(progress, (unit, score: number | null): ScoredUnit => ({ ...units[unit], score }));
  const options = { replacement, known, signal };
  const scores = await occlusion(model, ids, target, units, operator, { ...options, ...onward });
  const curves = params.faithfulness
    ? await faithfulness(model, ids, target, units, scores, { ...options, operator, onProgress: onward.onProgress })
    : null;
  return {
    target: targetResult(target),
    operator,
    by,
    units: units.map((unit, index) => ({ ...unit, score: scores[index] })),
    faithfulness: curves,
  };
}

/** The token of a single space where none is named; of a vocabulary that has none, the last token that a space becomes. */
export function replacementId(model: Model, given: number | null): number {
  const { vocabulary } = model.info;
  if (given !== null && !(Number.isInteger(given) && given >= 0 && given < vocabulary)) {
    throw new ProblemError('outOfRange', [clause('replacement'), 0, vocabulary - 1]);
  }
  return given ?? model.tokenize(' ').at(-1) ?? 0;
}

/** Scores wait for the progress that follows them: one message a pass. */
function collected<S, N extends number | null = number>(
  progress: (step: Progress & { scored: S[] }) => void,
  scoredOf: (index: number, score: N) => S,
) {
  let fresh: S[] = [];
  return {
    onScores: (indices: readonly number[], scores: readonly N[]) => {
      fresh.push(...indices.map((index, place) => scoredOf(index, scores[place])));
    },
    onProgress: (done: number, total: number) => {
      progress({ stage: 'running', done, total, unit: 'tokens', scored: fresh });
      fresh = [];
    },
  };
}
