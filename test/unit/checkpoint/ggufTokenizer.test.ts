// SentencePiece in a GGUF file, against sentencepiece itself (test/fixtures/tokenizers/make_pieces.py).
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openCheckpoint } from '../../../src/checkpoint/openCheckpoint';
import type { Checkpoint } from '../../../src/checkpoint/types';
import { temporaryFile, tinyGguf, type Value, writeGguf } from './tinyGguf';

const pieces = JSON.parse(readFileSync(join(__dirname, '../../fixtures/tokenizers/pieces.json'), 'utf8')) as {
  entries: string[];
  scores: number[];
  types: number[];
  texts: string[];
  ids: number[][];
};

async function opened(
  use: (checkpoint: Checkpoint) => Promise<void> | void,
  changes: Record<string, Value> = {},
): Promise<void> {
  const file = tinyGguf();
  for (const key of Object.keys(file.metadata)) if (key.startsWith('tokenizer.')) delete file.metadata[key];
  Object.assign(file.metadata, {
    'tokenizer.ggml.model': 'llama',
    'tokenizer.ggml.tokens': pieces.entries,
    'tokenizer.ggml.token_type': pieces.types,
    'tokenizer.ggml.scores': pieces.scores,
    ...changes,
  });
  file.tensors['token_embd.weight'] = { shape: [pieces.entries.length, 8] };
  const checkpoint = await openCheckpoint(temporaryFile(writeGguf(file)));
  try {
    await use(checkpoint);
  } finally {
    await checkpoint.close();
  }
}

const raw = (text: string) => ({ kind: 'raw' as const, file: null, text, pieces: [] });

describe('a SentencePiece tokenizer from GGUF', () => {
  it("gives sentencepiece's ids for 100 strings, and places that leave nothing out", () =>
    opened(({ tokenizer }) => {
      expect(pieces.texts).toHaveLength(100);
      for (const [at, text] of pieces.texts.entries()) {
        const tokens = tokenizer.encode(text);
        expect([text, tokens.map(({ id }) => id)]).toEqual([text, pieces.ids[at]]);
        let reached = 0;
        for (const { id, start, end } of tokens) {
          expect(start).toBeLessThanOrEqual(reached);
          expect(end).toBeGreaterThanOrEqual(reached);
          expect(tokenizer.bytes(id).length).toBeGreaterThan(0);
          reached = end;
        }
        expect(reached).toBe(text.length);
        expect(tokenizer.decode(tokens.map(({ id }) => id))).toBe(text === '' ? '' : ` ${text.replaceAll('▁', ' ')}`);
      }
    }));

  it('begins with <s> by default, not where the file says otherwise, and ends with </s> where it says so', async () => {
    const ids = async (changes: Record<string, Value>) => {
      let found: string[] = [];
      await opened(async (checkpoint) => {
        const { tokens } = await checkpoint.prompt(raw('Hello'));
        found = tokens
          .filter(({ special }) => special)
          .map(({ text, start, end, source }) => `${text} ${start} ${end} ${source}`);
      }, changes);
      return found;
    };
    expect(await ids({})).toEqual(['<s> 0 0 null']);
    expect(await ids({ 'tokenizer.ggml.add_bos_token': false })).toEqual([]);
    expect(await ids({ 'tokenizer.ggml.add_eos_token': true })).toEqual(['<s> 0 0 null', '</s> 5 5 null']);
  });

  it('puts a ▁ behind each special token too, or nowhere where the file says so', async () => {
    const cut = async (changes: Record<string, Value>) => {
      let found: string[] = [];
      await opened(({ tokenizer }) => {
        found = tokenizer.encode('the</s>the').map(({ id }) => tokenizer.text(id));
      }, changes);
      return found;
    };
    expect(await cut({})).toEqual([' the', '</s>', ' the']);
    expect((await cut({ 'tokenizer.ggml.add_space_prefix': false })).join('')).toBe('the</s>the');
  });

  it('ends at </s>, whatever its type', () =>
    opened(({ endIds, tokenizer }) => expect(endIds.map((id) => tokenizer.text(id))).toEqual(['</s>']), {
      'tokenizer.ggml.token_type': pieces.types.map((type, id) => (id === 2 ? 1 : type)),
    }));

  it('is refused without a score for each token', async () => {
    await expect(opened(() => {}, { 'tokenizer.ggml.scores': [0, 1] })).rejects.toMatchObject({
      problem: { code: 'modelMalformed' },
    });
  });
});
