import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { ExamplesResult } from '../../../src/analysis/examples/contract';
import type { HeadMap } from '../../../src/analysis/heads/contract';
import { drawnExamples, evenWeight, strongestHead } from '../../../webview/panels/layers/exampleFacts';
import {
  estimateAgreement,
  headCell,
  headCells,
  largestValue,
  silenced,
  strongestHeads,
} from '../../../webview/panels/layers/headFacts';
import { headsTwin } from '../../../webview/panels/layers/headTables';
import { emptyWords, progressWords } from '../../../webview/panels/layers/headWords';

const read = (name: string) => JSON.parse(readFileSync(join(__dirname, `../../fixtures/panel/${name}.json`), 'utf8'));
const heads: HeadMap = read('reviews.heads').result;
const examples: ExamplesResult = read('reviews.examples').result;

test('a head’s value is exact, else estimated; strongest by size whatever the sign', () => {
  const map: HeadMap = {
    ...heads,
    knockout: heads.knockout.map((row, layer) => row.map((v) => (layer > 20 ? v : null))),
  };
  expect(headCell(map, 'knockout', { layer: 21, head: 1 })).toEqual({ value: heads.knockout[21][1], estimate: false });
  expect(headCell(map, 'knockout', { layer: 3, head: 1 })).toEqual({ value: heads.preview?.[3][1], estimate: true });
  expect(silenced(map)).toEqual({ known: 81, total: 270 });
  const cells = headCells(heads, 'knockout');
  const best = strongestHeads(cells);
  expect(Math.abs(best[0].value ?? 0)).toBe(largestValue(cells));
  expect(best).toHaveLength(270);
  expect(headsTwin({ ...map, preview: null }, 'knockout').rows).toHaveLength(270);
});

test('how far the map is, in words', () => {
  const some = { ...heads, complete: false, knockout: heads.knockout.map((row) => row.map((v, h) => (h ? v : null))) };
  expect(progressWords(some, true)).toContain(
    '240 of 270 heads silenced so far; hollow cells are first-order estimates',
  );
  expect(progressWords({ ...some, preview: null }, false)).toContain('Partial: 240 of 270');
  expect(progressWords(heads, false)).toMatch(/Each of the 270 heads .* agrees with r = −?0\.\d\d\./);
  const none = { ...heads, summaries: heads.summaries.map((summary) => ({ ...summary, induction: null })) };
  expect(emptyWords(none, 'induction')).toContain('No token of this prompt repeats');
  expect(emptyWords({ ...heads, preview: null }, 'attentionGradient')).toContain('memory');
});

test('agreement is 1 for the same values, −1 for opposite ones, nothing for too few', () => {
  const knockout = [[1, 2, 3, 4, 5, 6, 7, 9]];
  expect(estimateAgreement({ knockout, preview: [knockout[0].map((v) => 2 * v + 1)] })).toBeCloseTo(1, 12);
  expect(estimateAgreement({ knockout, preview: [knockout[0].map((v) => -v)] })).toBeCloseTo(-1, 12);
  expect(estimateAgreement({ knockout: [[1, 2]], preview: [[1, 2]] })).toBeNull();
  expect(estimateAgreement({ knockout, preview: null })).toBeNull();
});

test('examples: strongest head over the blocks, even spread, those the answer hangs on most', () => {
  const strongest = [
    { head: 3, weight: 0.2 },
    { head: 5, weight: 0.7 },
  ];
  expect(strongestHead({ strongest })).toEqual({ layer: 1, head: 5, weight: 0.7 });
  expect(strongestHead({ strongest: [] })).toBeNull();
  expect(evenWeight(examples.examples, 57)).toBeCloseTo(1 / 57, 12);
  const of = (from: number, to: number) => ({
    label: { text: '', start: 0, end: 0, tokens: [from, to] as [number, number] },
  });
  expect(evenWeight([of(1, 2), of(4, 6)], 57)).toBeNull();
  const scores = [0.1, -3, null, 2].map((score) => ({ ...examples.examples[0], score }));
  expect(drawnExamples(scores, 2)).toEqual([1, 3]);
});
