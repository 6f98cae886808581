import { BPE } from '@huggingface/tokenizers';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bytesOfEntry, characterOfByte } from '../../../src/checkpoint/byteAlphabet';
import { ByteLevelTokenizer } from '../../../src/checkpoint/byteLevelTokenizer';
import { PairMerges } from '../../../src/checkpoint/pairMerges';
import { type PreTokenizer, preTokenizerNamed } from '../../../src/checkpoint/preTokenizers';

const alphabet = Array.from({ length: 256 }, (_, byte) => characterOfByte(byte));
const merges = [
  'a b',
  'b c',
  'ab c',
  'a a',
  'aa a',
  'c c',
  'abc abc',
  'aa aa',
  'b a',
  'bc a',
  'Ġ Ġ',
  'ĠĠ ĠĠ',
  'Ġ a',
  'Ċ Ċ',
  '1 2',
];
const entries = [...alphabet, ...merges.map((merge) => merge.replace(' ', '')), '<|end|>', '<｜begin｜>', 'word'];
const types = entries.map((entry) => (entry.startsWith('<') && entry.length > 1 ? 3 : entry === 'word' ? 4 : 1));

function tokenizer(pre: string, missing: string[] = []): ByteLevelTokenizer {
  const kept = entries.map((entry) => (missing.includes(entry) ? `unused ${entry.codePointAt(0)}` : entry));
  return new ByteLevelTokenizer(kept, types, merges, preTokenizerNamed(pre) as PreTokenizer);
}

const pieces = (text: string, pre = 'smollm') =>
  tokenizer(pre)
    .encode(text)
    .map(({ start, end }) => text.slice(start, end));

describe('pair merging', () => {
  const ids = new Map(entries.map((entry, id) => [entry, id]));
  const ours = new PairMerges(ids, merges, false);
  const theirs = new BPE({ type: 'BPE', vocab: Object.fromEntries(ids), merges, ignore_merges: false });

  it("is the library's, for any word", () => {
    const word = fc.string({ unit: fc.constantFrom('a', 'b', 'c', 'Ġ', 'x', '1', '2'), maxLength: 40 });
    fc.assert(
      fc.property(word, (text) => {
        expect(ours.merge(text).map((id) => entries[id])).toEqual(theirs.encode([text]));
      }),
      { numRuns: 2000 },
    );
  });

  it('takes the lowest rank first, the leftmost of equals, and whole words only where told', () => {
    const named = (merger: PairMerges, word: string) => merger.merge(word).map((id) => entries[id]);
    expect(named(ours, 'aaaaa')).toEqual(['aa', 'aaa']);
    expect(named(ours, 'abcabc')).toEqual(['abcabc']);
    expect(named(ours, 'word')).toEqual(['w', 'o', 'r', 'd']);
    expect(named(new PairMerges(ids, merges, true), 'word')).toEqual(['word']);
  });
});

