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
import type { Differentiable } from './differentiable';
import type { Target } from './target';

/** How the second prompt's states differ from the first one's over the T tokens before the target. */
export interface Differences {
  /** [L + 1] of [T, D]. */
  hidden: Float32Array[];
  /** [L][H] of [T, C]. */
  heads: Float32Array[][];
}

export interface PatchCredit {
  /** [L + 1][T] */
  residual: number[][];
  /** [L][H] */
  heads: number[][];
}

/** Change of the target's value. Rejects as `Differentiable.gradient` does. */
export async function patchCredit(
  { layers, heads, width }: ModelInfo,
  differentiable: Differentiable,
  { before, sides }: Target,
  differences: Differences,
  signal?: AbortSignal,
): Promise<PatchCredit> {
  const residual = Array.from({ length: layers + 1 }, () => new Array<number>(before).fill(0));
  const byHead = Array.from({ length: layers }, () => new Array<number>(heads).fill(0));
  for (const { input, rows, targets, weight } of sides) {
    const taps = {
      hidden: (layer: number, slopes: Float32Array) => {
        differences.hidden[layer].forEach((difference, at) => {
          residual[layer][Math.floor(at / width)] += difference * slopes[at];
        });
      },
      heads: (block: number, slopes: Float32Array) => {
        const channels = slopes.length / (input.length * heads);
        differences.heads[block].forEach((difference, head) => {
          difference.forEach((value, at) => {
            const t = Math.floor(at / channels);
            byHead[block][head] += value * slopes[(t * heads + head) * channels + (at % channels)];
          });
        });
      },
    };
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
