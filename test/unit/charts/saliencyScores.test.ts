import { expect, test } from 'vitest';
import type { Unit } from '../../../src/analysis/shared/contract';
import { holders, largest, rankOf, share, strongest, unitAt } from '../../../webview/charts/saliency/scores';

const unit = (from: number, to: number): Unit => ({ text: '', start: 0, end: 0, tokens: [from, to] });

test('the scale comes from known scores, from the stand-ins while nothing is known', () => {
  expect(largest([0.2, null, -0.5], [3])).toBe(0.5);
  expect(largest([null, null], [0.4, -3])).toBe(3);
  expect(largest([])).toBe(0);
});

test('a score beyond the range is cut and says so', () => {
  expect(share(0.3, 0.6)).toEqual({ share: 0.5, cut: false });
  expect(share(-0.9, 0.6)).toEqual({ share: -1, cut: true });
  expect(share(1, 0)).toEqual({ share: 0, cut: false });
});

test('ranks count from the highest score, equals share one, the unknown has none', () => {
  const scores = [0.1, 0.9, null, -2, 0.1];
  expect([0, 1, 2, 3, 4].map((i) => rankOf(scores, i))).toEqual([2, 1, null, 4, 2]);
});

test('the strongest go by magnitude; zeros and unknowns are not among them', () => {
  expect(strongest([0.1, -0.9, null, 0, 0.5], 10)).toEqual([1, 4, 0]);
  expect(strongest([0.1, -0.9, 0.5], 2)).toEqual([1, 2]);
});

test('units find their token and the coarser unit around them', () => {
  const units = [unit(0, 2), unit(2, 3), unit(3, 6)];
  expect(unitAt(units, 4)).toBe(2);
  expect(unitAt(units, 6)).toBeNull();
  const coarse = [
    { ...unit(0, 3), score: 1 },
    { ...unit(3, 5), score: 2 },
  ];
  expect(holders(units, coarse)).toEqual([0, 0, null]);
});
