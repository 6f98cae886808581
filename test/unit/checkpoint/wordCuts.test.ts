// Every name of a cut, against Hugging Face's tokenizers with llama.cpp's patterns (test/fixtures/tokenizers/make_cuts.py).
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Tokenizer } from '@huggingface/tokenizers';
import { describe, expect, it } from 'vitest';
import { preTokenizerNamed } from '../../../src/checkpoint/preTokenizers';

const { texts, cuts } = JSON.parse(readFileSync(join(__dirname, '../../fixtures/tokenizers/cuts.json'), 'utf8')) as {
  texts: string[];
  cuts: { names: string[]; pieces: string[][] }[];
};

/** The words of a text, before they are written in the byte alphabet. */
function words(name: string, text: string): string[] {
  const steps = preTokenizerNamed(name)?.steps.slice(0, -1) ?? [];
  const file = {
    added_tokens: [],
    normalizer: null,
    pre_tokenizer: { type: 'Sequence', pretokenizers: steps },
    post_processor: null,
    decoder: null,
    model: { type: 'BPE', vocab: {}, merges: [] },
  };
  const { pre_tokenizer: cut } = new Tokenizer(file, {}) as unknown as {
    pre_tokenizer: { pre_tokenize_text(text: string): string[] };
  };
  return cut.pre_tokenize_text(text);
}

describe('the cut into words', () => {
  it.each(cuts.flatMap(({ names, pieces }) => names.map((name) => ({ name, pieces }))))('$name', ({ name, pieces }) => {
    expect(texts.map((text) => words(name, text))).toEqual(pieces);
  });

  it('of Kimi K2 parts Chinese characters from other letters', () => {
    expect(words('kimi-k2', "中文English 12345 it's")).toEqual(['中文', 'English', ' ', '123', '45', " it's"]);
  });

  it('is not known by another name', () => {
    expect(preTokenizerNamed('martian')).toBeUndefined();
  });
});
