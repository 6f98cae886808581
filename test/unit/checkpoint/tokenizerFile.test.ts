/** tokenizer.json files of every kind give the ids of the tokenizers library, and tokens whose places cover the text. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readTokenizerFile } from '../../../src/checkpoint/folder/tokenizerFile';

const folder = join(__dirname, '..', '..', 'fixtures', 'tokenizers');
const json = (name: string) => JSON.parse(readFileSync(join(folder, name), 'utf8'));
const { texts, ids } = json('expected.json') as { texts: string[]; ids: Record<string, number[][]> };
const rows = 1000;

describe.each(Object.keys(ids))('%s', (name) => {
  const tokenizer = readTokenizerFile(json(`${name}.json`), rows, name);

  it.each(texts.map((text, place) => [text, place] as const))('%j', (text, place) => {
    const tokens = tokenizer.encode(text);
    expect(tokens.map(({ id }) => id)).toEqual(ids[name][place]);
    let reached = 0;
    for (const { id, start, end } of tokens) {
      expect(end).toBeGreaterThan(start);
      // A token goes on where the one before ended, or shares its last character.
      expect(start <= reached && end >= reached).toBe(true);
      reached = end;
      const own = text.slice(start, end).normalize('NFC').replaceAll('▁', ' ');
      const said = tokenizer.text(id).normalize('NFC');
      if (!said.includes('\ufffd')) expect(own.trim()).toContain(said.trim());
    }
    expect(reached).toBe(text.length);
  });
});

describe('pieces', () => {
  it('share the place of a character that has no entry, and tell its bytes', () => {
    const tokenizer = readTokenizerFile(json('gemma.json'), rows, '');
    const tokens = tokenizer.encode('a湖b').filter(({ start, end }) => start === 1 && end === 2);
    expect(tokens.flatMap(({ id }) => [...tokenizer.bytes(id)])).toEqual([...Buffer.from('湖')]);
    expect(tokenizer.text(rows - 1)).toBe(`[PAD ${rows - 1}]`);
  });

  it('put a space before each stretch, the first, or none, as the file says', () => {
    const first = (name: string, text: string) => {
      const tokenizer = readTokenizerFile(json(`${name}.json`), rows, '');
      return tokenizer
        .encode(text)
        .map(({ id }) => tokenizer.text(id))
        .join('');
    };
    expect(first('gemma', 'the<s>the')).toBe('the<s>the');
    expect(first('mistral', 'the<s>the')).toBe(' the<s>the');
    expect(first('llama2', 'the<s>the')).toBe(' the<s> the');
  });

  it('take a long text', () => {
    const tokenizer = readTokenizerFile(json('llama2.json'), rows, '');
    const text = 'the boats waited '.repeat(20_000);
    const tokens = tokenizer.encode(text);
    expect(tokens[tokens.length - 1].end).toBe(text.length);
  });
});

describe('a regular expression that backtracks without end', () => {
  it.each([
    [
      'of a byte-level tokenizer',
      'neox',
      {
        type: 'Sequence',
        pretokenizers: [
          { type: 'Split', pattern: { Regex: '(?:a+)+[0-9]' }, behavior: 'Isolated', invert: false },
          { type: 'ByteLevel', add_prefix_space: false, trim_offsets: true, use_regex: false },
        ],
      },
    ],
    [
      'of a Unigram tokenizer',
      'unigram-t5',
      { type: 'Split', pattern: { Regex: '(?:a+)+[0-9]' }, behavior: 'Isolated', invert: false },
    ],
  ])('%s is broken off', (_, name, cut) => {
    const tokenizer = readTokenizerFile({ ...json(`${name}.json`), pre_tokenizer: cut }, rows, 'x');
    expect(tokenizer.encode('a1').length).toBeGreaterThan(0);
    expect(() => tokenizer.encode(`${'a'.repeat(60)}!`)).toThrow(
      'a regular expression of its tokenizer.json does not finish on a text of 61 characters',
    );
    expect(tokenizer.encode('a1').length).toBeGreaterThan(0);
  });
});
