/** Taps and interventions of the decoder graph on a tiny random llama, each compared with a value computed another way. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Pass, PassResult } from '../../../src/analysis/shared/model';
import { openCheckpoint } from '../../../src/checkpoint/openCheckpoint';
import type { Checkpoint } from '../../../src/checkpoint/types';
import { EmbeddingTable } from '../../../src/inference/embeddingTable';
import { decoderOf, type TestDecoder } from '../../fixtures/decoderOf';
import { temporaryFolder } from '../../fixtures/temporaryFolder';
import { writeTinyLlama } from '../../fixtures/tinyGguf';

const folder = temporaryFolder();
const path = writeTinyLlama(folder);
const ids = [116, 258, 32, 97, 98, 110, 101, 44, 120, 46];
const donorIds = [84, 101, 33, 98, 200, 65, 104, 45, 121, 59];
const T = ids.length;
const forbidden = -1e9;

let checkpoint: Checkpoint;
let tiny: TestDecoder;

beforeAll(async () => {
  checkpoint = await openCheckpoint(path);
  tiny = await decoderOf(checkpoint, folder);
});

afterAll(() => tiny.release());

const run = (pass: Partial<Pass>): Promise<PassResult> =>
  tiny.decoder.run({ ids: [ids], rows: [T - 1], want: { logits: true }, ...pass });

const range = (length: number): number[] => Array.from({ length }, (_, index) => index);

/** [batch, heads, T, T]; causal, and closed where `closes` says so. */
function mask(closes: (query: number, key: number, head: number, batch: number) => boolean, heads = 1, batch = 1) {
  const data = new Float32Array(batch * heads * T * T);
  for (let b = 0; b < batch; b++)
    for (let h = 0; h < heads; h++)
      for (let q = 0; q < T; q++)
        for (let k = 0; k < T; k++)
          if (k > q || closes(q, k, h, b)) data[((b * heads + h) * T + q) * T + k] = forbidden;
  return { data, shape: [batch, heads, T, T] as const };
}

function scales(change: (layer: number, head: number) => number): Float32Array {
  const { layers, heads } = tiny.decoder.info;
  return Float32Array.from({ length: layers * heads }, (_, at) => change(Math.floor(at / heads), at % heads));
}

function difference(a: ArrayLike<number> | null | undefined, b: ArrayLike<number> | null | undefined): number {
  if (!a || !b || a.length === 0 || a.length !== b.length) throw new Error(`${a?.length} against ${b?.length} numbers`);
  return Array.from(a).reduce((largest, value, index) => Math.max(largest, Math.abs(value - b[index])), 0);
}

/** Outputs of the graph itself, also those that no analysis requests. All interventions are neutral but a head patch of one block. */
async function outputsOf(names: string[], patched?: { layer: number; values: Float32Array }) {
  const { width, heads, keyValueHeads, layers } = tiny.decoder.info;
  const float32 = (data: Float32Array, dims: number[]) => ({ type: 'float32' as const, data, dims });
  const int64 = (values: number[], dims = [values.length]) => ({
    type: 'int64' as const,
    data: BigInt64Array.from(values, BigInt),
    dims,
  });
  const headPatch = () => {
    const counts = range(layers).map((l) => (l === patched?.layer ? T : 1));
    const places = counts.flatMap((count) => range(count));
    const values = new Float32Array(places.length * width);
    if (patched) values.set(patched.values, patched.layer * width);
    return {
      'headPatch.count': int64(counts),
      'headPatch.token': int64(places, [places.length, 1]),
      'headPatch.value': float32(values, [places.length, width]),
    };
  };
  const noPast = float32(new Float32Array(0), [1, keyValueHeads, 0, width / heads]);
  const past = range(layers).flatMap((l) => [`past.key.${l}`, `past.value.${l}`]);
  return tiny.session.run(
    {
      embeddings: float32((await EmbeddingTable.load(checkpoint)).rows([ids]), [1, T, width]),
      positions: int64(range(T), [1, T]),
      mask: float32(mask(() => false).data, [1, 1, T, T]),
      headScale: float32(
        scales(() => 1),
        [layers, 1, heads, 1, 1],
      ),
      tapRows: int64([]),
      rows: int64([0]),
      targets: int64([0], [1, 1]),
      candidates: int64([1]),
      logitRows: int64([]),
      extra: float32(new Float32Array(0), [0, width]),
      'patch.layer': int64([0]),
      'patch.token': int64([0], [1, 1]),
      'patch.value': float32(new Float32Array(width), [1, width]),
      ...headPatch(),
      ...Object.fromEntries(past.map((name) => [name, noPast])),
    },
    names,
  );
}

/** The rounding of float32 through two blocks, on values of about 1. */
const rounding = 1e-4;

