import { expect, test } from 'vitest';
import type { Prompt, Token } from '../../../src/protocol/model';
import { answerTokens, lines, shownRanges } from '../../../webview/charts/attention/text';

/** A prompt cut into the given pieces; several tokens may share one piece. */
function prompt(pieces: (string | { text: string; tokens?: number; template?: boolean; special?: boolean })[]): Prompt {
  const tokens: Token[] = [];
  let rendered = '';
  for (const piece of pieces) {
    const {
      text,
      tokens: count = 1,
      template = false,
      special = false,
    } = typeof piece === 'string' ? { text: piece } : piece;
    const [start, end] = [rendered.length, rendered.length + text.length];
    for (let i = 0; i < count; i++) {
      const source: Token['source'] = template ? null : [start, end];
      tokens.push({ id: 0, text: count > 1 ? '\ufffd' : text, bytes: '', start, end, source, special, role: null });
    }
    rendered += text;
  }
  return { file: null, rendered, tokens };
}

test('lines are named by their label and numbered where it comes back; blank lines have no name', () => {
  const text = prompt([
    'Review',
    ': good',
    '\n',
    'Sentiment:',
    ' positive',
    '\n\n',
    'Review',
    ': bad',
    '\n',
    'Sentiment:',
  ]);
  expect(lines(text).map(({ name, from, to }) => [name, from, to])).toEqual([
    ['Review 1', 0, 3],
    ['Sentiment 1', 3, 6],
    ['Review 2', 6, 9],
    ['Sentiment 2', 9, 10],
  ]);
});

test('a line without a label is named by its first words, cut between characters', () => {
  const text = prompt([
    'The committee met on Tuesday',
    '\n',
    '太长了，很无聊。',
    '\n',
    '  ',
    '\n',
    '🎉🎉🎉🎉🎉🎉🎉🎉🎉🎉🎉🎉🎉🎉🎉🎉',
  ]);
  expect(lines(text).map(({ name }) => name)).toEqual([
    'The committee…',
    '太长了，很无聊。',
    '🎉🎉🎉🎉🎉🎉🎉🎉🎉🎉🎉🎉🎉…',
  ]);
});

test('a template line is named without its special tokens and marked as the template’s', () => {
  const text = prompt([
    { text: '<|im_start|>', template: true, special: true },
    { text: 'user', template: true },
    { text: '\n', template: true },
    'Why?',
    { text: '<|im_end|>', template: true, special: true },
    { text: '\n', template: true },
  ]);
  expect(lines(text)).toMatchObject([
    { name: 'user', template: true },
    { name: 'Why?', template: false, from: 3, to: 6 },
  ]);
});

test('the answer slots are what follows the last line’s text on earlier lines', () => {
  const text = prompt([
    'In:',
    ' a',
    '\n',
    'Out:',
    ' yes',
    ' sir',
    '\n',
    'In:',
    ' b',
    '\n',
    'Out:',
    ' no',
    '\n',
    'Out:',
    '\n',
    'Out:',
  ]);
  expect(answerTokens(text)).toEqual([4, 5, 11]);
  expect(answerTokens(prompt(['One', ' line']))).toEqual([]);
  expect(answerTokens(prompt(['A', '\n']))).toEqual([]);
});

test('an empty prompt has no lines', () => {
  expect(lines(prompt([]))).toEqual([]);
  expect(answerTokens(prompt([]))).toEqual([]);
});

test('a short text is shown whole, a long one around what matters', () => {
  expect(shownRanges(600, [300])).toEqual([[0, 600]]);
  expect(shownRanges(0, [])).toEqual([]);
  expect(shownRanges(2000, [1000], { limit: 600, around: 40 })).toEqual([
    [0, 41],
    [960, 1041],
    [1959, 2000],
  ]);
});

test('stretches that nearly touch are not folded apart', () => {
  expect(shownRanges(2000, [60, 130], { limit: 600, around: 40 })).toEqual([
    [0, 171],
    [1959, 2000],
  ]);
});
