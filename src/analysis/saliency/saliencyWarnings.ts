/** Warnings about misleading scores: repeated content, where each copy stands in for the others, and a target that hardly moves. */

import type { Unit } from '../shared/contract';
import type { Model } from '../shared/model';
import type { Target } from '../shared/target';
import { type ScoringOptions, scoreVariants } from '../shared/variants';
import type { Operator, SaliencyWarning } from './contract';
import { occluded } from './occlusion';

/**
 * Log-probabilities are bounded above: at a probability above this, removing a part cannot raise it noticeably, and a very unlikely target
 * arises by chance.
 */
const likely = 0.99;
const unlikely = 1e-4;
/** In nats; taking the copies away together must exceed the sum of taking them away one by one by this much. */
const margin = 0.1;
/** The joint score is computed for this many groups of copies, the largest. */
const mostGroups = 24;

/**
 * Warns where the target's probability, a geometric mean over its tokens, is above 0.99 or below 0.0001. There is no warning for a
 * contrast, because a difference of log-probabilities can move both ways.
 */
export function saturation({ sides }: Target): SaliencyWarning[] {
  const [{ logprob, targets }] = sides;
  const probability = Math.exp(logprob / targets.length);
  const saturated = sides.length === 1 && (probability > likely || probability < unlikely);
  return saturated ? [{ kind: 'saturated', probability }] : [];
}

/**
 * Groups of units before the target whose texts are equal except for surrounding white space. Texts without a letter or digit do not count,
 * and neither do the `unscored` units, which cannot be taken away.
 */
export function copiesOf(units: readonly Unit[], target: Target, unscored: readonly number[]): number[][] {
  const groups = new Map<string, number[]>();
  units.forEach(({ text, tokens }, unit) => {
    const words = text.trim();
    if (unscored.includes(unit) || tokens[0] >= target.before || !/[\p{L}\p{N}]/u.test(words)) return;
    const same = groups.get(words);
    if (same) same.push(unit);
    else groups.set(words, [unit]);
  });
  return [...groups.values()]
    .filter((copies) => copies.length > 1)
    .sort((a, b) => b.length - a.length)
    .slice(0, mostGroups);
}

/** Whether taking all copies away moves the target clearly more than the sum of taking them away one by one. */
export function shareCredit(together: number, oneByOne: readonly number[]): boolean {
  const sum = oneByOne.reduce((total, score) => total + score, 0);
  return Math.abs(together) > Math.abs(sum) + margin;
}

export interface CopiesOptions extends Pick<ScoringOptions, 'known' | 'signal' | 'onProgress'> {
  operator: Operator;
  replacement: number;
}

/**
 * The `groups` of copies (indices into `units`) that stand in for one another; without `scores` by occlusion, all that can be taken away
 * are tested. `ids` is the prompt. Rejects with `cancelled` between passes.
 */
export async function sharedCopies(
  model: Model,
  ids: readonly number[],
  target: Target,
  units: readonly Unit[],
  groups: readonly number[][],
  scores: readonly (number | null)[] | undefined,
  { operator, replacement, ...options }: CopiesOptions,
): Promise<number[][]> {
  const prompt = ids.slice(0, target.before);
  const removed = groups.flatMap((copies) => {
    const ranges = copies.map((unit) => units[unit].tokens);
    const variant = occluded(prompt, ranges, operator, replacement);
    return variant ? [{ copies, variant }] : [];
  });
  const sharing = removed.map(({ copies }) => copies);
  if (!scores) return sharing;
  const variants = removed.map(({ variant }) => variant);
  const values = await scoreVariants(model, target, variants, options);
  return sharing.filter((copies, group) =>
    shareCredit(
      target.value - values[group],
      copies.map((unit) => scores[unit] ?? 0),
    ),
  );
}