describe('head scale', () => {
  it('of ones changes no bit', async () => {
    const want = { logits: true, hidden: [0, 1, 2], attention: [0, 1] };
    const [plain, scaled] = [await run({ want }), await run({ want, headScale: scales(() => 1) })];
    expect(scaled).toEqual(plain);
  });

  it.each([
    [0, 0],
    [1, 3],
  ])('of zero for head %i.%i is an output projection without its columns', async (layer, head) => {
    const { width, heads } = tiny.decoder.info;
    const channels = width / heads;
    const name = `blk.${layer}.attn_output.weight`;
    const without: Checkpoint = Object.create(checkpoint, {
      sha256: { value: `without ${layer}.${head}` },
      close: { value: async () => {} },
      readFloat32: {
        value: async (tensor: string) => {
          const data = await checkpoint.readFloat32(tensor);
          if (tensor !== name) return data;
          return data.map((value, at) => (Math.floor((at % width) / channels) === head ? 0 : value));
        },
      },
    });
    const other = await decoderOf(without, folder);
    const pass = { ids: [ids], rows: range(T), want: { logits: true } };
    const expected = await other.decoder.run(pass);
    const found = await run({ ...pass, headScale: scales((l, h) => (l === layer && h === head ? 0 : 1)) });
    expect(difference(found.logits, expected.logits)).toBeLessThan(rounding);
    const plain = await run(pass);
    expect(difference(plain.logits, expected.logits)).toBeGreaterThan(10 * rounding);
    await other.release();
  });

  it('takes away what the head tap times its columns adds to the residual stream', async () => {
    const { width, heads } = tiny.decoder.info;
    const channels = width / heads;
    const [layer, head] = [1, 2];
    const projection = await checkpoint.readFloat32(`blk.${layer}.attn_output.weight`);
    const outputs = await outputsOf([`heads.${layer}`, `hidden.${layer}`, `hidden.${layer + 1}`, `mlp.${layer}`]);
    expect(outputs[`heads.${layer}`].dims).toEqual([1, heads, T, channels]);
    const numbers = (name: string) => outputs[name].data as Float32Array;
    const attended = (scale: (h: number) => number) =>
      Float32Array.from({ length: T * width }, (_, at) => {
        const [t, d] = [Math.floor(at / width), at % width];
        return range(width).reduce((sum, c) => {
          const h = Math.floor(c / channels);
          const value = numbers(`heads.${layer}`)[(h * T + t) * channels + (c % channels)];
          return sum + scale(h) * projection[d * width + c] * value;
        }, 0);
      });
    const before = numbers(`hidden.${layer}`);
    const whole = attended(() => 1).map((value, at) => value + before[at] + numbers(`mlp.${layer}`)[at]);
    // hidden[l + 1] = hidden[l] + W·heads + MLP, so the taps are the parts of the residual stream.
    expect(difference(whole, numbers(`hidden.${layer + 1}`))).toBeLessThan(rounding);
    const headScale = scales((l, h) => (l === layer && h === head ? 0 : 1));
    const removed = await run({ headScale, want: { hidden: [layer] } });
    expect(difference(removed.hidden.get(layer), before)).toBe(0);
  });
});

describe('a head patch', () => {
  it('adds its values times the output projection to the residual stream', async () => {
    const { width } = tiny.decoder.info;
    const layer = 1;
    const names = [`hidden.${layer}`, `hidden.${layer + 1}`, `mlp.${layer}`];
    const values = Float32Array.from({ length: T * width }, (_, at) => Math.sin(at));
    const [plain, patched] = [await outputsOf(names), await outputsOf(names, { layer, values })];
    const behind = (outputs: typeof plain) =>
      (outputs[names[1]].data as Float32Array).map((x, at) => x - (outputs[names[2]].data as Float32Array)[at]);
    expect(difference(patched[names[0]].data as Float32Array, plain[names[0]].data as Float32Array)).toBe(0);
    const projection = await checkpoint.readFloat32(`blk.${layer}.attn_output.weight`);
    const expected = behind(plain).map((x, at) => {
      const [t, d] = [Math.floor(at / width), at % width];
      return range(width).reduce((sum, c) => sum + projection[d * width + c] * values[t * width + c], x);
    });
    expect(difference(behind(patched), expected)).toBeLessThan(rounding);
  });

  it('of what a head puts out, negated, is that head scaled by zero: heads and blocks mixed in one batch', async () => {
    const { heads, layers, vocabulary } = tiny.decoder.info;
    const every = range(layers * heads);
    const own = await run({ want: { heads: range(layers) } });
    const headPatches = every.map((place) => {
      const [layer, head] = [Math.floor(place / heads), place % heads];
      const outputs = own.heads.get(layer) as Float32Array;
      const size = outputs.length / heads;
      const delta = outputs.subarray(head * size, (head + 1) * size).map((value) => -value);
      return { layer, head, batch: place, delta };
    });
    const rows = every.map((place) => place * T + T - 1);
    const batch = await run({ ids: every.map(() => ids), rows, headPatches });
    const plain = await run({});
    for (const place of every) {
      const headScale = scales((l, h) => (l * heads + h === place ? 0 : 1));
      const row = batch.logits?.subarray(place * vocabulary, (place + 1) * vocabulary);
      const scaled = await run({ headScale });
      expect(difference(row, scaled.logits)).toBeLessThan(rounding);
      expect(difference(row, plain.logits)).toBeGreaterThan(10 * rounding);
    }
    const both = headPatches.slice(0, 2).map((patch) => ({ ...patch, batch: 0 }));
    const without = await run({ headScale: scales((l, h) => (l === 0 && h < 2 ? 0 : 1)) });
    expect(difference((await run({ headPatches: both })).logits, without.logits)).toBeLessThan(rounding);
  });
});

