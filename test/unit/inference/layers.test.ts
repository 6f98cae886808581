/** The numbers of the Layers and Patching tabs on a tiny random llama, each compared with one computed another way. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { HeadMap } from '../../../src/analysis/heads/contract';
import { headKnockout } from '../../../src/analysis/heads/headKnockout';
import { headMap } from '../../../src/analysis/heads/headMap';
import { lensTable } from '../../../src/analysis/logitLens/lensTable';
import { patchCredit } from '../../../src/analysis/patching/attributionPatching';
import type { PatchMap } from '../../../src/analysis/patching/contract';
import { comparePrompts } from '../../../src/analysis/patching/patching';
import { patchMap } from '../../../src/analysis/patching/patchMap';
import { extendRun } from '../../../src/analysis/probabilities/probabilities';
import { attentionGradient } from '../../../src/analysis/saliency/attentionGradient';
import type { Differentiable } from '../../../src/analysis/shared/differentiable';
import type { Pass } from '../../../src/analysis/shared/model';
import { StateDifferences } from '../../../src/analysis/shared/stateDifferences';
import type { Target } from '../../../src/analysis/shared/target';
import { openCheckpoint } from '../../../src/checkpoint/openCheckpoint';
import { ProblemError } from '../../../src/protocol/problem';
import { decoderOf, type TestDecoder } from '../../fixtures/decoderOf';
import { temporaryFolder } from '../../fixtures/temporaryFolder';
import { writeTinyLlama } from '../../fixtures/tinyGguf';
import { resolveTarget } from '../analysis/idsAlone';

const folder = temporaryFolder();
let tiny: TestDecoder;

beforeAll(async () => {
  tiny = await decoderOf(await openCheckpoint(writeTinyLlama(folder, { context: 512 })), folder);
});

afterAll(() => tiny.release());

const ids = [12, 40, 7, 99, 201, 7, 33, 150, 61, 5];
const T = ids.length;
/** Two tokens differ from `ids`. */
const other = ids.map((id, t) => (t === 4 ? 77 : t === 6 ? 20 : id));
/** numbers.md requires independence of batch composition and prefix reuse within this. */
const tolerance = 1e-4;

const range = (length: number) => Array.from({ length }, (_, index) => index);

function expectClose(a: readonly (number | null)[], b: readonly (number | null)[], within = tolerance): void {
  expect(a).toHaveLength(b.length);
  a.forEach((value, index) => {
    expect(Math.abs(Number(value) - Number(b[index])), `${index}: ${value} for ${b[index]}`).toBeLessThan(within);
  });
}

const spread = (values: readonly (number | null)[]) => Math.max(...values.map((value) => Math.abs(value ?? 0)));

const poor: Differentiable = {
  embeddings: (batch) => tiny.gradients.embeddings(batch),
  gradient: () => Promise.reject(new ProblemError('outOfMemory', [1])),
};

/** The target's value in a changed pass over `from` and the target's own tokens. */
async function scoreOf(target: Target, change: Partial<Pass> = {}, from: readonly number[] = ids): Promise<number> {
  let value = 0;
  for (const { targets, rows, weight } of target.sides) {
    const input = [...from.slice(0, target.before), ...targets.slice(0, -1)];
    const { logprob } = await tiny.decoder.run({ ids: [input], rows, targets, ...change });
    value += weight * logprob.reduce((sum, one) => sum + one, 0);
  }
  return value;
}

