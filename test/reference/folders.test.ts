/**
 * Hugging Face folders of every family and switch, and GGUF files that llama.cpp's converter made of them, against transformers, on tiny random weights that make the switch matter
 * (make_checkpoints.py beside the folders): tokens, log-probabilities, attention, residual stream, gradients both ways, single steps and
 * greedy continuations.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { PassResult } from '../../src/analysis/shared/model';
import { wholeName } from '../../src/checkpoint/ggufShards';
import { openCheckpoint } from '../../src/checkpoint/openCheckpoint';
import type { Checkpoint } from '../../src/checkpoint/types';
import type { Gradients } from '../../src/inference/gradients';
import { decoderOf, type TestDecoder } from '../fixtures/decoderOf';
import { temporaryFolder } from '../fixtures/temporaryFolder';

interface Expected {
  text: string;
  ids: number[];
  /** log p of each token but the first, given the tokens before it. */
  token_logprob: number[];
  /** Id and log-probability of the five likeliest next tokens. */
  next: [number, number][];
  greedy: number[];
  /** The likeliest token's log-probability minus the second's, at each step. */
  greedy_gap: number[];
  /** [L][H][T], the row of the last query. */
  attention: number[][][];
  /** [L][D], layers 0 to L − 1 at the last position. */
  hidden_last: number[][];
  target: number;
  grad_x_input: number[];
}

const fixtures = join(__dirname, '..', 'fixtures', 'families');
const folders = join(fixtures, 'folders');
const names = readdirSync(folders).filter((name) => existsSync(join(folders, name, 'expected.json')));
// Of a file in several parts, one stands for all.
const converted = readdirSync(join(fixtures, 'converted')).filter((file) => !/-0000[^3]-of-/.test(file));
const checkpoints = [
  ...names.map((name) => ({ path: join('folders', name), name })),
  ...converted.map((file) => ({ path: join('converted', file), name: wholeName(file).replace('.gguf', '') })),
];
const cache = temporaryFolder();

const largest = (actual: ArrayLike<number>, wanted: readonly number[]): number => {
  expect(actual.length).toBe(wanted.length);
  return Math.max(...wanted.map((value, index) => Math.abs(value - actual[index])));
};

it('there are folders and files', () => {
  expect(names.length).toBeGreaterThan(35);
  expect(converted.length).toBeGreaterThan(15);
});

describe.each(checkpoints)('$path', ({ path, name }) => {
  const expected = JSON.parse(readFileSync(join(folders, name, 'expected.json'), 'utf8')) as Expected;
  const { ids } = expected;
  const last = ids.length - 1;
  let checkpoint: Checkpoint;
  let tiny: TestDecoder;
  let whole: PassResult;

  beforeAll(async () => {
    checkpoint = await openCheckpoint(join(fixtures, path));
    tiny = await decoderOf(checkpoint, cache);
    const layers = [...checkpoint.spec.blocks.keys()];
    const want = { logits: true, attention: layers, hidden: layers, past: true };
    const targets = [...ids.slice(1), 0];
    whole = await tiny.decoder.run({ ids: [ids], rows: ids.map((_, t) => t), targets, top: 5, want });
  });
  afterAll(() => tiny.release());

  it('has the tokens', async () => {
    const prompt = await checkpoint.prompt({ kind: 'raw', file: null, text: expected.text, pieces: [] });
    expect(prompt.tokens.map(({ id }) => id)).toEqual(ids);
  });

  it('has the log-probabilities and the next tokens', () => {
    expect(largest(whole.logprob.subarray(0, last), expected.token_logprob)).toBeLessThan(2e-4);
    const next = expected.next.map(([id]) => id);
    expect([...whole.topIds.subarray(5 * last)]).toEqual(next);
    const logprobs = expected.next.map(([, logprob]) => logprob);
    expect(largest(whole.topLogprob.subarray(5 * last), logprobs)).toBeLessThan(2e-4);
  });

  it('has the attention and the residual stream', () => {
    const { heads, width } = checkpoint.spec;
    expected.attention.forEach((rows, layer) => {
      const own = whole.attention.get(layer) as Float32Array;
      rows.forEach((row, head) => {
        const from = (head * ids.length + last) * ids.length;
        expect(largest(own.subarray(from, from + ids.length), row), `head ${layer}.${head}`).toBeLessThan(2e-4);
      });
      expect(rows).toHaveLength(heads);
      const stream = (whole.hidden.get(layer) as Float32Array).subarray(last * width);
      const wanted = expected.hidden_last[layer];
      expect(largest(stream, wanted) / Math.hypot(...wanted), `hidden ${layer}`).toBeLessThan(1e-3);
    });
    expect(expected.attention).toHaveLength(checkpoint.spec.layers);
  });

  it('has its gradient x input, at once and block by block', async () => {
    const { width } = checkpoint.spec;
    const scores = async (gradients: Gradients) => {
      const pass = { ids: [ids], rows: [last], targets: [expected.target], weights: [1] };
      const { embeddings: slope } = await gradients.gradient(pass);
      const embeddings = gradients.embeddings([ids]);
      const products = embeddings.map((value, at) => value * slope[at]);
      return ids.map((_, t) => products.subarray(t * width, (t + 1) * width).reduce((sum, value) => sum + value, 0));
    };
    const most = Math.max(...expected.grad_x_input.map(Math.abs));
    expect(largest(await scores(tiny.gradients), expected.grad_x_input) / most).toBeLessThan(2e-3);
    expect(largest(await scores(tiny.blockwise), expected.grad_x_input) / most).toBeLessThan(2e-3);
  });

  it('gives the same numbers by single steps, and the greedy continuation', async () => {
    const { decoder } = tiny;
    const { vocabulary } = checkpoint.spec;
    const want = { logits: true, past: true };
    let past = (await decoder.run({ ids: [ids.slice(0, 1)], rows: [0], want: { past: true } })).past;
    for (const [t, id] of ids.slice(1).entries()) {
      const step = await decoder.run({ ids: [[id]], rows: [0], past, want });
      past = step.past;
      const row = (whole.logits as Float32Array).subarray((t + 1) * vocabulary, (t + 2) * vocabulary);
      expect(largest(step.logits as Float32Array, [...row]), `step ${t + 1}`).toBeLessThan(2e-4);
    }
    let next = whole.topIds[5 * last];
    for (const [step, wanted] of expected.greedy.entries()) {
      expect(next, `greedy ${step}`).toBe(wanted);
      // Two tokens that are as likely as each other may change places.
      if (expected.greedy_gap[step] < 0.002 || ids.length + step === checkpoint.spec.context) break;
      const result = await decoder.run({ ids: [[next]], rows: [0], past, top: 1, want: { past: true } });
      past = result.past;
      next = result.topIds[0];
    }
  });
});
