/**
 * Where the difference between two prompts is carried (activation patching: Vig et al. 2020, Meng et al. 2022): a state of the
 * second prompt is put into the first at one place,
 *
 *   hidden[l, t] ← hidden′[l, t]     or, at every position,     output[l, h] ← output′[l, h]
 *   score = (patched − first) / (second − first)
 *
 * of the target's value: 0 = as without the patch, 1 = as with the whole second prompt. Nothing before the first token that
 * differs can matter, so by residual stream this costs about (L + 1) · N²/2 token passes with N tokens from there on.
 */

import { ProblemError } from '../../protocol/problem';
import { unchanged } from '../saliency/occlusion';
import type { Model } from '../shared/model';
import { commonPrefix } from '../shared/prefix';
import { type ComparedPrompts, type Differences, StateDifferences } from '../shared/stateDifferences';
import type { Target } from '../shared/target';
import { type ScoringOptions, scoreVariants, type Variant } from '../shared/variants';

export interface PatchingOptions extends Omit<ScoringOptions, 'onValues'> {
  /** Some places' scores, as soon as they are known; places numbered l · T + t. */
  onScores?: (places: readonly number[], scores: readonly number[]) => void;
}

/** Log-probabilities nearer than this are told apart by rounding only. */
const indistinct = 1e-3;

/** Two prompts of one length that the target tells apart, as far as they stand before it: T tokens. */
export interface PromptPair extends ComparedPrompts {
  /** The target's value in each. */
  base: number;
  other: number;
}

/**
 * `from`: the second prompt. Rejects with `lengthsDiffer`, `nothingToRecover` (the target is as likely after both) and `cancelled`
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

/**
 * [L + 1][T] over the tokens before the target (all of the prompt's unless the target is a span of it); `from`: the second
 * prompt. Rejects as `comparePrompts` does.
 */
export async function residualPatching(
  model: Model,
  ids: readonly number[],
  from: readonly number[],
  target: Target,
  { onScores, ...options }: PatchingOptions = {},
): Promise<number[][]> {
  const pair = await comparePrompts(model, ids, from, target, options);
  const { known, signal } = options;
  const { hidden } = await new StateDifferences(model, pair, { known, signal, kinds: ['hidden'] }).of('hidden');
  const scores = hidden.map(() => new Array<number>(pair.first.length).fill(0));
  const places = residualPlaces(pair, model.info.layers);
  const tell = (some: readonly number[], values: readonly number[]) => {
    some.forEach((place, index) => {
      scores[Math.floor(place / pair.first.length)][place % pair.first.length] = values[index];
    });
    onScores?.(some, values);
  };
  const read = new Set(places);
  const inert = scores.flat().flatMap((_, place) => (read.has(place) ? [] : [place]));
  tell(
    inert,
    inert.map(() => 0),
  );
  await scoreVariants(model, target, residualVariants(pair, hidden, places), {
    ...options,
    onValues: (indices, values) =>
      tell(
        indices.map((index) => places[index]),
        values.map((value) => recovered(pair, value)),
      ),
  });
  return scores;
}

/** Places l · T + t where a state of the second prompt could change what is read. */
export function residualPlaces({ first, second, start }: PromptPair, layers: number): number[] {
  const T = first.length;
  return Array.from({ length: (layers + 1) * T }, (_, place) => place).filter((place) => {
    const [layer, position] = [Math.floor(place / T), place % T];
    // The same token enters the first block alike; after the last block only the position that predicts is read.
    if (layer === 0) return first[position] !== second[position];
    return layer === layers ? position === T - 1 : position >= start;
  });
}

/** The first prompt with the second one's state at these places. */
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

/** The first prompt with what the heads l · H + h put out in the second. */
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
