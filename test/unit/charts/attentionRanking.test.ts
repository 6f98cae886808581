import { expect, test } from 'vitest';
import type { HeadSummary } from '../../../src/analysis/attention/contract';
import {
  columnOrder,
  evenSpread,
  measureBetween,
  measureHeads,
  strongestFirst,
} from '../../../webview/charts/attention/ranking';

const summary = (layer: number, head: number, entropy: number, induction: number | null = null): HeadSummary => ({
  layer,
  head,
  entropy,
  sinkMass: 0.5,
  previousToken: 0.25,
  induction,
  diagonal: 0.125,
});

test('high values come first, but low entropy, because it is focus', () => {
  const summaries = [summary(0, 0, 2, 0.1), summary(0, 1, 1, 0.4)];
  expect(strongestFirst(measureHeads(summaries, 'induction'), 'induction')[0].head).toBe(1);
  expect(strongestFirst(measureHeads(summaries, 'entropy'), 'entropy')[0].head).toBe(1);
});

test('a head without a value comes last; equals keep block and head order', () => {
  const order = strongestFirst(
    [
      { layer: 1, head: 0, value: null },
      { layer: 2, head: 0, value: 0.5 },
      { layer: 0, head: 1, value: 0.5 },
      { layer: 0, head: 0, value: 0 },
    ],
    'induction',
  );
  expect(order.map(({ layer, head }) => `${layer}.${head}`)).toEqual(['0.1', '2.0', '0.0', '1.0']);
});

test('sorting stays inside a column, so that the block keeps its place', () => {
  const ranked = measureBetween(Float32Array.of(0.1, 0.9, 0.8, 0.2), 2);
  expect(columnOrder(ranked, 2, 2, 'strongest', 'locked')).toEqual([
    [1, 0],
    [0, 1],
  ]);
  expect(columnOrder(ranked, 2, 2, 'number', 'locked')).toEqual([
    [0, 1],
    [0, 1],
  ]);
});

test('columns of which nothing is known yet stay by number', () => {
  expect(columnOrder([], 2, 3, 'strongest', 'locked')).toEqual([
    [0, 1, 2],
    [0, 1, 2],
  ]);
});

const ids = (count: number) => Array.from({ length: count }, (_, index) => index);

test('the even-spread value is what 1/(q+1) everywhere would give', () => {
  expect(evenSpread('answers', ids(57), 2)).toBeCloseTo(2 / 57, 12);
  expect(evenSpread('sinkMass', ids(3), 0)).toBeCloseTo((1 / 2 + 1 / 3) / 2, 12);
  expect(evenSpread('diagonal', ids(2), 0)).toBeCloseTo((1 + 1 / 2) / 2, 12);
  expect(evenSpread('entropy', ids(2), 0)).toBeCloseTo(Math.log(2) / 2, 12);
  // Token 7 stands at 0, 2 and 3, which gives the pairs (2, 0), (3, 0) and (3, 2).
  expect(evenSpread('induction', [7, 1, 7, 7], 0)).toBeCloseTo((1 / 3 + 1 / 4 + 1 / 4) / 3, 12);
});

test('no yardstick where there is nothing to spread over', () => {
  expect(evenSpread('previousToken', [5], 0)).toBeNull();
  expect(evenSpread('induction', ids(10), 0)).toBeNull();
  expect(evenSpread('locked', [], 1)).toBeNull();
});
