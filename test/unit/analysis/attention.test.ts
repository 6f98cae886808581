import { describe, expect, it } from 'vitest';
import { attentionBetween, attentionHeads, attentionOverview } from '../../../src/analysis/attention/attention';
import type { SinkMode } from '../../../src/analysis/attention/contract';
import { attentionWeight, FakeModel, info } from './fakeModel';

const ids = [1, 2, 1, 3, 1, 2, 9];
const range = (length: number) => Array.from({ length }, (_, index) => index);
const mean = (values: number[]) => values.reduce((a, b) => a + b, 0) / values.length;
// Weights are float32.
const digits = 6;

describe('head summaries', () => {
  it('are the means the definitions say', async () => {
    const { summaries } = await attentionOverview(new FakeModel(), ids, { size: 4, sink: 'raw' });
    expect(summaries.map(({ layer, head }) => [layer, head])).toEqual([
      [0, 0],
      [0, 1],
      [0, 2],
      [1, 0],
      [1, 1],
      [1, 2],
    ]);
    for (const summary of summaries) {
      const weight = (q: number, k: number) => attentionWeight(summary.layer, summary.head, q, k);
      const later = range(ids.length).slice(1);
      expect(summary.sinkMass).toBeCloseTo(mean(later.map((q) => weight(q, 0))), digits);
      expect(summary.previousToken).toBeCloseTo(mean(later.map((q) => weight(q, q - 1))), digits);
      expect(summary.diagonal).toBeCloseTo(mean(range(ids.length).map((q) => weight(q, q))), digits);
      const rows = range(ids.length).map((q) =>
        range(q + 1).reduce((h, k) => h - weight(q, k) * Math.log(weight(q, k)), 0),
      );
      expect(summary.entropy).toBeCloseTo(mean(rows), digits);
      const pairs = later.flatMap((q) =>
        range(q)
          .filter((j) => ids[j] === ids[q])
          .map((j) => weight(q, j + 1)),
      );
      expect(pairs).toHaveLength(4);
      expect(summary.induction).toBeCloseTo(mean(pairs), digits);
    }
  });

  it('have null where nothing applies: a single token, no repeated token', async () => {
    const one = await attentionOverview(new FakeModel(), [5], { size: 16, sink: 'raw' });
    expect(one.summaries[0]).toEqual({
      layer: 0,
      head: 0,
      entropy: 0,
      sinkMass: null,
      previousToken: null,
      induction: null,
      diagonal: 1,
    });
    expect(one.sinkMass).toBeNull();
    const distinct = await attentionOverview(new FakeModel(), [1, 2, 3], { size: 16, sink: 'raw' });
    expect(distinct.summaries[0].induction).toBeNull();
    expect(distinct.sinkMass).toBeCloseTo(mean(distinct.summaries.map((head) => head.sinkMass ?? Number.NaN)), 12);
  });

  it('do not depend on how the passes are cut', async () => {
    const long = range(700).map((t) => (t * t) % 23);
    const model = new FakeModel();
    const { summaries } = await attentionOverview(model, long, { size: 8, sink: 'raw' });
    expect(model.passes.length).toBeGreaterThan(1);
    const later = range(700).slice(1);
    expect(summaries[4].previousToken).toBeCloseTo(mean(later.map((q) => attentionWeight(1, 1, q, q - 1))), digits);
  });
});

describe('thumbnails', () => {
  const pooled = (size: number, sink: SinkMode, layer: number, head: number) => {
    const cells = new Float32Array(size * size);
    for (const q of range(ids.length)) {
      for (const k of range(q + 1)) {
        const w0 = attentionWeight(layer, head, q, 0);
        const raw = attentionWeight(layer, head, q, k);
        const weight = sink === 'raw' ? raw : k === 0 ? 0 : sink === 'hide' ? raw : raw / (1 - w0);
        const cell = Math.floor((q * size) / ids.length) * size + Math.floor((k * size) / ids.length);
        cells[cell] = Math.max(cells[cell], weight);
      }
    }
    return cells;
  };

  it.each(['raw', 'hide', 'renormalise'] as const)('hold the largest weight of each cell: %s', async (sink) => {
    for (const size of [3, 7]) {
      const overview = await attentionOverview(new FakeModel(), ids, { size, sink });
      const cells = size * size;
      expect(overview.thumbnails).toHaveLength(info.layers * info.heads * cells);
      range(info.layers * info.heads).forEach((place) => {
        const got = overview.thumbnails.subarray(place * cells, (place + 1) * cells);
        const expected = pooled(size, sink, Math.floor(place / info.heads), place % info.heads);
        got.forEach((value, cell) => {
          expect(value).toBeCloseTo(expected[cell], digits);
        });
      });
    }
  });

  it('are never larger than the text', async () => {
    expect((await attentionOverview(new FakeModel(), ids, { size: 64, sink: 'raw' })).size).toBe(ids.length);
  });
});

describe('chosen heads', () => {
  it('one: its matrix, queries by keys, nothing above the diagonal', async () => {
    const { weights, winner } = await attentionHeads(new FakeModel(), ids, [{ layer: 1, head: 2 }]);
    expect(winner).toBeNull();
    for (const q of range(ids.length)) {
      for (const k of range(ids.length)) {
        expect(weights[q * ids.length + k]).toBeCloseTo(attentionWeight(1, 2, q, k), digits);
      }
    }
  });

  it('several: the largest weight and the head that gave it', async () => {
    const heads = [
      { layer: 1, head: 0 },
      { layer: 0, head: 2 },
      { layer: 1, head: 1 },
    ];
    const { weights, winner } = await attentionHeads(new FakeModel(), ids, heads);
    for (const q of range(ids.length)) {
      for (const k of range(q + 1)) {
        const all = heads.map(({ layer, head }) => Math.fround(attentionWeight(layer, head, q, k)));
        expect(weights[q * ids.length + k]).toBe(Math.max(...all));
        expect(winner?.[q * ids.length + k]).toBe(all.indexOf(Math.max(...all)));
      }
    }
  });

  it.each([
    { layer: 2, head: 0 },
    { layer: 0, head: 3 },
    { layer: -1, head: 0 },
    { layer: 0.5, head: 0 },
  ])('refuses a head the model does not have: %o', async (head) => {
    await expect(attentionHeads(new FakeModel(), ids, [head])).rejects.toMatchObject({
      problem: { code: 'outOfRange' },
    });
  });

  it('refuses no head at all', async () => {
    await expect(attentionHeads(new FakeModel(), ids, [])).rejects.toThrow('The number of heads');
  });
});

describe('attention between positions', () => {
  it('sums one query over the keys asked for, in every head', async () => {
    const model = new FakeModel();
    const sums = await attentionBetween(model, ids, 5, [1, 3, 3, 6]);
    range(info.layers * info.heads).forEach((place) => {
      const weight = (k: number) => attentionWeight(Math.floor(place / info.heads), place % info.heads, 5, k);
      expect(sums[place]).toBeCloseTo(weight(1) + weight(3), digits);
    });
  });

  it('looks from the first token, and refuses positions outside the text', async () => {
    const sums = await attentionBetween(new FakeModel(), ids, 0, [0]);
    expect([...sums]).toEqual(new Array(info.layers * info.heads).fill(1));
    await expect(attentionBetween(new FakeModel(), ids, 7, [0])).rejects.toThrow(
      'The position must be between 0 and 6',
    );
  });
});
