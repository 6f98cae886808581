import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { UnitKind } from '../../../src/analysis/shared/contract';
import { unitsOf } from '../../../src/analysis/shared/units';
import type { Prompt, Token } from '../../../src/protocol/model';

interface Part {
  text: string;
  role?: string;
  special?: boolean;
  template?: boolean;
}

/** Tokens as byte-level vocabularies cut them: a space belongs to the word after it, and line ends stay together. */
function promptOf(...parts: (Part | string)[]): Prompt {
  const tokens: Token[] = [];
  let rendered = '';
  for (const part of parts.map((one): Part => (typeof one === 'string' ? { text: one } : one))) {
    const pieces = part.special
      ? [part.text]
      : (part.text.match(/\n+| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s/gu) ?? []);
    for (const text of pieces) {
      const start = rendered.length;
      rendered += text;
      const own = !part.special && !part.template;
      const source: Token['source'] = own ? [start, rendered.length] : null;
      const role = own ? (part.role ?? null) : null;
      tokens.push({
        id: tokens.length,
        text,
        bytes: '',
        start,
        end: rendered.length,
        source,
        special: part.special ?? false,
        role,
      });
    }
  }
  return { file: null, rendered, tokens };
}

const texts = (prompt: Prompt, by: UnitKind, scope: 'all' | 'user' = 'all') =>
  unitsOf(prompt, by, scope).map((unit) => unit.text);

const chat = promptOf(
  { text: '<s>', special: true },
  { text: 'user\n', template: true },
  { text: 'Is it far? I walk.', role: 'user' },
  { text: '</s>', special: true },
  { text: '\n', template: true },
);

describe('units', () => {
  it('are the tokens themselves', () => {
    expect(unitsOf(promptOf('Hello big world'), 'token', 'all')).toEqual([
      { text: 'Hello', start: 0, end: 5, tokens: [0, 1] },
      { text: ' big', start: 5, end: 9, tokens: [1, 2] },
      { text: ' world', start: 9, end: 15, tokens: [2, 3] },
    ]);
  });

  it('are words with the space before them, and signs', () => {
    expect(texts(promptOf("He didn't go, then."), 'word')).toEqual(['He', " didn't", ' go', ',', ' then', '.']);
  });

  it('are Chinese words, by the dictionary', () => {
    expect(texts(promptOf(...[...'台湾最高的山是什么'].map((text) => ({ text }))), 'word')).toEqual([
      '台湾',
      '最高',
      '的',
      '山',
      '是',
      '什么',
    ]);
  });

  it('are Chinese and English sentences', () => {
    expect(texts(promptOf(...[...'山很高。你去吗？'].map((text) => ({ text }))), 'sentence')).toEqual([
      '山很高。',
      '你去吗？',
    ]);
    expect(texts(promptOf('It is far. I walk.'), 'sentence')).toEqual(['It is far.', ' I walk.']);
  });

  it('are lines with their ends, and paragraphs between blank lines', () => {
    const prompt = promptOf('one\ntwo\n\nthree');
    expect(texts(prompt, 'line')).toEqual(['one\n', 'two\n\n', 'three']);
    expect(texts(prompt, 'paragraph')).toEqual(['one\ntwo\n\n', 'three']);
  });

  it('are examples between blank lines or at bullets', () => {
    expect(texts(promptOf('Sort:\n- cat\n- dog\n 1. x\n\nQ: y\nA: z'), 'example')).toEqual([
      'Sort:\n',
      '- cat\n',
      '- dog\n',
      ' 1. x\n\n',
      'Q: y\nA: z',
    ]);
  });

  it('never mix content with what the template wrote', () => {
    expect(texts(chat, 'sentence')).toEqual(['<s>', 'user\n', 'Is it far?', ' I walk.', '</s>', '\n']);
    expect(texts(chat, 'sentence', 'user')).toEqual(['Is it far?', ' I walk.']);
    expect(unitsOf(chat, 'message', 'user')).toEqual([
      { text: 'Is it far? I walk.', start: 8, end: 26, tokens: [3, 10] },
    ]);
  });

  it('of raw text are all the user’s', () => {
    const prompt = promptOf('a b. c');
    expect(unitsOf(prompt, 'word', 'user')).toEqual(unitsOf(prompt, 'word', 'all'));
  });

  it('are the tokens that matches touch, each in one unit', () => {
    const prompt = promptOf('the cat, the dog');
    const found = unitsOf(prompt, 'match', 'all', [
      [4, 7],
      [5, 6],
      [9, 16],
    ]);
    expect(found.map(({ text, tokens }) => [text, tokens])).toEqual([
      [' cat', [1, 2]],
      [' the dog', [3, 5]],
    ]);
    expect(() => unitsOf(prompt, 'match', 'all', [])).toThrow('no unit of this kind');
  });

  it('of every kind hold every token exactly once, in order', () => {
    const kinds: UnitKind[] = ['token', 'word', 'sentence', 'line', 'paragraph', 'message', 'example'];
    const part = fc.record({
      text: fc.string({ unit: fc.constantFrom('a', 'b', ' ', '\n', '.', '-', '好', '7'), minLength: 1, maxLength: 30 }),
      role: fc.option(fc.constantFrom('user', 'system'), { nil: undefined }),
      special: fc.boolean(),
      template: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(part, { minLength: 1, maxLength: 6 }), fc.constantFrom(...kinds), (parts, by) => {
        const prompt = promptOf(...parts);
        const positions = unitsOf(prompt, by, 'all').flatMap(({ tokens: [i, j] }) =>
          Array.from({ length: j - i }, (_, offset) => i + offset),
        );
        expect(positions).toEqual(prompt.tokens.map((_, position) => position));
      }),
    );
  });
});

