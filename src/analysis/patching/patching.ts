/**
 * Where the difference between two prompts is carried (activation patching: Vig et al. 2020, Meng et al. 2022): a state of the second
 * prompt is put into the first at one place,
 *
 *   hidden[l, t] ← hidden′[l, t]     or, at every position,     output[l, h] ← output′[l, h]
 *   score = (patched − first) / (second − first)
 *
 * in terms of the target's value: 0 = as without the patch, 1 = as with the whole second prompt. Places before the first token that differs
 * cannot matter, so by residual stream this costs about (L + 1) · N²/2 token passes with N tokens from there on.
 */

import { ProblemError } from '../../protocol/problem';
import { unchanged } from '../saliency/occlusion';
import type { Model } from '../shared/model';
import { commonPrefix } from '../shared/prefix';
import type { ComparedPrompts, Differences } from '../shared/stateDifferences';
import type { Target } from '../shared/target';
import { type ScoringOptions, scoreVariants, type Variant } from '../shared/variants';

/** Log-probabilities that differ by less than this differ only by rounding. */
const indistinct = 1e-3;

/** Two prompts of equal length with different target values, cut off before the target: T tokens. */
export interface PromptPair extends ComparedPrompts {
  /** The target's value in each. */
  base: number;
  other: number;
}

/**
 * `from`: the second prompt. Rejects with `lengthsDiffer`, `nothingToRecover` (the target is equally likely after both) and `cancelled`
 * between passes.
 */
export async function comparePrompts(
  model: Model,
  ids: readonly number[],
  from: readonly number[],
  target: Target,
  { known, signal }: Pick<ScoringOptions, 'known' | 'signal'> = {},
): Promise<PromptPair> {
  if (ids.length !== from.length) throw new ProblemError('lengthsDiffer', [ids.length, from.length]);
  const first = ids.slice(0, target.before);
  const second = from.slice(0, target.before);
  const start = Math.min(commonPrefix(first, second), first.length - 1);
  const [base] = await scoreVariants(model, target, [unchanged(first)], { known, signal });
  const [other] = await scoreVariants(model, target, [{ ids: second, start }], { known, signal });
  if (Math.abs(other - base) < indistinct) throw new ProblemError('nothingToRecover');
  return { first, second, base, other, start };
}

export const recovered = ({ base, other }: PromptPair, value: number): number => (value - base) / (other - base);

/** Places l · T + t where a state of the second prompt could change the target. */
export function residualPlaces({ first, second, start }: PromptPair, layers: number): number[] {
  const T = first.length;
  return Array.from({ length: (layers + 1) * T }, (_, place) => place).filter((place) => {
    const [layer, position] = [Math.floor(place / T), place % T];
    // Equal tokens enter the first block alike; after the last block only the position that predicts is read.
    if (layer === 0) return first[position] !== second[position];
    return layer === layers ? position === T - 1 : position >= start;
  });
}

/** Variants of the first prompt with the second one's state at these places. */
export function residualVariants(
  { first }: PromptPair,
  hidden: Differences['hidden'],
  places: readonly number[],
): Variant[] {
  const T = first.length;
  const width = hidden[0].length / T;
  return places.map((place) => {
    const [layer, position] = [Math.floor(place / T), place % T];
    const delta = hidden[layer].subarray(position * width, (position + 1) * width);
    return { ids: first, start: position, patch: { layer, position, delta } };
  });
}

/** Variants of the first prompt with the outputs of the heads l · H + h in the second. */
export function headVariants(
  { first, start }: PromptPair,
  heads: Differences['heads'],
  places: readonly number[],
): Variant[] {
  return places.map((place) => {
    const [layer, head] = [Math.floor(place / heads[0].length), place % heads[0].length];
    return { ids: first, start, headPatch: { layer, head, delta: heads[layer][head] } };
  });
}
