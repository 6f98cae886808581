/** Kinds of tokenizers that people's folders hold, against sentencepiece and the tokenizers library (test/fixtures/tokenizers/make_kinds.py). */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readTokenizerFile } from '../../../src/checkpoint/folder/tokenizerFile';
import { readModelFile } from '../../../src/checkpoint/sentencePiece/modelFile';
import type { Tokenizer } from '../../../src/checkpoint/types';

const folder = join(__dirname, '..', '..', 'fixtures', 'tokenizers');
const json = (name: string) => JSON.parse(readFileSync(join(folder, `${name}.json`), 'utf8'));
const { texts, ids } = json('kinds') as { texts: string[]; ids: Record<string, number[][]> };
const rows = 3000;

function opened(name: string): Tokenizer {
  if (!name.endsWith('.model')) return readTokenizerFile(json(name), rows, name);
  const bytes = Buffer.from(json(name).model, 'base64');
  return readModelFile(bytes, { rows, added: [], prefixEach: true }, name).tokenizer;
}

/** Whether the places follow each other, never backwards, from the text's start to its end. */
function covers(tokens: ReturnType<Tokenizer['encode']>, text: string): boolean {
  let reached = 0;
  for (const { start, end } of tokens) {
    if (end < start || start > reached || end < reached) return false;
    reached = end;
  }
  // A text of nothing but removed white space has no token.
  return reached === (tokens.length > 0 ? text.length : 0);
}

describe.each(Object.keys(ids))('%s', (name) => {
  const tokenizer = opened(name);

  it("gives Python's ids for 100 strings, and places that leave nothing out", () => {
    expect(texts).toHaveLength(100);
    const found = texts.map((text) => tokenizer.encode(text));
    expect(found.map((tokens) => tokens.map(({ id }) => id))).toEqual(ids[name]);
    // One comparison for all strings: an assertion for each token would take most of the time.
    expect(texts.filter((text, at) => !covers(found[at], text))).toEqual([]);
  });
});
