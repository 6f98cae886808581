/**
 * How much the target would change if a second prompt's states were put in, to first order and for every place at once, from one gradient
 * (Nanda 2023; Syed et al. 2023):
 *
 *   Σ_d (hidden′ − hidden)[l,t,d] · ∂target/∂hidden[l,t,d], and the same for a head's output, all positions
 *
 * The gradient is taken in the unchanged prompt.
 */
import type { ModelInfo } from '../../protocol/model';
import { ProblemError } from '../../protocol/problem';
import type { Differentiable } from '../shared/differentiable';
import type { DifferencePart, StateKind } from '../shared/stateDifferences';
import type { Target } from '../shared/target';

/** ∂target/∂state, summed over the target's sides, for the kinds that are asked for. */
interface Slopes {
  /** [L + 1] of [T, D] */
  hidden: Float32Array[];
  /** [L] of [T, H, C] */
  heads: Float32Array[];
}

/** The arrays are empty for a kind that is not asked for. */
export interface PatchCredit {
  /** [L + 1][T] */
  residual: number[][];
  /** [L][H] */
  heads: number[][];
}

/**
 * The change of the target's value. `visit` hands out the differences; it is called after the gradient is done, so that a long prompt's
 * differences are not held while it is computed. Rejects as `Differentiable.gradient` and `visit` do.
 */
export async function patchCredit(
  { heads, width }: ModelInfo,
  differentiable: Differentiable,
  target: Target,
  kinds: readonly StateKind[],
  visit: (onPart: (part: DifferencePart) => void) => Promise<void>,
  signal?: AbortSignal,
): Promise<PatchCredit> {
  const slopes = await slopesOf(differentiable, target, kinds, signal);
  const credit = {
    residual: slopes.hidden.map(() => new Array<number>(target.before).fill(0)),
    heads: slopes.heads.map(() => new Array<number>(heads).fill(0)),
  };
  await visit(({ kind, layer, head, sign, from, rows, count }) => {
    const own = slopes[kind][layer];
    if (kind === 'hidden') {
      rows.forEach((value, at) => {
        credit.residual[layer][from + Math.floor(at / width)] += sign * value * own[from * width + at];
      });
      return;
    }
    const channels = rows.length / count;
    rows.forEach((value, at) => {
      const t = from + Math.floor(at / channels);
      credit.heads[layer][head] += sign * value * own[(t * heads + head) * channels + (at % channels)];
    });
  });
  return credit;
}

async function slopesOf(
  differentiable: Differentiable,
  { before, sides }: Target,
  kinds: readonly StateKind[],
  signal: AbortSignal | undefined,
): Promise<Slopes> {
  const slopes: Slopes = { hidden: [], heads: [] };
  for (const { input, rows, targets, weight } of sides) {
    const tap = (kind: StateKind) => (layer: number, gradient: Float32Array) => {
      const length = (gradient.length / input.length) * before;
      slopes[kind][layer] ??= new Float32Array(length);
      const sum = slopes[kind][layer];
      for (let at = 0; at < length; at++) sum[at] += gradient[at];
    };
    const taps = Object.fromEntries(kinds.map((kind) => [kind, tap(kind)]));
    await differentiable.gradient({ ids: [input], rows, targets, weights: rows.map(() => weight), taps }, signal);
  }
  return slopes;
}

/** Null where there is no memory for a gradient; exact values need none. */
export async function unlessRefused<R>(gradient: Promise<R>): Promise<R | null> {
  try {
    return await gradient;
  } catch (error) {
    if (error instanceof ProblemError && error.problem.code === 'outOfMemory') return null;
    throw error;
  }
}
