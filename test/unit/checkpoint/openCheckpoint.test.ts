import { createHash } from 'node:crypto';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openCheckpoint } from '../../../src/checkpoint/openCheckpoint';
import type { Checkpoint } from '../../../src/checkpoint/types';
import { wordsOf } from '../../../src/protocol/clauses';
import { ProblemError } from '../../../src/protocol/problem';
import { type TinyGguf, temporaryFile, tinyGguf, writeGguf } from './tinyGguf';

async function opened(file: TinyGguf, use: (checkpoint: Checkpoint) => Promise<void> | void): Promise<void> {
  const checkpoint = await openCheckpoint(temporaryFile(writeGguf(file)));
  try {
    await use(checkpoint);
  } finally {
    await checkpoint.close();
  }
}

async function problemOf(bytes: Uint8Array): Promise<string> {
  return openProblem(temporaryFile(bytes));
}

async function openProblem(path: string): Promise<string> {
  const error = await openCheckpoint(path).then(
    () => new Error('it opened'),
    (reason: unknown) => reason,
  );
  if (!(error instanceof ProblemError)) throw error;
  return `${error.problem.code}: ${wordsOf(error.problem.args[1] ?? '')}`;
}

const changed = (change: (file: TinyGguf) => void): Buffer => {
  const file = tinyGguf();
  change(file);
  return writeGguf(file);
};

function markAdded({ metadata }: TinyGguf, entry: string): void {
  const at = (metadata['tokenizer.ggml.tokens'] as string[]).indexOf(entry);
  const types = metadata['tokenizer.ggml.token_type'] as number[];
  metadata['tokenizer.ggml.token_type'] = types.map((type, index) => (index === at ? 4 : type));
}

