import { expect, test } from 'vitest';
import {
  guideTokens,
  headLetters,
  leastWoven,
  matrixLayout,
  share,
  textWidth,
  weave,
} from '../../../webview/charts/attention/matrixLayout';

const names = (count: number) => Array.from({ length: count }, (_, index) => `token${index}`);
const line = (from: number, to: number, name: string) => ({ from, to, name, template: false });
const reviews = [line(0, 20, 'Review 1'), line(20, 23, 'Sentiment 1'), line(23, 57, 'Review 2')];

test('a prompt of ordinary length gets whole pixels and room for a weave', () => {
  const layout = matrixLayout(460, 57, reviews, names(57));
  expect(layout).toMatchObject({ span: 1, cells: 57 });
  expect(Number.isInteger(layout.cell)).toBe(true);
  expect(layout.cell).toBeGreaterThanOrEqual(leastWoven);
  expect(layout.left + layout.side).toBeLessThanOrEqual(460);
});

test('a long prompt is pooled until a cell has two pixels, and stays inside its width', () => {
  for (const tokens of [300, 605, 2000, 8000]) {
    const layout = matrixLayout(460, tokens, reviews, names(tokens));
    expect(layout.span).toBeGreaterThan(1);
    expect(layout.cell).toBeGreaterThanOrEqual(2);
    expect(layout.left + layout.side).toBeLessThanOrEqual(461);
    expect(layout.cells).toBe(Math.ceil(tokens / layout.span));
  }
});

test('a few tokens are named one by one, many by their lines, one long line by positions', () => {
  const few = matrixLayout(460, 4, [line(0, 4, 'One two thr…')], ['One', '·two', '·three', '·four']);
  expect(few.labelsAreTokens).toBe(true);
  expect(few.queryLabels.map(({ text }) => text)).toEqual(['One', '·two', '·three', '·four']);
  const many = matrixLayout(460, 57, reviews, names(57));
  expect(many.queryLabels.map(({ text }) => text)).toEqual(['Review 1', 'Sentiment 1', 'Review 2']);
  const single = matrixLayout(460, 120, [line(0, 120, 'A very long…')], names(120));
  expect(single.queryLabels[0].text).toBe('0');
  expect(single.queryLabels.length).toBeGreaterThan(2);
});

test('labels do not touch; the longer stretch wins', () => {
  const crowded = Array.from({ length: 40 }, (_, index) =>
    line(index * 2, index * 2 + (index % 4 ? 1 : 2), `Line ${index}`),
  );
  const { queryLabels, keyLabels } = matrixLayout(300, 80, crowded, names(80));
  for (const labels of [queryLabels, keyLabels])
    for (let i = 1; i < labels.length; i++) expect(labels[i].at - labels[i - 1].at).toBeGreaterThanOrEqual(13);
  expect(keyLabels.length).toBeLessThan(queryLabels.length);
});

test('one token has a cell, and nothing overflows', () => {
  expect(matrixLayout(460, 1, [line(0, 1, 'Hello')], ['Hello'])).toMatchObject({ cells: 1, span: 1 });
});

test('guides stand at line ends, unless lines are too thin to tell apart', () => {
  expect(guideTokens(reviews, 57, 6)).toEqual([20, 23]);
  expect(guideTokens(reviews, 57, 0.1)).toEqual([]);
  expect(guideTokens([reviews[0]], 20, 6)).toEqual([]);
});

test('every head has its own weave, so that hue is never alone', () => {
  const tiles = headLetters.map((_, head) => JSON.stringify(weave(head)));
  expect(new Set(tiles).size).toBe(headLetters.length);
  expect(weave(0)).toEqual([]);
});

test('the scale ends at the largest weight; nothing is nothing', () => {
  expect(share(0.9, 0.9, 0.5)).toBe(1);
  expect(share(0, 0.9, 0.5)).toBe(0);
  expect(share(0.2, 0.9, 0.5)).toBeGreaterThan(share(0.2, 0.9, 1));
});

test('square letters count as wide', () => {
  expect(textWidth('太长')).toBeGreaterThan(textWidth('ab'));
});
