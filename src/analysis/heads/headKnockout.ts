/**
 * Which heads the answer depends on: score[l, h] = target − target with the output of head h of block l zeroed at every position, before
 * the output projection (Michel et al. 2019). Positive = the head supports the target. L · H passes over the prompt.
 */

import { unchanged } from '../saliency/occlusion';
import type { Model } from '../shared/model';
import type { Target } from '../shared/target';
import { type ScoringOptions, scoreVariants, type Variant } from '../shared/variants';

export interface HeadKnockoutOptions extends Omit<ScoringOptions, 'onValues'> {
  /** All heads, as l · H + h, in the order in which their scores are wanted. */
  order?: readonly number[];
  /** Receives the scores of some heads as soon as they are known; heads are numbered l · H + h. */
  onScores?: (heads: readonly number[], scores: readonly number[]) => void;
}

/** [L][H] In nats. `ids` is the prompt. Rejects with `cancelled` between passes. */
export async function headKnockout(
  model: Model,
  ids: readonly number[],
  target: Target,
  { order, onScores, ...options }: HeadKnockoutOptions = {},
): Promise<number[][]> {
  const { layers, heads } = model.info;
  const prompt = ids.slice(0, target.before);
  const every = order ?? Array.from({ length: layers * heads }, (_, head) => head);
  const variants = every.map((head): Variant => {
    const headScale = new Float32Array(layers * heads).fill(1);
    headScale[head] = 0;
    return { ids: prompt, start: 0, headScale };
  });
  const { known, signal } = options;
  const [whole] = await scoreVariants(model, target, [unchanged(prompt)], { known, signal });
  const scores = Array.from({ length: layers }, () => new Array<number>(heads).fill(0));
  await scoreVariants(model, target, variants, {
    ...options,
    onValues: (indices, values) => {
      const some = indices.map((index) => every[index]);
      some.forEach((head, index) => {
        scores[Math.floor(head / heads)][head % heads] = whole - values[index];
      });
      onScores?.(
        some,
        values.map((value) => whole - value),
      );
    },
  });
  return scores;
}
