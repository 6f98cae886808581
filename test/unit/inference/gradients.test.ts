/**
 * The gradient of a tiny random llama is compared with central differences of its own forward pass. The pass is float32: on values of
 * about 1, a step of 1e-2 leaves errors of about 1e-3 of the largest gradient from rounding and smaller ones from curvature.
 */
import { mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { GradientTaps } from '../../../src/analysis/shared/differentiable';
import type { Pass } from '../../../src/analysis/shared/model';
import { seededRandom } from '../../../src/analysis/shared/random';
import { openCheckpoint } from '../../../src/checkpoint/openCheckpoint';
import { blockwiseBytes, Gradients, gradientBytes } from '../../../src/inference/gradients';
import type { KeyValuePast } from '../../../src/inference/past';
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

async function measure(change: Pick<Pass, 'embeddings' | 'patches' | 'headPatches'>): Promise<number> {
  const { logprob } = await tiny.decoder.run({ ids: [ids], rows, targets, ...change });
  return objective(logprob);
}

/** Everything that one gradient reports. */
async function tapped(gradients: Gradients) {
  const hidden = new Map<number, Float32Array>();
  const heads = new Map<number, Float32Array>();
  const attention = new Map<number, Float32Array>();
  const taps: GradientTaps = {
    hidden: (layer, gradient) => hidden.set(layer, gradient),
    heads: (block, gradient) => heads.set(block, gradient),
    attention: (block, credit) => attention.set(block, credit),
  };
  const result = await gradients.gradient({ ids: [ids], rows, targets, weights, taps });
  return { ...result, hidden, heads, attention };
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

  it('with respect to the attention weights, times these, is what each token’s value does through its gradient', async () => {
    const { heads, layers, width } = tiny.decoder.info;
    const channels = width / heads;
    const { attention, heads: slopes } = await tapped(tiny.gradients);
    const want = { attention: range(layers), past: true };
    const forward = await tiny.decoder.run({ ids: [ids], rows: [0], want });
    for (const block of range(layers)) {
      const weights = forward.attention.get(block) as Float32Array;
      const slope = slopes.get(block) as Float32Array;
      const values = (forward.past as KeyValuePast).feed('values', block, false).data;
      const groups = values.length / (T * channels);
      // A head's output is Σ_k A[q, k] v_k.
      const expected = range(heads * T).map((at) => {
        const [head, key] = [Math.floor(at / T), at % T];
        const value = (Math.floor((head * groups) / heads) * T + key) * channels;
        let credit = 0;
        for (const query of range(T)) {
          for (const c of range(channels)) {
            credit +=
              weights[(head * T + query) * T + key] * values[value + c] * slope[(query * heads + head) * channels + c];
          }
        }
        return credit;
      });
      const found = attention.get(block) as Float32Array;
      expect(largest(expected.map((value, at) => value - found[at]))).toBeLessThan(1e-5 * largest(expected));
    }
  });

  it('with respect to the residual stream is that of patches, at every layer', async () => {
    const { width, layers } = tiny.decoder.info;
    const hidden = range(layers + 1);
    const result = await tapped(tiny.gradients);
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

  it('with respect to the heads’ outputs is that of head patches', async () => {
    const { width, layers, heads } = tiny.decoder.info;
    const channels = width / heads;
    const blocks = range(layers);
    const result = await tapped(tiny.gradients);
    const random = seededRandom(9);
    for (const layer of blocks) {
      const gradient = result.heads.get(layer) as Float32Array;
      /** [T, C] of one head, from [T, H, C]. */
      const of = (merged: Float32Array, head: number) =>
        Float32Array.from({ length: T * channels }, (_, at) => {
          const [t, c] = [Math.floor(at / channels), at % channels];
          return merged[(t * heads + head) * channels + c];
        });
      for (const head of range(heads)) {
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

  it('is the same block by block, with every tap', async () => {
    const [whole, blockwise] = [await tapped(tiny.gradients), await tapped(tiny.blockwise)];
    const near = (found: Float32Array, expected: Float32Array, what: string) => {
      expect(found.length, what).toBe(expected.length);
      const difference = largest(found.map((value, at) => value - expected[at]));
      expect(difference, what).toBeLessThan(1e-5 * largest(expected));
    };
    near(blockwise.logprob, whole.logprob, 'logprob');
    near(blockwise.embeddings, whole.embeddings, 'embeddings');
    for (const kind of ['hidden', 'heads', 'attention'] as const) {
      expect([...blockwise[kind].keys()].sort((a, b) => a - b)).toEqual([...whole[kind].keys()]);
      for (const [layer, expected] of whole[kind])
        near(blockwise[kind].get(layer) as Float32Array, expected, `${kind} ${layer}`);
    }
    const two = { ids: [ids, [...ids].reverse()], rows: [9, 19], targets: [33, 7], weights: [1, -2] };
    const both = [await tiny.gradients.gradient(two), await tiny.blockwise.gradient(two)];
    near(both[1].embeddings, both[0].embeddings, 'a batch');
    expect((await tapped(tiny.blockwise)).embeddings).toEqual(blockwise.embeddings);
  });

  it('block by block lets go of the whole graph, and is cancelled between blocks', async () => {
    const abort = new AbortController();
    const taps = { heads: () => abort.abort() };
    const pass = { ids: [ids], rows, targets, weights, taps };
    const cancelled = tiny.blockwise.gradient(pass, abort.signal);
    await expect(cancelled).rejects.toMatchObject({ problem: { code: 'cancelled' } });
    const { embeddings } = await tapped(tiny.gradients);
    expect(largest(embeddings)).toBeGreaterThan(0);
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

  it('for lack of memory goes block by block, and is refused before it is tried where that is too much', async () => {
    const checkpoint = await openCheckpoint(join(folder, 'tiny.gguf'));
    const { spec } = checkpoint;
    await checkpoint.close();
    const table = { rows: (batch: readonly (readonly number[])[]) => tiny.gradients.embeddings(batch) };
    const untouched = async () => {
      throw new Error('a refused gradient started something');
    };
    const sessions = { prepared: untouched, whole: untouched, blocks: untouched, release: untouched };
    const rooms = { wholeBytes: 1e9, weightBytes: 0 };
    const poor = new Gradients({ spec, table, sessions, ...rooms, freeBytes: () => 1000 });
    await expect(poor.gradient(pass)).rejects.toMatchObject({ problem: { code: 'outOfMemory', args: ['1'] } });
    const costs = (tokens: number) => [gradientBytes(spec, 1, tokens, 1), blockwiseBytes(spec, 1, tokens, 1)];
    const [[short], [long]] = [costs(100), costs(200)];
    expect(long / short).toBeGreaterThan(1.9);
    // This model is as deep as real ones.
    const deep = { ...spec, layers: 30 };
    expect(gradientBytes(deep, 1, 200, 1) / blockwiseBytes(deep, 1, 200, 1)).toBeGreaterThan(5);
  });

  it('says how many texts a pass takes at once', async () => {
    const checkpoint = await openCheckpoint(join(folder, 'tiny.gguf'));
    const { spec } = checkpoint;
    await checkpoint.close();
    const { embeddings: rows } = tiny.gradients;
    const sessions = { prepared: vi.fn(), whole: vi.fn(), blocks: vi.fn(), release: vi.fn() };
    const wholeBytes = 3.5 * gradientBytes(spec, 1, 50, 1);
    const table = { rows };
    const gradients = new Gradients({ spec, table, sessions, wholeBytes, weightBytes: 0, freeBytes: () => 1e12 });
    expect([gradients.room(50), gradients.room(250)]).toEqual([3, 0]);
  });

  it('for a text longer than the context, or when it is cancelled before', async () => {
    const long = { ...pass, ids: [range(257)] };
    await expect(tiny.gradients.gradient(long)).rejects.toThrow('257 tokens do not fit');
    const cancelled = tiny.gradients.gradient(pass, AbortSignal.abort());
    await expect(cancelled).rejects.toMatchObject({ problem: { code: 'cancelled' } });
  });
});
