/**
 * What changing a state would change the target by, to first order and for every place at once, from one gradient (Nanda 2023;
 * Syed et al. 2023):
 *
 *   head knock-out   Σ_{t,c} output[l,h,t,c] · ∂target/∂output[l,h,t,c]
 *   patching         Σ_d (hidden′ − hidden)[l,t,d] · ∂target/∂hidden[l,t,d], and the same for a head's output, all positions
 *
 * The gradient is taken in the unchanged prompt. For the analyses of this folder.
 */

import type { ModelInfo } from '../protocol/model';
import { ProblemError } from '../protocol/problem';
import type { Differentiable } from './differentiable';
import type { Target } from './target';

/** [L][H]; `info` of the model. Rejects as `Differentiable.gradient` does. */
export async function headCredit(
  { layers, heads }: ModelInfo,
  differentiable: Differentiable,
  { sides }: Target,
  signal?: AbortSignal,
): Promise<number[][]> {
  const blocks = range(layers);
  const credit = blocks.map(() => new Array<number>(heads).fill(0));
  for (const { input, rows, targets, weight } of sides) {
    const pass = { ids: [input], rows, targets, weights: rows.map(() => weight), heads: blocks };
    const gradient = await differentiable.gradient(pass, signal);
    for (const [block, { outputs, gradient: slopes }] of gradient.heads) {
      const channels = outputs.length / (input.length * heads);
      outputs.forEach((output, at) => {
        credit[block][Math.floor(at / channels) % heads] += output * slopes[at];
      });
    }
  }
  return credit;
}

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
  const every = range(layers + 1);
  const blocks = range(layers);
  const residual = every.map(() => new Array<number>(before).fill(0));
  const byHead = blocks.map(() => new Array<number>(heads).fill(0));
  for (const { input, rows, targets, weight } of sides) {
    const pass = { ids: [input], rows, targets, weights: rows.map(() => weight), hidden: every, heads: blocks };
    const gradient = await differentiable.gradient(pass, signal);
    for (const [layer, slopes] of gradient.hidden) {
      differences.hidden[layer].forEach((difference, at) => {
        residual[layer][Math.floor(at / width)] += difference * slopes[at];
      });
    }
    for (const [block, { gradient: slopes }] of gradient.heads) {
      const channels = slopes.length / (input.length * heads);
      differences.heads[block].forEach((difference, head) => {
        difference.forEach((value, at) => {
          const t = Math.floor(at / channels);
          byHead[block][head] += value * slopes[(t * heads + head) * channels + (at % channels)];
        });
      });
    }
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

const range = (length: number): number[] => Array.from({ length }, (_, index) => index);
