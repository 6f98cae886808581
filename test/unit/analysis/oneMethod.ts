/** One saliency method by token, and the curves of one ranking, for tests that look at these alone. */

import type {
  Completeness,
  Faithfulness,
  GradientMethod,
  SaliencyMethod,
} from '../../../src/analysis/saliency/contract';
import { type CurveOptions, DeletionCurves } from '../../../src/analysis/saliency/faithfulness';
import { saliency } from '../../../src/analysis/saliency/saliency';
import type { TargetResult, TargetSpec, Unit } from '../../../src/analysis/shared/contract';
import type { Differentiable } from '../../../src/analysis/shared/differentiable';
import type { PromptText } from '../../../src/analysis/shared/following';
import type { Model } from '../../../src/analysis/shared/model';
import type { Target } from '../../../src/analysis/shared/target';
import type { ScoringOptions } from '../../../src/analysis/shared/variants';
import type { Prompt } from '../../../src/protocol/model';
import { ProblemError } from '../../../src/protocol/problem';
import { alone } from '../../fixtures/saliencyAsked';

interface Asked {
  method: GradientMethod;
  steps: number;
  target: TargetSpec;
  signal?: AbortSignal;
  onProgress?: (done: number, total: number) => void;
}

export interface OneGradient {
  target: TargetResult;
  method: SaliencyMethod;
  /** [T] */
  scores: number[];
  completeness: Completeness | null;
}

/** Asks as the command `gradients` does. Rejects with the problem for which the method is refused. */
export async function gradients(
  model: Model,
  differentiable: Differentiable,
  { rendered, tokens }: PromptText,
  { method, onProgress, ...asked }: Asked,
): Promise<OneGradient> {
  const full = tokens.map((token) => ({ ...token, text: '', bytes: '', source: null, special: false, role: null }));
  const prompt: Prompt = { file: null, rendered, tokens: full };
  const ground = { model, differentiable, prompt, ids: tokens.map(({ id }) => id), known: null };
  const { target, methods } = await saliency(ground, {
    ...{ ...alone, ...asked, replacement: 0, ranges: [], methods: [method] },
    onStep: (_, done, total) => onProgress?.(done, total),
  });
  const [{ method: found, scores, completeness, refused }] = methods;
  if (refused) throw ProblemError.from(refused);
  return { target, method: found, scores: scores as number[], completeness };
}

/** Curves over the units that have a score. */
export function faithfulness(
  model: Model,
  ids: readonly number[],
  target: Target,
  units: readonly Pick<Unit, 'tokens'>[],
  scores: readonly (number | null)[],
  { operator, replacement, orders, seed, steps, ...options }: CurveOptions & Omit<ScoringOptions, 'onValues'>,
): Promise<Faithfulness | null> {
  const scored = scores.flatMap((score, unit) => (score === null ? [] : [{ unit: units[unit], score }]));
  const removable = scored.map(({ unit }) => unit);
  const curves = new DeletionCurves(model, ids, target, removable, { operator, replacement, orders, seed, steps });
  return curves.of(
    scored.map(({ score }) => score),
    options,
  );
}
