/**
 * When scores mislead: repeated content, of which each copy stands in for the others, and a target that hardly moves. For
 * saliency.ts.
 */

import type { Unit } from '../shared/contract';
import type { Model } from '../shared/model';
import type { Target } from '../shared/target';
import { type ScoringOptions, scoreVariants } from '../shared/variants';
import type { Operator, SaliencyWarning } from './contract';
import { occluded } from './occlusion';

/** A log-probability has no room above; what is this likely hardly gains, and what is this unlikely is said by chance. */
const likely = 0.99;
const unlikely = 1e-4;
/** Nats by which copies together must outweigh the copies one by one. */
const margin = 0.1;
/** Groups of copies whose joint score is computed: the largest. */
const mostGroups = 24;

/**
 * The target's probability, a geometric mean over its tokens, is above 0.99 or below 0.0001. A contrast is not warned about: a
 * difference of log-probabilities has room both ways.
 */
export function saturation({ sides }: Target): SaliencyWarning[] {
  const [{ logprob, targets }] = sides;
  const probability = Math.exp(logprob / targets.length);
  const saturated = sides.length === 1 && (probability > likely || probability < unlikely);
  return saturated ? [{ kind: 'saturated', probability }] : [];
}

/**
 * Units before the target whose texts are the same but for white space around them; texts without a letter or digit are not, nor
 * are the `unscored`, which cannot be taken away.
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

/** Taking all copies away moves the target clearly more than taking away one after another adds up to. */
export function shareCredit(together: number, oneByOne: readonly number[]): boolean {
  const sum = oneByOne.reduce((total, score) => total + score, 0);
  return Math.abs(together) > Math.abs(sum) + margin;
}

export interface CopiesOptions extends Pick<ScoringOptions, 'known' | 'signal' | 'onProgress'> {
  operator: Operator;
  replacement: number;
}

/**
 * Of `groups` of copies (indices into `units`) those that stand in for one another; without `scores` by occlusion all that can be
 * taken away. `ids`: the prompt. Rejects with `cancelled` between passes.
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
