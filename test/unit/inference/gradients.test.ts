/**
 * The gradient of a tiny random llama against central differences of its own forward pass. The pass is float32: a step of 1e-2 on
 * values of about 1 leaves errors of about 1e-3 of the largest gradient (rounding) and less of curvature.
 */
import { mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Pass } from '../../../src/analysis/model';
import { seededRandom } from '../../../src/analysis/random';
import { openCheckpoint } from '../../../src/checkpoint/openCheckpoint';
import { Gradients, gradientBytes } from '../../../src/inference/gradients';
import { decoderOf, type TestDecoder } from '../../fixtures/decoderOf';
import { temporaryFolder } from '../../fixtures/temporaryFolder';
import { writeTinyLlama } from '../../fixtures/tinyGguf';

const folder = temporaryFolder();
const cache = join(folder, 'cache');
const ids = [116, 258, 32, 97, 98, 110, 101, 44, 120, 46];
const T = ids.length;
const rows = [4, 7, 9];
const targets = [33, 104, 7];
const weights = [0.5, -1, 2];
const tolerance = 5e-3;

let tiny: TestDecoder;

beforeAll(async () => {
  mkdirSync(cache);
  tiny = await decoderOf(await openCheckpoint(writeTinyLlama(folder)), cache);
});

afterAll(() => tiny.release());

const range = (length: number) => Array.from({ length }, (_, index) => index);
const largest = (values: ArrayLike<number>) => Math.max(...Array.from(values, Math.abs));
const objective = (logprob: ArrayLike<number>) => weights.reduce((sum, weight, row) => sum + weight * logprob[row], 0);

type Change = Pick<Pass, 'embeddings' | 'patches' | 'headPatches'> & { mask?: Float32Array };

async function measure({ mask: open, ...change }: Change): Promise<number> {
  const { heads } = tiny.decoder.info;
  const mask = open && { data: open, shape: [1, heads, T, T] as const };
  const { logprob } = await tiny.decoder.run({ ids: [ids], rows, targets, ...change, mask });
  return objective(logprob);
}

/** Directional derivative by central differences along `direction`. */
async function slope(
  base: Float32Array,
  direction: Float32Array,
  value: (moved: Float32Array) => Promise<number>,
): Promise<number> {
  const step = 1e-2;
  const moved = (by: number) => base.map((one, at) => one + by * direction[at]);
  return ((await value(moved(step))) - (await value(moved(-step)))) / (2 * step);
}