describe('a residual patch', () => {
  it.each([0, 1, 2])(
    'of donor − own at block %i makes the stream there the donor’s, and leaves the rest',
    async (layer) => {
      const { width } = tiny.decoder.info;
      const want = { hidden: [0, 1, 2], logits: true };
      const rows = range(T);
      const own = await run({ rows, want });
      const donor = await run({ ids: [donorIds], rows, want });
      const position = 6;
      const at = (result: PassResult) =>
        (result.hidden.get(layer) as Float32Array).subarray(position * width, (position + 1) * width);
      const delta = at(donor).map((value, d) => value - at(own)[d]);
      const patched = await run({ rows, want, patches: [{ layer, batch: 0, position, delta }] });
      expect(difference(at(patched), at(donor))).toBeLessThan(1e-6);
      const earlier = (result: PassResult) => (result.hidden.get(2) as Float32Array).subarray(0, position * width);
      expect(difference(earlier(patched), earlier(own))).toBe(0);
      for (let below = 0; below < layer; below++)
        expect(difference(patched.hidden.get(below), own.hidden.get(below))).toBe(0);
      const { vocabulary } = tiny.decoder.info;
      const row = (result: PassResult) => result.logits?.subarray(position * vocabulary, (position + 1) * vocabulary);
      expect(difference(row(patched), row(own))).toBeGreaterThan(1e-2);
      // No later block mixes positions, so the row is the donor's whole distribution.
      if (layer === tiny.decoder.info.layers) expect(difference(row(patched), row(donor))).toBeLessThan(rounding);
    },
  );

  it('of every position at the first block is the donor’s run', async () => {
    const { width } = tiny.decoder.info;
    const want = { hidden: [0], logits: true };
    const [own, donor] = [await run({ want }), await run({ ids: [donorIds], want })];
    const streams = [own, donor].map((result) => result.hidden.get(0) as Float32Array);
    const patches = range(T).map((position) => ({
      layer: 0,
      batch: 0,
      position,
      delta: range(width).reduce((delta, d) => {
        delta[d] = streams[1][position * width + d] - streams[0][position * width + d];
        return delta;
      }, new Float32Array(width)),
    }));
    expect(difference((await run({ patches })).logits, donor.logits)).toBeLessThan(rounding);
  });

  it('touches only its row of a batch, and two at one place add up', async () => {
    const { width } = tiny.decoder.info;
    const delta = new Float32Array(width).fill(0.25);
    const patch = { layer: 1, position: 3, delta };
    const rows = [T - 1, 2 * T - 1];
    const batch = await run({
      ids: [ids, ids],
      rows,
      patches: [
        { ...patch, batch: 1 },
        { ...patch, batch: 1 },
      ],
    });
    const alone = await run({ patches: [{ ...patch, batch: 0, delta: new Float32Array(width).fill(0.5) }] });
    const plain = await run({});
    const { vocabulary } = tiny.decoder.info;
    expect(difference(batch.logits?.subarray(0, vocabulary), plain.logits)).toBeLessThan(rounding);
    expect(difference(batch.logits?.subarray(vocabulary), alone.logits)).toBeLessThan(rounding);
    expect(difference(alone.logits, plain.logits)).toBeGreaterThan(10 * rounding);
  });
});

