import { expect, test } from 'vitest';
import type { Unit } from '../../../src/analysis/shared/contract';
import { cellsOf, type Stave, staves } from '../../../webview/charts/saliency/layout';
import { emojiPrompt, promptOf } from './domSetup';

/** Each token is a unit. */
const byToken = (count: number): Unit[] =>
  Array.from({ length: count }, (_, i) => ({ text: String(i), start: 0, end: 0, tokens: [i, i + 1] }));
const unit = (from: number, to: number): Unit => ({ text: '', start: 0, end: 0, tokens: [from, to] });
const words = (row: Stave) => row.pieces.map(({ text }) => text).join('');

test('wide characters and pictures take two cells', () => {
  expect(['a', '太', '，', 'ﾊ', '🎉', 'é'].map(cellsOf)).toEqual([1, 2, 2, 1, 2, 1]);
});

test('rows end at line ends, blank lines add none, and the line end stays on the row it ends', () => {
  const prompt = promptOf(['One', '\n', '\n', 'two', '\n\n', 'three']);
  const rows = staves(prompt, byToken(6), 40);
  expect(rows.map(words)).toEqual(['One↵↵', 'two↵↵', 'three']);
  expect(rows[0].units.map(({ from, to }) => [from, to])).toEqual([
    [0, 3],
    [3, 4],
    [4, 5],
  ]);
});

test('a long line breaks before a word, never inside one that fits', () => {
  const prompt = promptOf(['The', ' film', ' was', ' dull', ' and', ' long']);
  const rows = staves(prompt, byToken(6), 13);
  expect(rows.map(words)).toEqual(['The film was ', 'dull and long']);
  // The space that stayed on the line above is not part of the word.
  expect(rows.map((row) => row.units.map(({ unit }) => unit))).toEqual([
    [0, 1, 2],
    [3, 4, 5],
  ]);
  for (const row of rows) expect(row.cells).toBeLessThanOrEqual(13);
});

test('a space that just does not fit stays behind: no row begins with it', () => {
  const rows = staves(promptOf(['The', ' film', ' was', ' dull']), byToken(4), 12);
  expect(rows.map(words)).toEqual(['The film was ', 'dull']);
});

test('what has no place to break is cut at the edge, and Chinese between characters', () => {
  const long = staves(promptOf(['abcdefghijklmnopqrstuvwxyz']), byToken(1), 10);
  expect(long.map(words)).toEqual(['abcdefghij', 'klmnopqrst', 'uvwxyz']);
  const chinese = staves(promptOf(['太长', '了', '，', '很', '无聊', '。']), byToken(6), 8);
  expect(chinese.map(words)).toEqual(['太长了，', '很无聊。']);
});

test('a unit stands on its word: the space before it does not count, one inside does', () => {
  const prompt = promptOf([' A', ' warm', ' and', ' funny']);
  const [row] = staves(prompt, [unit(1, 2), unit(2, 4)], 40);
  expect(row.units).toEqual([
    { unit: 0, from: 3, to: 7 },
    { unit: 1, from: 8, to: 17 },
  ]);
});

test('tokens that share a character divide its place', () => {
  const [row] = staves(emojiPrompt, byToken(6), 40);
  const three = row.units.slice(1, 4);
  expect(three[0].from).toBe(1);
  expect(three[2].to).toBeCloseTo(3);
  expect(three[1].to - three[1].from).toBeCloseTo(2 / 3);
  expect(row.pieces.filter(({ text }) => text === '🎉')).toHaveLength(1);
});

test('a unit over several rows has a stretch in each; tokens outside every unit have none', () => {
  const prompt = promptOf(['One', ' two', '\n', 'three', ' four']);
  const rows = staves(prompt, [unit(1, 4)], 40);
  expect(rows.map((row) => row.units.map((stretch) => stretch.unit))).toEqual([[0], [0]]);
  expect(rows[0].units[0]).toMatchObject({ from: 4, to: 7 });
  expect(rows[1].units[0]).toMatchObject({ from: 0, to: 5 });
  expect(rows[1].tokens.get(4)).toEqual({ from: 6, to: 10 });
});

test('template text is not the user’s own, and characters that draw nothing are written out', () => {
  const mixed = promptOf(['<s>', 'a\u200bb']);
  mixed.tokens[0] = { ...mixed.tokens[0], source: null };
  const [row] = staves(mixed, byToken(2), 40);
  expect(row.pieces.map(({ own }) => own)).toEqual([false, true]);
  expect(words(row)).toBe('<s>aU+200Bb');
});

test('an empty prompt has no rows', () => {
  expect(staves(promptOf([]), [], 40)).toEqual([]);
});
