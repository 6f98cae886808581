/**
 * ONNX exports by optimum (neox-parallel) and by onnxruntime-genai's builder (qwen3-int4), read as weights: against transformers, and,
 * where the weights were rounded to four bits, against the exported graph itself as ONNX Runtime runs it with exact activations.
 */
import { copyFileSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openCheckpoint } from '../../src/checkpoint/openCheckpoint';
import type { Checkpoint } from '../../src/checkpoint/types';
import { decoderOf, type TestDecoder } from '../fixtures/decoderOf';
import { temporaryFolder } from '../fixtures/temporaryFolder';

const fixtures = join(__dirname, '..', 'fixtures', 'families');
const folder = temporaryFolder();

const exports = [
  { name: 'neox-parallel', from: 'neox-parallel', expected: join('folders', 'neox-parallel'), tied: false },
  { name: 'qwen3-int4', from: 'qwen3', expected: join('onnx', 'qwen3-int4'), tied: true },
];

const largest = (actual: ArrayLike<number>, wanted: readonly number[]): number => {
  expect(actual.length).toBe(wanted.length);
  return Math.max(...wanted.map((value, index) => Math.abs(value - actual[index])));
};

describe.each(exports)('$name', ({ name, from, expected: place, tied }) => {
  const expected = JSON.parse(readFileSync(join(fixtures, place, 'expected.json'), 'utf8'));
  const ids: number[] = expected.ids;
  const last = ids.length - 1;
  let checkpoint: Checkpoint;
  let tiny: TestDecoder;

  beforeAll(async () => {
    const own = join(folder, name);
    mkdirSync(own);
    const source = join(fixtures, 'onnx', name);
    for (const file of readdirSync(source)) copyFileSync(join(source, file), join(own, file));
    for (const file of ['tokenizer.json', 'tokenizer_config.json'])
      copyFileSync(join(fixtures, 'folders', from, file), join(own, file));
    checkpoint = await openCheckpoint(own);
    tiny = await decoderOf(checkpoint, folder);
  });
  afterAll(() => tiny.release());

  it('has the tokens, the log-probabilities and the next tokens, at once and by single steps', async () => {
    expect(checkpoint.spec.tied).toBe(tied);
    const prompt = await checkpoint.prompt({ kind: 'raw', file: null, text: expected.text, pieces: [] });
    expect(prompt.tokens.map(({ id }) => id)).toEqual(ids);
    const want = { logits: true, past: true };
    const targets = [...ids.slice(1), 0];
    const whole = await tiny.decoder.run({ ids: [ids], rows: ids.map((_, t) => t), targets, top: 5, want });
    expect(largest(whole.logprob.subarray(0, last), expected.token_logprob)).toBeLessThan(2e-4);
    expect([...whole.topIds.subarray(5 * last)]).toEqual(expected.next.map(([id]: [number]) => id));
    let past = (await tiny.decoder.run({ ids: [ids.slice(0, 1)], rows: [0], want: { past: true } })).past;
    let stepped = new Float32Array();
    for (const id of ids.slice(1)) {
      const step = await tiny.decoder.run({ ids: [[id]], rows: [0], past, want });
      past = step.past;
      stepped = step.logits as Float32Array<ArrayBuffer>;
    }
    const row = (whole.logits as Float32Array).subarray(last * checkpoint.spec.vocabulary);
    expect(largest(stepped, [...row])).toBeLessThan(2e-4);
  });
});