describe('an attention mask', () => {
  it('that is just causal changes no bit', async () => {
    const want = { logits: true, attention: [0, 1] };
    expect(await run({ want, mask: mask(() => false) })).toEqual(await run({ want }));
  });

  it('that closes what stands before a cut is the two parts run alone: rotary angles are relative', async () => {
    const cut = 4;
    const rows = range(T);
    const parted = await run({ rows, mask: mask((query, key) => query >= cut && key < cut) });
    const { vocabulary } = tiny.decoder.info;
    const first = await run({ ids: [ids.slice(0, cut)], rows: range(cut) });
    const second = await run({ ids: [ids.slice(cut)], rows: range(T - cut) });
    expect(difference(parted.logits?.subarray(0, cut * vocabulary), first.logits)).toBeLessThan(rounding);
    expect(difference(parted.logits?.subarray(cut * vocabulary), second.logits)).toBeLessThan(rounding);
  });

  it('of one head closes that head only, and the rest of the row shares its weight', async () => {
    const { heads } = tiny.decoder.info;
    const key = 2;
    const closed = await run({
      want: { attention: [0] },
      mask: mask((q, k, head) => head === 1 && q !== key && k === key, heads),
    });
    const plain = await run({ want: { attention: [0] } });
    const [found, before] = [closed, plain].map((result) => result.attention.get(0) as Float32Array);
    for (let head = 0; head < heads; head++) {
      for (let q = 0; q < T; q++) {
        const row = (weights: Float32Array) => weights.subarray((head * T + q) * T, (head * T + q + 1) * T);
        if (head !== 1 || q <= key) {
          expect(difference(row(found), row(before))).toBe(0);
          continue;
        }
        const rest = 1 - row(before)[key];
        const expected = row(before).map((weight, k) => (k === key ? 0 : weight / rest));
        expect(row(found)[key]).toBe(0);
        expect(difference(row(found), expected)).toBeLessThan(1e-5);
      }
    }
  });

  it('of one row of a batch closes that row only', async () => {
    const closes = (q: number, k: number) => q > 3 && k === 3;
    const rows = [T - 1, 2 * T - 1];
    const batch = await run({ ids: [ids, ids], rows, mask: mask((q, k, _, b) => b === 1 && closes(q, k), 1, 2) });
    const { vocabulary } = tiny.decoder.info;
    expect(difference(batch.logits?.subarray(0, vocabulary), (await run({})).logits)).toBeLessThan(rounding);
    const alone = await run({ mask: mask(closes) });
    expect(difference(batch.logits?.subarray(vocabulary), alone.logits)).toBeLessThan(rounding);
  });
});

describe('a past of batch 1', () => {
  it('serves a batch of different continuations, each as if it ran alone', async () => {
    const prefix = ids.slice(0, 4);
    const endings = [ids.slice(4), donorIds.slice(4), [...ids.slice(4)].reverse()];
    const { past } = await run({ ids: [prefix], rows: [], want: { past: true } });
    const count = endings[0].length;
    const want = { logits: true, past: true, attention: [1] };
    const rows = range(endings.length * count);
    const batch = await run({ ids: endings, past, rows, want });
    expect(batch.past).toMatchObject({ batch: 3, length: T });
    expect(batch.attention.get(1)?.length).toBe(3 * tiny.decoder.info.heads * count * T);
    for (const [index, ending] of endings.entries()) {
      const alone = await run({ ids: [[...prefix, ...ending]], rows: range(T).slice(4) });
      const size = alone.logits?.length ?? 0;
      expect(difference(batch.logits?.subarray(index * size, (index + 1) * size), alone.logits)).toBeLessThan(rounding);
    }
    // The past of the batch continues as a batch.
    const next = [[10], [20], [30]];
    const further = await run({ ids: next, past: batch.past, rows: [0, 1, 2] });
    const { vocabulary } = tiny.decoder.info;
    for (const [index, ending] of endings.entries()) {
      const alone = await run({ ids: [[...prefix, ...ending, ...next[index]]], rows: [T] });
      const row = further.logits?.subarray(index * vocabulary, (index + 1) * vocabulary);
      expect(difference(row, alone.logits)).toBeLessThan(rounding);
    }
  });
});

it('embeddings given by hand are what the ids stand for, bit for bit', async () => {
  const embeddings = (await EmbeddingTable.load(checkpoint)).rows([ids]);
  expect(await run({ embeddings })).toEqual(await run({}));
  expect(
    difference((await run({ embeddings: embeddings.map((x) => x / 2) })).logits, (await run({})).logits),
  ).toBeGreaterThan(10 * rounding);
});

it('the same numbers in the 4-bit form of the weights', async () => {
  const want = { logits: true, hidden: [2], attention: [0, 1] };
  const quantised = await decoderOf(await openCheckpoint(path), folder, '4-bit');
  const [floats, blocks] = [await run({ want }), await quantised.decoder.run({ ids: [ids], rows: [T - 1], want })];
  expect(difference(blocks.logits, floats.logits)).toBeLessThan(1e-3);
  expect(difference(blocks.attention.get(1), floats.attention.get(1))).toBeLessThan(1e-4);
  await quantised.release();
});