describe('the lens at many positions', () => {
  it('is the lens at each, in the order asked for, with and without a known past, in any slabs', async () => {
    const { decoder } = tiny;
    const known = await extendRun(decoder, null, ids.slice(0, 6), { top: 1 });
    const positions = [9, 0, 4, 5];
    const whole = await lensTable(decoder, ids, { positions, top: 3, follow: [33] });
    expect(whole.positions).toEqual(positions);
    for (const [place, position] of positions.entries()) {
      const alone = await lensTable(decoder, ids, { positions: [position], top: 3, follow: [33] });
      const [layers] = alone.cells;
      expect(whole.cells[place].map(({ top }) => top.map(({ id }) => id))).toEqual(
        layers.map(({ top }) => top.map(({ id }) => id)),
      );
      expectClose(
        whole.cells[place].map(({ follow }) => follow[0].logprob),
        layers.map(({ follow }) => follow[0].logprob),
      );
      expect(whole.cells[place].map(({ follow }) => follow[0].rank)).toEqual(
        layers.map(({ follow }) => follow[0].rank),
      );
    }
    const options = { positions, top: 3, follow: [33], known, logitFloats: 3 * decoder.info.vocabulary };
    const told: number[] = [];
    const parts = await lensTable(decoder, ids, { ...options, onProgress: (done) => told.push(done) });
    parts.cells.forEach((column, place) => {
      expectClose(
        column.map(({ entropy }) => entropy),
        whole.cells[place].map(({ entropy }) => entropy),
      );
      expectClose(
        column.map(({ top }) => top[0].logprob),
        whole.cells[place].map(({ top }) => top[0].logprob),
      );
    });
    expect(told.at(-1)).toBe(positions.length);
    expect(told).toEqual([...told].sort((a, b) => a - b));
  });

  it('follows several tokens and says how far each block moves the distribution', async () => {
    const { decoder } = tiny;
    const { layers, vocabulary, width } = decoder.info;
    const follow = [5, 150, 0];
    const positions = [3, 8];
    // Two rows are computed at a time, so a column crosses the seam.
    const logitFloats = 3 * vocabulary;
    const table = await lensTable(decoder, ids, { positions, top: 1, follow, change: true, logitFloats });
    expect(table.follow.map(({ id }) => id)).toEqual(follow);
    const every = range(layers + 1);
    const { hidden } = await decoder.run({ ids: [ids], rows: [0], want: { hidden: every } });
    for (const [place, position] of positions.entries()) {
      const extra = new Float32Array(every.length * width);
      for (const [layer, data] of hidden)
        extra.set(data.subarray(position * width, (position + 1) * width), layer * width);
      const read = await decoder.run({ ids: [[1]], rows: [0], extra, want: { logits: true } });
      const rows = every.map((layer) =>
        Array.from((read.logits as Float32Array).subarray((layer + 1) * vocabulary, (layer + 2) * vocabulary)),
      );
      const probabilities = rows.map((row) => {
        const most = Math.max(...row);
        const sum = row.reduce((total, logit) => total + Math.exp(logit - most), 0);
        return row.map((logit) => Math.exp(logit - most) / sum);
      });
      every.forEach((layer) => {
        const cell = table.cells[place][layer];
        follow.forEach((id, which) => {
          expect(cell.follow[which].logprob).toBeCloseTo(Math.log(probabilities[layer][id]), 3);
          expect(cell.follow[which].rank).toBe(rows[layer].filter((logit) => logit > rows[layer][id]).length);
        });
        const moved =
          probabilities[layer].reduce((sum, p, id) => sum + Math.abs(p - (probabilities[layer - 1]?.[id] ?? 0)), 0) / 2;
        if (layer === 0) expect(cell.change).toBeNull();
        else expect(cell.change).toBeCloseTo(moved, 4);
      });
    }
    const plain = await lensTable(decoder, ids, { positions, top: 1, follow });
    expect(plain.cells.flat().map(({ change }) => change)).toEqual(plain.cells.flat().map(() => null));
  });

  it('knows places and tokens that do not exist, and is cancelled between passes', async () => {
    const table = (options: object) => lensTable(tiny.decoder, ids, { positions: [1], top: 1, follow: [], ...options });
    await expect(table({ positions: [10] })).rejects.toThrow('between 1 and 10');
    await expect(table({ follow: [-1] })).rejects.toThrow('token id');
    const abort = new AbortController();
    const options = { positions: range(T), signal: abort.signal, logitFloats: 1, onProgress: () => abort.abort() };
    await expect(table(options)).rejects.toMatchObject({ problem: { code: 'cancelled' } });
  });

  it('of a long text goes chunk by chunk', async () => {
    const long = range(300).map((at) => (at * 37) % 250);
    const positions = [299, 2, 140];
    const { cells } = await lensTable(tiny.decoder, long, { positions, top: 1, follow: [] });
    for (const [place, position] of positions.entries()) {
      const alone = await lensTable(tiny.decoder, long, { positions: [position], top: 1, follow: [] });
      expectClose(
        cells[place].map(({ top }) => top[0].logprob),
        alone.cells[0].map(({ top }) => top[0].logprob),
      );
      const own = cells[place].map(({ top, follow }) => [
        top[0].id === cells[place].at(-1)?.top[0].id,
        follow[0].rank === 0,
      ]);
      expect(own.filter(([said, first]) => said !== first)).toEqual([]);
    }
  });
});