describe('values of variables', () => {
  const letter = promptOf({ text: 'Dear Ada Lovelace, come to Rome. Ada', role: 'user' });
  const slots = [
    [5, 17],
    [27, 31],
  ] as Prompt['slots'];

  it('are units, with the white space of their first token', () => {
    expect(unitsOf({ ...letter, slots }, 'slot', 'user').map((unit) => unit.text)).toEqual([' Ada Lovelace', ' Rome']);
  });

  it('are missed in a sentence where no variable has one', () => {
    expect(() => texts(letter, 'slot')).toThrow('no variable of the prompt has a value');
  });
});

describe('what the user selected', () => {
  const selected = (prompt: Prompt, scope: 'all' | 'user', ...ranges: [number, number][]) =>
    unitsOf(prompt, 'selection', scope, ranges).map((unit) => unit.text);

  it('is one unit a range, in the order of the text, whole tokens, each once', () => {
    const prompt = promptOf('Is it far? I walk.');
    expect(selected(prompt, 'all', [13, 17], [4, 8])).toEqual([' it far', ' walk']);
    expect(selected(prompt, 'all', [0, 5], [3, 9])).toEqual(['Is it', ' far']);
    expect(selected(prompt, 'all', [0, 18], [3, 9], [4, 4])).toEqual(['Is it far? I walk.']);
  });

  it('over two messages holds what stands between them, unless that is out of scope', () => {
    const prompt = promptOf(
      { text: 'Be brief.', role: 'system' },
      { text: '</s>', special: true },
      { text: 'Is it far?', role: 'user' },
    );
    expect(selected(prompt, 'all', [3, 15])).toEqual([' brief.</s>Is']);
    expect(selected(prompt, 'user', [3, 15])).toEqual([' brief.', 'Is']);
  });

  it.each<[string, [number, number][]]>([
    ['nothing', []],
    ['a place without a length', [[4, 4]]],
    ['text outside the prompt', [[100, 200]]],
  ])('asks for another one where it is %s', (_, ranges) => {
    expect(() => selected(chat, 'all', ...ranges)).toThrow('no part of the prompt is selected');
  });
});
