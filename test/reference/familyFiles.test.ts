/**
 * Whole GGUF files of llamas built differently from the bundled one, against transformers on the same stored weights: every form of
 * the weights, the single step of a generation, and both ways of the gradient. make_gguf.py beside the files made them.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openCheckpoint } from '../../src/checkpoint/openCheckpoint';
import type { Checkpoint } from '../../src/checkpoint/types';
import type { WeightForm } from '../../src/graph/linear';
import type { Gradients } from '../../src/inference/gradients';
import { decoderOf, type TestDecoder } from '../fixtures/decoderOf';
import { temporaryFolder } from '../fixtures/temporaryFolder';

interface Expected {
  text: string;
  ids: number[];
  /** log p of each token but the first, given the tokens before it. */
  token_logprob: number[];
  /** log p over the whole vocabulary after the last token. */
  next_logprob: number[];
  target: number;
  grad_x_input: number[];
}

const files = join(__dirname, '..', 'fixtures', 'families', 'gguf');
const all = JSON.parse(readFileSync(join(files, 'expected.json'), 'utf8')) as Record<string, Expected>;
const folder = temporaryFolder();

const largest = (actual: ArrayLike<number>, wanted: readonly number[]): number => {
  expect(actual.length).toBe(wanted.length);
  return Math.max(...wanted.map((value, index) => Math.abs(value - actual[index])));
};

/** Turns raw logits into log-probabilities. */
function logSoftmax(logits: Float32Array): number[] {
  const top = Math.max(...logits);
  const total = logits.reduce((sum, value) => sum + Math.exp(value - top), 0);
  return Array.from(logits, (value) => value - top - Math.log(total));
}

it('there are files', () => expect(Object.keys(all).length).toBeGreaterThan(10));

describe.each(Object.entries(all))('%s', (name, expected) => {
  const { ids } = expected;
  const last = ids.length - 1;

  describe.each<WeightForm>(['float32', '4-bit'])('as %s', (form) => {
    let checkpoint: Checkpoint;
    let tiny: TestDecoder;

    beforeAll(async () => {
      checkpoint = await openCheckpoint(join(files, `${name}.gguf`));
      tiny = await decoderOf(checkpoint, folder, form);
    });
    afterAll(() => tiny.release());

    it('has the tokens, the first one put before the text', async () => {
      const prompt = await checkpoint.prompt({ kind: 'raw', file: null, text: expected.text, pieces: [] });
      expect(prompt.tokens.map(({ id }) => id)).toEqual(ids);
    });

    it('has the log-probabilities of transformers, in one pass and by single steps', async () => {
      const { decoder } = tiny;
      const want = { logits: true, past: true };
      const whole = await decoder.run({ ids: [ids], rows: ids.map((_, t) => t), targets: [...ids.slice(1), 0], want });
      expect(largest(whole.logprob.subarray(0, last), expected.token_logprob)).toBeLessThan(1e-3);
      const after = (whole.logits as Float32Array).subarray(last * decoder.info.vocabulary);
      expect(largest(logSoftmax(after), expected.next_logprob)).toBeLessThan(1e-3);

      let past = (await decoder.run({ ids: [ids.slice(0, 1)], rows: [0], want: { past: true } })).past;
      let stepped = after;
      for (const id of ids.slice(1)) {
        const step = await decoder.run({ ids: [[id]], rows: [0], past, want });
        past = step.past;
        stepped = step.logits as Float32Array;
      }
      expect(largest(logSoftmax(stepped), expected.next_logprob)).toBeLessThan(1e-3);
    });

    it('has its gradient x input, at once and block by block', async () => {
      const scores = async (gradients: Gradients) => {
        const pass = { ids: [ids], rows: [last], targets: [expected.target], weights: [1] };
        const { embeddings: slope } = await gradients.gradient(pass);
        const embeddings = gradients.embeddings([ids]);
        const { width } = checkpoint.spec;
        return ids.map((_, t) =>
          embeddings
            .subarray(t * width, (t + 1) * width)
            .reduce((sum, value, d) => sum + value * slope[t * width + d], 0),
        );
      };
      const most = Math.max(...expected.grad_x_input.map(Math.abs));
      expect(largest(await scores(tiny.gradients), expected.grad_x_input) / most).toBeLessThan(1e-3);
      expect(largest(await scores(tiny.blockwise), expected.grad_x_input) / most).toBeLessThan(1e-3);
    });
  });
});