describe('the map of heads', () => {
  it('has exact knock-outs, and a preview that is attention times its gradient, added up', async () => {
    const { decoder, gradients } = tiny;
    const { layers, heads } = decoder.info;
    const target = await resolveTarget(decoder, ids, { text: 'ab', contrast: 'c' });
    const steps: HeadMap[] = [];
    const map = await headMap(decoder, gradients, ids, target, {
      batch: 3,
      onStep: (snapshot) => steps.push(snapshot()),
    });
    expectClose(map.knockout.flat(), (await headKnockout(decoder, ids, target)).flat());
    expect(map.summaries).toHaveLength(layers * heads);
    const { perHead } = await attentionGradient(decoder.info, gradients, target);
    expect(spread(perHead.flat())).toBeGreaterThan(10 * tolerance);
    expectClose(map.preview?.flat() ?? [], perHead.flat());
    expect([steps[0].preview, map.complete]).toEqual([null, true]);
    const known = steps.map(({ knockout }) => knockout.flat().filter((score) => score !== null).length);
    expect(known).toEqual([...known].sort((a, b) => a - b));
    expect(new Set(known).size).toBeGreaterThan(2);
    const guess = map.preview?.flat() ?? [];
    const first = steps.find(({ knockout }) => knockout.flat().some((score) => score !== null));
    const likeliest = guess.map(Math.abs).indexOf(spread(guess));
    expect(first?.knockout.flat()[likeliest]).not.toBeNull();
  });

  it('is a directional derivative: a head’s preview is what scaling its output changes', async () => {
    const { decoder, gradients } = tiny;
    const { layers, heads } = decoder.info;
    const target = await resolveTarget(decoder, ids, { text: 'ab' });
    const credit = (await attentionGradient(decoder.info, gradients, target)).perHead.flat();
    const step = 1e-2;
    for (const head of range(layers * heads)) {
      const scaled = (by: number) => {
        const headScale = new Float32Array(layers * heads).fill(1);
        headScale[head] += by;
        return scoreOf(target, { headScale });
      };
      const slope = ((await scaled(step)) - (await scaled(-step))) / (2 * step);
      expect(Math.abs(credit[head] - slope), `head ${head}`).toBeLessThan(5e-3 * spread(credit));
    }
  });

  it('does without a preview where there is no memory for a gradient', async () => {
    const target = await resolveTarget(tiny.decoder, ids, {});
    const map = await headMap(tiny.decoder, poor, ids, target);
    expect([map.preview, map.complete]).toEqual([null, true]);
    expectClose(map.knockout.flat(), (await headKnockout(tiny.decoder, ids, target)).flat());
  });
});

