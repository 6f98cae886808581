/**
 * What putting a second prompt's states in would change the target by, to first order and for every place at once, from one
 * gradient (Nanda 2023; Syed et al. 2023):
 *
 *   Σ_d (hidden′ − hidden)[l,t,d] · ∂target/∂hidden[l,t,d], and the same for a head's output, all positions
 *
 * The gradient is taken in the unchanged prompt. For the analyses of this folder.
 */
import type { ModelInfo } from '../protocol/model';
import { ProblemError } from '../protocol/problem';
import type { Differentiable, GradientTaps } from './differentiable';
import type { Differences } from './stateDifferences';
import type { Target } from './target';

/** Empty where the differences are not given. */
export interface PatchCredit {
  /** [L + 1][T] */
  residual: number[][];
  /** [L][H] */
  heads: number[][];
}

/** Change of the target's value. Rejects as `Differentiable.gradient` does. */
export async function patchCredit(
  { heads, width }: ModelInfo,
  differentiable: Differentiable,
  { before, sides }: Target,
  { hidden = [], heads: outputs = [] }: Partial<Differences>,
  signal?: AbortSignal,
): Promise<PatchCredit> {
  const residual = hidden.map(() => new Array<number>(before).fill(0));
  const byHead = outputs.map(() => new Array<number>(heads).fill(0));
  for (const { input, rows, targets, weight } of sides) {
    const ofHidden: GradientTaps['hidden'] = (layer, slopes) => {
      hidden[layer].forEach((difference, at) => {
        residual[layer][Math.floor(at / width)] += difference * slopes[at];
      });
    };
    const ofHeads: GradientTaps['heads'] = (block, slopes) => {
      const channels = slopes.length / (input.length * heads);
      outputs[block].forEach((difference, head) => {
        difference.forEach((value, at) => {
          const t = Math.floor(at / channels);
          byHead[block][head] += value * slopes[(t * heads + head) * channels + (at % channels)];
        });
      });
    };
    const taps = { ...(hidden.length > 0 && { hidden: ofHidden }), ...(outputs.length > 0 && { heads: ofHeads }) };
    await differentiable.gradient({ ids: [input], rows, targets, weights: rows.map(() => weight), taps }, signal);
  }
  return { residual, heads: byHead };
}

/** Null where there is no memory for a gradient: exact values need none. */
export async function unlessRefused<R>(gradient: Promise<R>): Promise<R | null> {
  try {
    return await gradient;
  } catch (error) {
    if (error instanceof ProblemError && error.problem.code === 'outOfMemory') return null;
    throw error;
  }
}
