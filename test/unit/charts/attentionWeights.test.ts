import { expect, test } from 'vitest';
import {
  firstTokenWeight,
  largestWeight,
  pooled,
  strength,
  strongestLinks,
  strongestOf,
  withFirstToken,
} from '../../../webview/charts/attention/weights';

/** Four tokens; each row sums to 1. */
const raw = Float32Array.from([1, 0, 0, 0, 0.75, 0.25, 0, 0, 0.5, 0.125, 0.375, 0, 0.6, 0.3, 0.0625, 0.0375]);

test('raw leaves the weights alone, hide drops position 0 and nothing else', () => {
  expect(withFirstToken(raw, 4, 'raw')).toBe(raw);
  const hidden = withFirstToken(raw, 4, 'hide');
  expect([...hidden.subarray(8, 12)]).toEqual([0, 0.125, 0.375, 0]);
  expect(raw[8]).toBe(0.5);
});

test('renormalise makes every row that has something left sum to 1 again, in proportion', () => {
  const rest = withFirstToken(raw, 4, 'renormalise');
  expect([...rest.subarray(0, 4)]).toEqual([0, 0, 0, 0]);
  expect([...rest.subarray(4, 8)]).toEqual([0, 1, 0, 0]);
  expect([...rest.subarray(8, 12)]).toEqual([0, 0.25, 0.75, 0]);
  expect(rest[13] + rest[14] + rest[15]).toBeCloseTo(1, 6);
  expect(rest[13] / rest[14]).toBeCloseTo(0.3 / 0.0625, 5);
});

test('a row with only rounding noise beside the first token stays empty', () => {
  const sink = Float32Array.from([1, 0, 1 - 1e-7, 1e-7]);
  expect([...withFirstToken(sink, 2, 'renormalise')]).toEqual([0, 0, 0, 0]);
});

test('the scale ends at the largest weight of the queries that have a choice', () => {
  expect(largestWeight(raw, 4)).toBe(0.75);
  expect(largestWeight(withFirstToken(raw, 4, 'hide'), 4)).toBe(0.375);
  expect(largestWeight(Float32Array.of(1), 1)).toBe(0);
  expect(firstTokenWeight(raw, 4)).toBeCloseTo((0.75 + 0.5 + 0.6) / 3, 6);
  expect(firstTokenWeight(Float32Array.of(1), 1)).toBe(0);
});

test('several heads become their maximum, with the head that gave each cell and the first of equals', () => {
  const { weights, winner } = strongestOf([
    Float32Array.of(0.5, 0.1, 0.2, 0),
    Float32Array.of(0.5, 0.75, 0.1, 0),
    Float32Array.of(0.25, 0.5, 0.5, 0),
  ]);
  expect([...weights]).toEqual([0.5, 0.75, 0.5, 0]);
  expect([...winner]).toEqual([0, 1, 2, 0]);
});

test('with room for all, each weight is its own cell; without, a cell is its strongest weight and says where it stood', () => {
  expect(pooled(raw, 4, 1)).toMatchObject({ cells: 4, span: 1 });
  const two = pooled(raw, 4, 2);
  expect(two).toMatchObject({ cells: 2, span: 2 });
  expect([...two.weights]).toEqual([1, 0, Math.fround(0.6), 0.375]);
  expect([...two.source]).toEqual([0, -1, 12, 10]);
});

test('the last cell covers what is left', () => {
  const five = Float32Array.from({ length: 25 }, (_, i) => (i % 5 <= Math.floor(i / 5) ? i / 25 : 0));
  const cells = pooled(five, 5, 3);
  expect(cells).toMatchObject({ cells: 2, span: 3 });
  expect(cells.weights[3]).toBeCloseTo(24 / 25, 6);
});

test('strength is 0 for nothing, 1 at the top, and bent by gamma between', () => {
  expect(strength(0, 1, 0.5)).toBe(0);
  expect(strength(0.25, 1, 0.5)).toBe(0.5);
  expect(strength(0.9, 0.9, 0.3)).toBe(1);
  expect(strength(0.5, 0, 0.5)).toBe(0);
});

const single = [0, 1, 2, 3].map((from) => ({ from, to: from + 1 }));

test('links go both ways, best first, without the weak ones', () => {
  const { reads, readBy } = strongestLinks(raw, 4, 2, single);
  expect(reads.map(({ from }) => from)).toEqual([0, 2, 1]);
  expect(readBy).toEqual([{ from: 3, to: 4, weight: 0.0625 }]);
  expect(strongestLinks(raw, 4, 3, single, { least: 0.05 }).reads.map(({ from }) => from)).toEqual([0, 1, 2]);
  expect(strongestLinks(raw, 4, 3, single, { count: 1 }).reads).toHaveLength(1);
});

test('a hidden first token is in no list', () => {
  const { reads } = strongestLinks(withFirstToken(raw, 4, 'hide'), 4, 3, single);
  expect(reads.map(({ from }) => from)).toEqual([1, 2, 3]);
});

test('the tokens of one character add up as keys, and count once as queries', () => {
  const { reads } = strongestLinks(raw, 4, 3, [
    { from: 0, to: 1 },
    { from: 1, to: 3 },
    { from: 3, to: 4 },
  ]);
  expect(reads[1]).toMatchObject({ from: 1, to: 3 });
  expect(reads[1].weight).toBeCloseTo(0.3625, 6);
  const { readBy } = strongestLinks(raw, 4, 1, [
    { from: 0, to: 1 },
    { from: 1, to: 2 },
    { from: 2, to: 4 },
  ]);
  expect(readBy).toHaveLength(1);
  expect(readBy[0].weight).toBeCloseTo(0.3, 6);
});

test('a single token reads only itself and is read by nobody', () => {
  expect(strongestLinks(Float32Array.of(1), 1, 0, [{ from: 0, to: 1 }])).toEqual({
    reads: [{ from: 0, to: 1, weight: 1 }],
    readBy: [],
  });
});