describe('the gradient', () => {
  it('with respect to the embeddings is that of central differences, for several rows and weights', async () => {
    const { embeddings: gradient, logprob } = await tiny.gradients.gradient({ ids: [ids], rows, targets, weights });
    const base = tiny.gradients.embeddings([ids]);
    expect(objective(logprob)).toBeCloseTo(await measure({ embeddings: base }), 4);
    const random = seededRandom(5);
    const { width } = tiny.decoder.info;
    for (const t of range(T)) {
      const direction = base.map((_, at) => (Math.floor(at / width) === t ? (random() - 0.5) / 4 : 0));
      const expected = await slope(base, direction, (embeddings) => measure({ embeddings }));
      const found = direction.reduce((sum, one, at) => sum + one * gradient[at], 0);
      const scale = largest(gradient) * Math.hypot(...direction);
      expect(Math.abs(found - expected), `position ${t}`).toBeLessThan(tolerance * scale);
    }
  });

  it('with respect to the attention weights gives what a change of the scores changes', async () => {
    const { heads, layers } = tiny.decoder.info;
    const blocks = range(layers);
    const { attention } = await tiny.gradients.gradient({ ids: [ids], rows, targets, weights, attention: blocks });
    const forward = await tiny.decoder.run({ ids: [ids], rows: [0], want: { attention: blocks } });
    // A score enters every block: Σ_l P·(dP − Σ_k dP·P), the softmax's derivative.
    const expected = new Float64Array(heads * T * T);
    for (const block of blocks) {
      const P = forward.attention.get(block) as Float32Array;
      const dP = attention.get(block) as Float32Array;
      expect(dP.length).toBe(P.length);
      for (let row = 0; row < heads * T; row++) {
        const keys = range(T).map((k) => row * T + k);
        const mean = keys.reduce((sum, at) => sum + P[at] * dP[at], 0);
        for (const at of keys) expected[at] += P[at] * (dP[at] - mean);
      }
    }
    const open = Float32Array.from({ length: heads * T * T }, (_, at) => (at % T > Math.floor(at / T) % T ? -1e9 : 0));
    for (const [head, query, key] of [
      [0, 9, 0],
      [1, 7, 3],
      [2, 5, 5],
      [3, 9, 8],
    ]) {
      const at = (head * T + query) * T + key;
      const direction = new Float32Array(open.length);
      direction[at] = 4;
      const found = await slope(open, direction, (mask) => measure({ mask }));
      expect(Math.abs(found / 4 - expected[at]), `head ${head}`).toBeLessThan(tolerance * largest(expected));
    }
  });

  it('with respect to the residual stream is that of patches, at every layer', async () => {
    const { width, layers } = tiny.decoder.info;
    const hidden = range(layers + 1);
    const result = await tiny.gradients.gradient({ ids: [ids], rows, targets, weights, hidden });
    expect(result.hidden.get(0)).toEqual(result.embeddings);
    const random = seededRandom(7);
    for (const layer of hidden) {
      const gradient = result.hidden.get(layer) as Float32Array;
      for (const position of [0, 4, 8]) {
        const direction = Float32Array.from({ length: width }, () => (random() - 0.5) / 4);
        const expected = await slope(new Float32Array(width), direction, (delta) =>
          measure({ patches: [{ layer, batch: 0, position, delta }] }),
        );
        const found = direction.reduce((sum, one, at) => sum + one * gradient[position * width + at], 0);
        const scale = largest(gradient) * Math.hypot(...direction);
        expect(Math.abs(found - expected), `layer ${layer}, position ${position}`).toBeLessThan(tolerance * scale);
      }
    }
  });

  it('with respect to the heads’ outputs is that of head patches, and the outputs are the decoder’s', async () => {
    const { width, layers, heads } = tiny.decoder.info;
    const channels = width / heads;
    const blocks = range(layers);
    const result = await tiny.gradients.gradient({ ids: [ids], rows, targets, weights, heads: blocks });
    const forward = await tiny.decoder.run({ ids: [ids], rows: [0], want: { heads: blocks } });
    const random = seededRandom(9);
    for (const layer of blocks) {
      const { outputs, gradient } = result.heads.get(layer) as { outputs: Float32Array; gradient: Float32Array };
      const own = forward.heads.get(layer) as Float32Array;
      /** [T, C] of one head, from [T, H, C]. */
      const of = (merged: Float32Array, head: number) =>
        Float32Array.from({ length: T * channels }, (_, at) => {
          const [t, c] = [Math.floor(at / channels), at % channels];
          return merged[(t * heads + head) * channels + c];
        });
      for (const head of range(heads)) {
        const decoded = own.subarray(head * T * channels, (head + 1) * T * channels);
        expect(largest(of(outputs, head).map((value, at) => value - decoded[at]))).toBeLessThan(1e-5);
        const direction = Float32Array.from({ length: T * channels }, () => (random() - 0.5) / 4);
        const expected = await slope(new Float32Array(direction.length), direction, (delta) =>
          measure({ headPatches: [{ layer, head, batch: 0, delta }] }),
        );
        const along = of(gradient, head);
        const found = direction.reduce((sum, one, at) => sum + one * along[at], 0);
        const scale = largest(gradient) * Math.hypot(...direction);
        expect(Math.abs(found - expected), `head ${layer}.${head}`).toBeLessThan(tolerance * scale);
      }
    }
  });

  it('is zero after the last row, and the same bit for bit from run to run', async () => {
    const pass = { ids: [ids], rows: [4], targets: [33], weights: [1] };
    const { embeddings } = await tiny.gradients.gradient(pass);
    const { width } = tiny.decoder.info;
    expect(largest(embeddings.subarray(5 * width))).toBe(0);
    expect(largest(embeddings.subarray(4 * width, 5 * width))).toBeGreaterThan(0);
    expect((await tiny.gradients.gradient(pass)).embeddings).toEqual(embeddings);
  });

  it('reads the weights of the decoder: one data file holds them for both', async () => {
    await tiny.gradients.gradient({ ids: [ids], rows: [0], targets: [1], weights: [1] });
    const graphs = readdirSync(cache).map((name) =>
      readdirSync(join(cache, name)).filter((file) => /onnx$/.test(file)),
    );
    expect(graphs.map((names) => names.length).sort()).toEqual([1, 2]);
  });
});

describe('a gradient that cannot be', () => {
  const pass = { ids: [ids], rows: [0], targets: [1], weights: [1] };

  it('for lack of memory is refused before it is tried, with what it would take', async () => {
    const checkpoint = await openCheckpoint(join(folder, 'tiny.gguf'));
    const { hyper } = checkpoint;
    await checkpoint.close();
    const table = { rows: (batch: readonly (readonly number[])[]) => tiny.gradients.embeddings(batch) };
    const poor = new Gradients({ hyper, table, session: async () => tiny.session, freeBytes: () => 1000 });
    await expect(poor.gradient(pass)).rejects.toMatchObject({ problem: { code: 'outOfMemory', args: ['1'] } });
    const [short, long] = [gradientBytes(hyper, 1, 100, 1), gradientBytes(hyper, 1, 200, 1)];
    expect(long / short).toBeGreaterThan(1.9);
  });

  it('for a text longer than the context, or when it is cancelled before', async () => {
    const long = { ...pass, ids: [range(257)] };
    await expect(tiny.gradients.gradient(long)).rejects.toThrow('257 tokens do not fit');
    const cancelled = tiny.gradients.gradient(pass, AbortSignal.abort());
    await expect(cancelled).rejects.toMatchObject({ problem: { code: 'cancelled' } });
  });
});