describe('a byte-level tokenizer', () => {
  it('covers any text with tokens that decode to it', () => {
    const anyText = fc.string({ unit: 'binary', maxLength: 60 });
    for (const pre of ['smollm', 'gpt-2', 'llama-bpe']) {
      const subject = tokenizer(pre);
      fc.assert(
        fc.property(anyText, (text) => {
          const tokens = subject.encode(text);
          expect(subject.decode(tokens.map((token) => token.id))).toBe(text);
          // Starts and ends never go back, nothing is left out, and each token's bytes are those of its range or a part of them.
          let reached = 0;
          for (const { id, start, end } of tokens) {
            expect(start).toBeLessThanOrEqual(reached);
            expect(end).toBeGreaterThanOrEqual(reached);
            expect(Buffer.from(text.slice(start, end)).includes(Buffer.from(subject.bytes(id)))).toBe(true);
            reached = end;
          }
          expect(reached).toBe(text.length);
        }),
      );
    }
  });

  it('parses special and user-defined tokens in the text, ASCII or not', () => {
    expect(pieces('a<|end|>wordab<｜begin｜> ')).toEqual(['a', '<|end|>', 'word', 'ab', '<｜begin｜>', ' ']);
    const subject = tokenizer('smollm');
    expect([...subject.special].map((id) => subject.text(id))).toEqual(['<|end|>', '<｜begin｜>']);
    expect(Buffer.from(subject.bytes(entries.indexOf('<｜begin｜>'))).toString()).toBe('<｜begin｜>');
  });

  it('knows of an added token that other bytes are merged to', () => {
    const twofold = (token: string) => {
      const own = [...entries, 'õx', '中', 'ĠĠx'];
      const ownTypes = own.map((entry) => (entry === token ? 4 : 1));
      return new ByteLevelTokenizer(
        own,
        ownTypes,
        [...merges, 'õ x'],
        preTokenizerNamed('gpt-2') as PreTokenizer,
      ).twofoldToken();
    };
    for (const token of ['¿', 'é', 'Ġa', 'ĊĊ']) expect(twofold(token)).toBe(token);
    // No text holds the bytes of õ and õx; 中 is not written in bytes; nothing merges to ĠĠx; ASCII is the same both ways.
    for (const token of ['õ', 'õx', '中', 'ĠĠx', 'ab', 'word']) expect(twofold(token)).toBeNull();
  });

  it('lets tokens of one character share its range', () => {
    const spread = tokenizer('smollm').encode('x😀é');
    expect(spread.map(({ start, end }) => [start, end])).toEqual([
      [0, 1],
      ...Array(4).fill([1, 3]),
      ...Array(2).fill([3, 4]),
    ]);
    expect(spread.map(({ id }) => tokenizer('smollm').text(id))).toEqual(['x', ...Array(6).fill('\ufffd')]);
  });

  it('reads a lone surrogate as the replacement character', () => {
    const tokens = tokenizer('smollm').encode('a\ud83d b');
    expect(tokenizer('smollm').decode(tokens.map((token) => token.id))).toBe('a\ufffd b');
    expect(tokens.slice(1, 4).map(({ start, end }) => [start, end])).toEqual(Array(3).fill([1, 2]));
  });

  it('cuts digits and white space as each pre-tokenizer does', () => {
    expect(pieces('12', 'gpt-2')).toEqual(['12']);
    expect(pieces('\n\n1', 'gpt-2')).toEqual(['\n', '\n', '1']);
    // Digits are cut off first: the text before a digit is cut as if it ended there.
    expect(pieces('\n\n1', 'smollm')).toEqual(['\n\n', '1']);
    expect(pieces('a 12', 'smollm')).toEqual(['a', ' ', '1', '2']);
    expect(pieces('  ²½', 'smollm')).toEqual(['  ', '²', '²', '½', '½']);
    // Unicode counts NEL as white space, but not the byte order mark.
    expect(pieces('a\u0085 a', 'gpt-2')).toEqual(['a', '\u0085', '\u0085', ' a']);
  });

  it('goes on behind a byte that has no entry', () => {
    const subject = tokenizer('smollm', ['x']);
    expect(subject.encode('axbxx c').map(({ start, end }) => [start, end])).toEqual([
      [0, 1],
      [2, 3],
      [5, 6],
      [6, 7],
    ]);
  });

  it('gives offsets in the typed text where the tokenizer composes first', () => {
    const typed = 'ae\u0301b \u1112\u1161\u11abc';
    const subject = tokenizer('qwen2');
    const tokens = subject.encode(typed);
    expect(subject.decode(tokens.map((token) => token.id))).toBe('aéb 한c');
    const ranges = new Set(tokens.map(({ start, end }) => typed.slice(start, end)));
    expect([...ranges]).toEqual(['a', 'e\u0301', 'b', ' ', '\u1112\u1161\u11ab', 'c']);
  });

  it('decodes nothing from ids that do not exist', () => {
    expect(tokenizer('smollm').decode([-1, 1e9])).toBe('');
    expect(bytesOfEntry('é漢')).toBeNull();
  });
});
