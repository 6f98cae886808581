/**
 * Requests that explain an answer: from what crosses the wire to the analyses and back, with progress. Engine only.
 */
import { faithfulness } from '../analysis/faithfulness';
import type { Model } from '../analysis/model';
import { occlusion } from '../analysis/occlusion';
import type { KnownPast } from '../analysis/prefix';
import { resolveTarget, targetResult } from '../analysis/target';
import { unitsOf } from '../analysis/units';
import type { HandlerContext } from '../protocol/channel';
import type { OcclusionParams, OcclusionProgress } from '../protocol/engine';
import type { Prompt } from '../protocol/model';
import { ProblemError } from '../protocol/problem';
import type { OcclusionResult, ScoredUnit } from '../protocol/results';
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
  const matches = by === 'match' ? matchRanges(params.pattern ?? '', prompt.rendered) : [];
  const units = unitsOf(prompt, by, scope, matches);
  const replacement = replacementId(model, params.replacement);
  const target = await resolveTarget(model, ids, params.target, { known, signal });

  let fresh: ScoredUnit[] = [];
  const onProgress = (done: number, total: number) => {
    progress({ stage: 'running', done, total, unit: 'tokens', scored: fresh });
    fresh = [];
  };
  const onScores = (indices: readonly number[], scores: readonly number[]) => {
    fresh.push(...indices.map((index, place) => ({ ...units[index], score: scores[place] })));
  };
  const options = { replacement, known, signal, onProgress };
  const scores = await occlusion(model, ids, target, units, operator, { ...options, onScores });
  const curves = params.faithfulness
    ? await faithfulness(model, ids, target, units, scores, { ...options, operator })
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
function replacementId(model: Model, given: number | null): number {
  const { vocabulary } = model.info;
  if (given !== null && !(Number.isInteger(given) && given >= 0 && given < vocabulary)) {
    throw new ProblemError('outOfRange', ['The replacement', 0, vocabulary - 1]);
  }
  return given ?? model.tokenize(' ').at(-1) ?? 0;
}