describe('the map of patches', () => {
  it.each([{}, { text: 'the', contrast: 'x' }, { span: [8, 10] as [number, number] }])(
    'is exact at every place: target %j',
    async (spec) => {
      const { decoder, gradients } = tiny;
      const { layers, heads, width } = decoder.info;
      const channels = width / heads;
      const target = await resolveTarget(decoder, ids, spec);
      const known = await extendRun(decoder, null, ids, { top: 1 });
      const map = await patchMap(decoder, gradients, ids, other, target, { known });
      expect(map.complete).toBe(true);
      expect(map.value).toBeCloseTo(target.value, 4);
      expect(map.second).toBeCloseTo(await scoreOf(target, {}, other), 4);
      const gap = map.second - map.value;
      const share = tolerance / Math.min(1, Math.abs(gap));
      const options = { parts: ['residual' as const], preview: false };
      const alone = await patchMap(decoder, gradients, ids, other, target, options);
      expectClose(map.residual.flat(), alone.residual.flat(), share);

      const want = { heads: range(layers) };
      const [own, theirs] = [ids, other].map((one) => one.slice(0, target.before));
      const [first, second] = [
        await decoder.run({ ids: [own], rows: [0], want }),
        await decoder.run({ ids: [theirs], rows: [0], want }),
      ];
      const size = own.length * channels;
      for (const layer of range(layers)) {
        for (const head of range(heads)) {
          const part = (run: typeof first) =>
            (run.heads.get(layer) as Float32Array).subarray(head * size, (head + 1) * size);
          const longest = Math.max(...target.sides.map(({ input }) => input.length));
          const delta = new Float32Array(longest * channels);
          part(second).forEach((value, at) => {
            delta[at] = value - part(first)[at];
          });
          const patched = await scoreOf(target, { headPatches: [{ layer, head, batch: 0, delta }] });
          expect(
            Math.abs(Number(map.heads[layer][head]) - (patched - map.value) / gap),
            `${layer}.${head}`,
          ).toBeLessThan(2 * share);
        }
      }
      expect(spread(map.heads.flat())).toBeGreaterThan(10 * share);
    },
  );

  it('begins with previews, which are directional derivatives, and then the likeliest places', async () => {
    const { decoder, gradients } = tiny;
    const { layers, heads, width } = decoder.info;
    const target = await resolveTarget(decoder, ids, { text: 'ab' });
    const steps: PatchMap[] = [];
    const map = await patchMap(decoder, gradients, ids, other, target, {
      batch: 4,
      onStep: (snapshot) => steps.push(snapshot()),
    });
    expect(steps[0].residualPreview).toBeNull();
    expect(steps[0].residual.flat().filter((score) => score === 0).length).toBeGreaterThan(4 * layers);
    expect(steps[1].headsPreview).toEqual(map.headsPreview);
    const known = steps.map(
      (step) => [...step.residual.flat(), ...step.heads.flat()].filter((one) => one !== null).length,
    );
    expect(known).toEqual([...known].sort((a, b) => a - b));

    const pair = await comparePrompts(decoder, ids, other, target);
    const held = new StateDifferences(decoder, pair);
    const differences = await held.of('hidden', 'heads');
    const kinds = ['hidden', 'heads'] as const;
    const credit = await patchCredit(decoder.info, gradients, target, kinds, (onPart) => held.visit(kinds, onPart));
    const gap = pair.other - pair.base;
    expectClose(
      map.residualPreview?.flat() ?? [],
      credit.residual.flat().map((value) => value / gap),
      1e-6,
    );
    const step = 1e-2;
    const slope = async (change: (by: number) => Partial<Pass>) =>
      ((await scoreOf(target, change(step))) - (await scoreOf(target, change(-step)))) / (2 * step);
    const longest = target.sides[0].input.length;
    for (const layer of range(layers + 1)) {
      for (const position of [4, 6, 9]) {
        const own = differences.hidden[layer].subarray(position * width, (position + 1) * width);
        const found = await slope((by) => ({
          patches: [{ layer, batch: 0, position, delta: own.map((value) => by * value) }],
        }));
        expect(Math.abs(credit.residual[layer][position] - found), `hidden ${layer}, ${position}`).toBeLessThan(
          5e-3 * spread(credit.residual.flat()),
        );
      }
    }
    for (const [layer, row] of differences.heads.entries()) {
      for (const [head, own] of row.entries()) {
        const found = await slope((by) => {
          const delta = new Float32Array((longest * width) / heads);
          delta.set(own.map((value) => by * value));
          return { headPatches: [{ layer, head, batch: 0, delta }] };
        });
        expect(Math.abs(credit.heads[layer][head] - found), `head ${layer}.${head}`).toBeLessThan(
          5e-3 * spread(credit.heads.flat()),
        );
      }
    }
  });

  it('is the same where the stream and the heads take turns in memory, and holds no more than it may', async () => {
    const { decoder, gradients } = tiny;
    const target = await resolveTarget(decoder, ids, { text: 'ab' });
    const steps: PatchMap[] = [];
    const onStep = (snapshot: () => PatchMap) => steps.push(snapshot());
    const turns = await patchMap(decoder, gradients, ids, other, target, { heldBytes: 0, onStep });
    const together = await patchMap(decoder, gradients, ids, other, target);
    expect([turns.residual, turns.heads]).toEqual([together.residual, together.heads]);
    // One side takes sums of differences, the other differences of sums.
    expectClose(turns.residualPreview?.flat() ?? [], together.residualPreview?.flat() ?? [], 1e-6);
    expectClose(turns.headsPreview?.flat() ?? [], together.headsPreview?.flat() ?? [], 1e-6);
    const previews = steps.map(({ residualPreview, headsPreview }) => [
      residualPreview !== null,
      headsPreview !== null,
    ]);
    expect(previews.slice(0, 3)).toEqual([
      [false, false],
      [true, false],
      [true, true],
    ]);

    const pair = await comparePrompts(decoder, ids, other, target);
    const differences = new StateDifferences(decoder, pair, { heldBytes: 0 });
    expect(differences.together).toEqual([['hidden'], ['heads']]);
    const { hidden } = await differences.of('hidden');
    expect((await differences.of('hidden')).hidden).toBe(hidden);
    expect(Object.keys(await differences.of('heads'))).toEqual(['heads']);
    await expect(differences.of('hidden', 'heads')).rejects.toThrow(RangeError);
  });

  it('does without previews where there is no memory, refuses what cannot be compared, and is cancelled', async () => {
    const { decoder, gradients } = tiny;
    const target = await resolveTarget(decoder, ids, {});
    const map = await patchMap(decoder, poor, ids, other, target);
    expect([map.residualPreview, map.headsPreview]).toEqual([null, null]);
    expect([...map.residual.flat(), ...map.heads.flat()]).not.toContain(null);
    await expect(patchMap(decoder, gradients, ids, ids.slice(1), target)).rejects.toThrow('have 10 and 9 tokens');
    await expect(patchMap(decoder, gradients, ids, ids, target)).rejects.toThrow('the same probability');
    const abort = new AbortController();
    const options = { batch: 1, signal: abort.signal, onStep: (_: unknown, done: number) => done > 0 && abort.abort() };
    const cancelled = patchMap(decoder, gradients, ids, other, target, options);
    await expect(cancelled).rejects.toMatchObject({ problem: { code: 'cancelled' } });
  });
});