describe('a checkpoint', () => {
  it('that does not name its cut into words is cut as llama.cpp does, and says so', async () => {
    const cuts = async (pre: string | undefined) => {
      const file = tinyGguf();
      if (pre === undefined) delete file.metadata['tokenizer.ggml.pre'];
      else file.metadata['tokenizer.ggml.pre'] = pre;
      let said = '';
      await opened(file, ({ notes = [], tokenizer }) => {
        const text = '1234 a+b';
        const pieces = tokenizer.encode(text).map(({ start, end }) => text.slice(start, end));
        said = [...notes.map((note) => wordsOf(note)), pieces.join('|')].join(': ');
      });
      return said;
    };
    const assumed =
      'they are cut as llama.cpp cuts them by default, perhaps not as the model learnt them: 1|2|3|4| |a|+|b';
    expect(await cuts(undefined)).toBe(
      `it does not say how its tokenizer cuts words (tokenizer.ggml.pre is missing): ${assumed}`,
    );
    expect(await cuts('default')).toBe(
      `it says only "default" of how its tokenizer cuts words (tokenizer.ggml.pre): ${assumed}`,
    );
    expect(await cuts('smollm')).toBe('1|2|3|4| |a|+|b');
  });

  it('gives dimensions, tensors, digest, end tokens', () =>
    opened(tinyGguf(), (checkpoint) => {
      expect(checkpoint.spec).toEqual({
        layers: 1,
        heads: 2,
        keyValueHeads: 1,
        width: 8,
        headWidth: 4,
        feedForward: 16,
        vocabulary: 262,
        context: 64,
        tied: true,
        norm: { kind: 'rms', epsilon: Math.fround(1e-5) },
        placement: 'before',
        residual: 'sequential',
        queryKeyNorm: null,
        mlp: { gated: true, activation: 'silu' },
        positions: {
          learned: false,
          rotated: 4,
          tables: [{ base: 10_000, divisors: null, divisor: 1, amplitude: 1 }],
        },
        scale: { embedding: 1, residual: 1, logits: 1 },
        cap: { attention: null, logits: null },
        blocks: [{ window: null, rotary: 0, scale: 0.5 }],
      });
      expect(checkpoint.quantisation).toBe('F32');
      expect(checkpoint.tensors.get('blk.0.ffn_down.weight')?.shape).toEqual([8, 16]);
      expect(checkpoint.sha256).toBe(createHash('sha256').update(writeGguf(tinyGguf())).digest('hex'));
      expect(checkpoint.endIds.map((id) => checkpoint.tokenizer.text(id))).toEqual(['<|im_end|>']);
      expect(checkpoint.hasTemplate).toBe(true);
    }));

  it('is called what its file is called, without the quantisation', async () => {
    const names = ['Nice-Model.Q4_1.gguf', 'Nice-Model-Q4_K_M.gguf', 'plain.gguf'];
    const checkpoints = await Promise.all(
      names.map((name) => openCheckpoint(temporaryFile(writeGguf(tinyGguf()), name))),
    );
    expect(checkpoints.map((checkpoint) => checkpoint.name)).toEqual(['Nice-Model', 'Nice-Model', 'plain']);
    await Promise.all(checkpoints.map((checkpoint) => checkpoint.close()));
  });

  it('undoes the rotary row order of queries and keys, and of nothing else', () => {
    const file = tinyGguf();
    const numbered = (rows: number) => {
      const rowsOfEight = Float32Array.from({ length: rows * 8 }, (_, i) => Math.floor(i / 8));
      return { shape: [rows, 8], data: new Uint8Array(rowsOfEight.buffer) };
    };
    file.tensors['blk.0.attn_q.weight'] = numbered(8);
    file.tensors['blk.0.attn_k.weight'] = numbered(4);
    file.tensors['blk.0.attn_v.weight'] = numbered(4);
    return opened(file, async (checkpoint) => {
      const firstColumn = async (name: string) =>
        [...(await checkpoint.readFloat32(`blk.0.${name}.weight`))].filter((_, i) => i % 8 === 0);
      // A head of 4 rows is stored as channel 0 of each half, then channel 1.
      expect(await firstColumn('attn_q')).toEqual([0, 2, 1, 3, 4, 6, 5, 7]);
      expect(await firstColumn('attn_k')).toEqual([0, 2, 1, 3]);
      expect(await firstColumn('attn_v')).toEqual([0, 1, 2, 3]);
      const raw = await checkpoint.readRaw('blk.0.attn_q.weight');
      expect(new Float32Array(raw.buffer)[8]).toBe(2);
    });
  });

  it('dequantises what it reads', () => {
    const file = tinyGguf();
    for (const key of ['llama.embedding_length', 'llama.feed_forward_length']) file.metadata[key] = 32;
    for (const [name, tensor] of Object.entries(file.tensors)) {
      const rows = name.includes('_k.') || name.includes('_v.') ? 16 : name.startsWith('token') ? 262 : 32;
      tensor.shape = tensor.shape.length === 1 ? [32] : [rows, 32];
    }
    // Each row is one Q8_0 block: d = 0.5, weights −1.
    const row = [0x00, 0x38, ...Array.from({ length: 32 }, () => 0xff)];
    const data = Uint8Array.from(Array.from({ length: 32 }, () => row).flat());
    file.tensors['blk.0.ffn_up.weight'] = { shape: [32, 32], type: 8, data };
    return opened(file, async (checkpoint) => {
      expect([...new Set(await checkpoint.readFloat32('blk.0.ffn_up.weight'))]).toEqual([-0.5]);
      expect((await checkpoint.readRaw('blk.0.ffn_up.weight')).length).toBe(32 * 34);
    });
  });

  it('reads 64-bit counts and reports progress up to the whole file', async () => {
    const bytes = changed((file) => {
      file.metadata['llama.context_length'] = 2048n;
    });
    const seen: [number, number][] = [];
    const checkpoint = await openCheckpoint(temporaryFile(bytes), {
      onProgress: (done, total) => seen.push([done, total]),
    });
    expect(checkpoint.spec.context).toBe(2048);
    expect(seen.at(-1)).toEqual([bytes.length, bytes.length]);
    await checkpoint.close();
  });

  it.each([2 ** 25, 2 ** 30])(
    'reads prompts of at most 131,072 tokens, though the file announces %i',
    async (length) => {
      const bytes = changed((file) => {
        file.metadata['llama.context_length'] = length;
      });
      const checkpoint = await openCheckpoint(temporaryFile(bytes));
      expect(checkpoint.spec.context).toBe(131_072);
      await checkpoint.close();
    },
  );

  it('stops when asked', async () => {
    const signal = AbortSignal.abort();
    const opening = openCheckpoint(temporaryFile(writeGguf(tinyGguf())), { signal });
    await expect(opening).rejects.toMatchObject({ problem: { code: 'cancelled' } });
  });
});

