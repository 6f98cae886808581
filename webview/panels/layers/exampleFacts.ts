/**
 * Facts about the examples of a prompt, without elements: which examples the answer depends on, the strongest head, the weight of
 * an even spread. Pure.
 */
import type { ExamplesResult } from '../../../src/analysis/examples/contract';
import type { HeadRef } from '../../charts/attention/ranking';

export type Example = ExamplesResult['examples'][number];

/** The head with the largest weight on the example's label over all blocks; null for a model without heads. */
export function strongestHead({ strongest }: Pick<Example, 'strongest'>): (HeadRef & { weight: number }) | null {
  let best: (HeadRef & { weight: number }) | null = null;
  strongest.forEach(({ head, weight }, layer) => {
    if (!best || weight > best.weight) best = { layer, head, weight };
  });
  return best;
}

/** The weight that a uniform spread over all tokens gives to a label; null if labels differ in their number of tokens. */
export function evenWeight(examples: readonly Pick<Example, 'label'>[], tokens: number): number | null {
  const sizes = new Set(examples.map(({ label }) => label.tokens[1] - label.tokens[0]));
  const [size] = sizes;
  return sizes.size === 1 && tokens > 0 ? size / tokens : null;
}

/** Upper end of the bars; 0 while nothing is known. */
export function largestScore(examples: readonly Pick<Example, 'score'>[]): number {
  return Math.max(0, ...examples.map(({ score }) => Math.abs(score ?? 0)));
}

/** Upper end of an axis for these weights, which also includes the even spread. */
export function largestWeight(lines: readonly (readonly number[])[], even: number | null): number {
  return Math.max(even ?? 0, 0, ...lines.flat()) * 1.08;
}

/** The number of examples whose loss is known. */
export function scored(examples: readonly Pick<Example, 'score'>[]): number {
  return examples.filter(({ score }) => score !== null).length;
}

/** More lines than this cannot be told apart, so the examples that the answer depends on most are drawn, in their order. */
export function drawnExamples(examples: readonly Example[], most: number): number[] {
  const weight = (index: number) => Math.abs(examples[index].score ?? 0);
  return examples
    .map((_, index) => index)
    .sort((a, b) => weight(b) - weight(a))
    .slice(0, most)
    .sort((a, b) => a - b);
}