describe('a file that is no model', () => {
  const folder = mkdtempSync(join(tmpdir(), 'no-model-'));
  const whole = writeGguf(tinyGguf());

  it.each<[string, () => Promise<string>, string | RegExp]>([
    ['missing', () => openProblem(join(folder, 'none.gguf')), 'modelMissing: '],
    ['a folder', () => openProblem(folder), 'fileUnreadable: it is a folder'],
    ['empty', () => problemOf(new Uint8Array()), 'modelMalformed: it is empty'],
    ['three bytes', () => problemOf(Buffer.from('GGU')), 'modelUnsupported: it is not a GGUF file'],
    ['a text', () => problemOf(Buffer.from('Once upon a time')), 'modelUnsupported: it is not a GGUF file'],
    [
      'version 1',
      () => problemOf(changed((f) => (f.version = 1))),
      'modelUnsupported: it is GGUF version 1, not 2 or 3',
    ],
    [
      'big-endian',
      () => problemOf(changed((f) => (f.version = 0x03000000))),
      'modelUnsupported: it is a big-endian GGUF file',
    ],
    [
      'a lying tensor count',
      () => problemOf(changed((f) => (f.tensorCount = 2n ** 62n))),
      'modelMalformed: it announces more tensors than it can contain',
    ],
    [
      'a lying metadata count',
      () => problemOf(changed((f) => (f.keyCount = 2n ** 40n))),
      'modelMalformed: it announces more metadata entries than it can contain',
    ],
    ['one tensor too many', () => problemOf(changed((f) => (f.tensorCount = 12n))), /^modelMalformed: /],
    [
      'one tensor too few',
      () => problemOf(changed((f) => (f.tensorCount = 10n))),
      'modelMalformed: the tensor blk.0.ffn_down.weight is missing',
    ],
    ['cut in the header', () => problemOf(whole.subarray(0, 2000)), /^modelMalformed: /],
    [
      'cut in the weights',
      () => problemOf(whole.subarray(0, whole.length - 1)),
      'modelMalformed: the tensor blk.0.ffn_down.weight lies beyond the end of the file',
    ],
    [
      'another family',
      () => problemOf(changed((f) => (f.metadata['general.architecture'] = 'mamba'))),
      'modelUnsupported: its family is mamba',
    ],
    [
      'an unread storage type',
      () => problemOf(changed((f) => (f.tensors['blk.0.ffn_up.weight'].type = 16))),
      'modelUnsupported: the tensor blk.0.ffn_up.weight is stored as IQ2_XXS',
    ],
    [
      'a shape that blocks cannot fill',
      () => problemOf(changed((f) => (f.tensors['blk.0.ffn_up.weight'].type = 3))),
      'modelMalformed: the tensor blk.0.ffn_up.weight has the impossible shape 16 × 8 for Q4_1',
    ],
    [
      'a wrong shape',
      () => problemOf(changed((f) => (f.tensors['blk.0.attn_k.weight'].shape = [2, 16]))),
      'modelMalformed: the tensor blk.0.attn_k.weight is 2 × 16, not 4 × 8',
    ],
    [
      'an unknown pre-tokenizer',
      () => problemOf(changed((f) => (f.metadata['tokenizer.ggml.pre'] = 'martian'))),
      'modelUnsupported: its tokenizer cuts words in a way that is not known here: tokenizer.ggml.pre is "martian"',
    ],
    [
      'an added token that is also a byte of other characters',
      () => problemOf(changed((f) => markAdded(f, '\u00bf'))),
      'modelUnsupported: its tokenizer does not give back the text "\u00bf"',
    ],
    [
      'a tokenizer of another kind',
      () => problemOf(changed((f) => (f.metadata['tokenizer.ggml.model'] = 'rwkv'))),
      'modelUnsupported: its tokenizer is of a kind that is not known here: rwkv',
    ],
    [
      'a text where a number belongs',
      () => problemOf(changed((f) => (f.metadata['llama.block_count'] = 'many'))),
      'modelMalformed: llama.block_count is not a number',
    ],
    [
      'no heads',
      () => problemOf(changed((f) => (f.metadata['llama.attention.head_count'] = 0))),
      /modelMalformed: llama.attention.head_count is 0/,
    ],
  ])('%s', async (_, problem, expected) => {
    const actual = await problem();
    if (typeof expected === 'string') expect(actual).toBe(expected);
    else expect(actual).toMatch(expected);
  });
});
