/** Occlusion, head knock-out, patching and the lens on a tiny random llama, compared with a whole pass of the decoder. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { headKnockout } from '../../../src/analysis/heads/headKnockout';
import { lensTable } from '../../../src/analysis/logitLens/lensTable';
import { patchMap } from '../../../src/analysis/patching/patchMap';
import { extendRun } from '../../../src/analysis/probabilities/probabilities';
import { occluded, occlusion } from '../../../src/analysis/saliency/occlusion';
import type { TargetSpec } from '../../../src/analysis/shared/contract';
import type { Target } from '../../../src/analysis/shared/target';
import { scoreVariants, type Variant } from '../../../src/analysis/shared/variants';
import { openCheckpoint } from '../../../src/checkpoint/openCheckpoint';
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
/** One token differs from `ids`. */
const other = ids.map((id, t) => (t === 4 ? 77 : id));
/** numbers.md requires independence of batch composition and prefix reuse within this. */
const tolerance = 1e-4;

function expectClose(a: readonly number[], b: readonly number[], within = tolerance): void {
  expect(a).toHaveLength(b.length);
  a.forEach((value, index) => {
    expect(Math.abs(value - b[index]), `${index}: ${value} for ${b[index]}`).toBeLessThan(within);
  });
}

async function logprob(id: number, pass: { headScale?: Float32Array } = {}): Promise<number> {
  const result = await tiny.decoder.run({ ids: [ids], ...pass, rows: [ids.length - 1], targets: [id] });
  return result.logprob[0];
}

describe.each(['knockout', 'delete', 'replace'] as const)('occlusion by %s', (operator) => {
  it('is the same in any batch, with and without a known past, and in short passes', async () => {
    const { decoder } = tiny;
    const target = await resolveTarget(decoder, ids, { text: 'ab', contrast: 'c' });
    const known = await extendRun(decoder, null, ids, { top: 1 });
    const units = [
      [0, 1],
      [1, 3],
      [3, 4],
      [4, 5],
      [5, 8],
      [8, 9],
      [9, 10],
    ].map(([i, j]) => ({
      tokens: [i, j] as [number, number],
    }));
    const scores = (options: object) =>
      occlusion(decoder, ids, target, units, operator, { replacement: 3, ...options }) as Promise<number[]>;
    const together = await scores({});
    expect(together.some((score) => Math.abs(score) > 1e-3)).toBe(true);
    for (const options of [{ batch: 1 }, { batch: 3, known }, { scoreFloats: 200 }]) {
      expectClose(await scores(options), together);
    }
  });
});

describe('many units closed at once', () => {
  it('score on the few tokens left, each where it stands, as with all tokens there and unread', async () => {
    const { decoder } = tiny;
    const long = Array.from({ length: 120 }, (_, t) => (t * 37) % 250);
    const target = await resolveTarget(decoder, long, { text: 'ab', contrast: 'c' });
    const ranges = Array.from({ length: 38 }, (_, unit): [number, number] => [6 + 3 * unit, 9 + 3 * unit]);
    const removals = [
      [...ranges.keys()].filter((unit) => unit % 5 > 0),
      [...ranges.keys()],
      [...ranges.keys()].filter((unit) => unit % 2 === 0),
      [...ranges.keys()].slice(20),
    ].map((units) => units.map((unit) => ranges[unit]));
    const variants = removals.map((closed) => occluded(long, closed, 'knockout', 3) as Variant);
    const masked = removals.map((closed) => ({ ids: long, start: closed[0][1], closed }));
    expect(variants.every(({ ids: left }) => left.length < 100)).toBe(true);
    const expected = await scoreVariants(decoder, target, masked);
    expect(new Set(expected.map((value) => value.toFixed(3))).size).toBe(removals.length);
    for (const options of [{}, { batch: 1 }, { scoreFloats: 9000 }]) {
      expectClose(await scoreVariants(decoder, target, variants, options), expected);
    }
  });
});

describe('two answers of one token', () => {
  it('are read off one run, as one after the other', async () => {
    const { decoder } = tiny;
    const units = ids.map((_, t) => ({ tokens: [t, t + 1] as [number, number] }));
    const scores = async (spec: TargetSpec) => {
      const target = await resolveTarget(decoder, ids, spec);
      return (await occlusion(decoder, ids, target, units, 'delete', { replacement: 3 })) as number[];
    };
    const [a, b] = [await scores({ text: 'a' }), await scores({ text: 'b' })];
    const difference = a.map((score, t) => score - b[t]);
    expectClose(await scores({ text: 'a', contrast: 'b' }), difference);
  });
});

describe('head knock-out', () => {
  it('is the target less the target with the head’s output zeroed, in any batch', async () => {
    const { decoder } = tiny;
    const { layers, heads } = decoder.info;
    const target = await resolveTarget(decoder, ids, {});
    const [id] = target.sides[0].targets;
    const told: number[] = [];
    const scores = await headKnockout(decoder, ids, target, { onScores: (places) => told.push(...places) });
    expect(scores.map((row) => row.length)).toEqual(Array(layers).fill(heads));
    expect(told.sort((a, b) => a - b)).toEqual(Array.from({ length: layers * heads }, (_, head) => head));
    const whole = await logprob(id);
    const direct: number[] = [];
    for (let head = 0; head < layers * heads; head++) {
      const headScale = new Float32Array(layers * heads).fill(1);
      headScale[head] = 0;
      direct.push(whole - (await logprob(id, { headScale })));
    }
    expect(direct.some((score) => Math.abs(score) > 1e-3)).toBe(true);
    expectClose(scores.flat(), direct);
    expectClose((await headKnockout(decoder, ids, target, { batch: 1 })).flat(), direct);
  });
});

/** Asks as the command line does. */
async function residualPatching(from: readonly number[], target: Target, options: { batch?: number } = {}) {
  const { decoder, gradients } = tiny;
  const alone = { parts: ['residual' as const], preview: false };
  const map = await patchMap(decoder, gradients, ids, from, target, { ...alone, ...options });
  expect([map.heads, map.headsPreview, map.residualPreview, map.complete]).toEqual([[], null, null, true]);
  return map.residual as number[][];
}

describe('patching', () => {
  it('recovers nothing where the prompts agree, and everything at the difference or at the very end', async () => {
    const { decoder } = tiny;
    const target = await resolveTarget(decoder, ids, {});
    const scores = await residualPatching(other, target);
    const { layers } = decoder.info;
    const T = ids.length;
    expect(scores.map((row) => row.length)).toEqual(Array(layers + 1).fill(T));
    const agreeing = scores.flatMap((row) => row.slice(0, 4));
    expectClose(agreeing, Array(agreeing.length).fill(0), 0.01);
    expectClose(
      scores[0],
      Array.from({ length: T }, (_, t) => (t === 4 ? 1 : 0)),
      0.01,
    );
    expectClose(
      scores[layers],
      Array.from({ length: T }, (_, t) => (t === T - 1 ? 1 : 0)),
      0.01,
    );
    const alone = await residualPatching(other, target, { batch: 1 });
    expectClose(scores.flat(), alone.flat(), 0.01);
  });

  it('needs prompts of one length that the target tells apart', async () => {
    const target = await resolveTarget(tiny.decoder, ids, {});
    await expect(residualPatching(ids.slice(1), target)).rejects.toThrow('have 10 and 9 tokens');
    await expect(residualPatching(ids, target)).rejects.toThrow('the same probability');
  });
});

describe('the logit lens', () => {
  it.each([0, 4, 9])('ends with the model’s own answer: position %i', async (position) => {
    const { decoder } = tiny;
    const { layers } = decoder.info;
    const known = await extendRun(decoder, null, ids, { top: 3 });
    const { cells } = await lensTable(decoder, ids, { positions: [position], top: 3, follow: [], known });
    const [rows] = cells;
    expect(rows).toHaveLength(layers + 1);
    const own = Array.from(known.topIds.subarray(position * 3, position * 3 + 3));
    expect(rows[layers].top.map(({ id }) => id)).toEqual(own);
    expectClose(
      rows[layers].top.map((one) => one.logprob),
      Array.from(known.topLogprob.subarray(position * 3, position * 3 + 3)),
    );
    // Without ids to follow, the lens follows the position's own answer.
    for (const { follow, top } of rows) {
      expect(follow).toHaveLength(1);
      expect(follow[0].logprob).toBeLessThanOrEqual(top[0].logprob);
      expect(follow[0].rank === 0).toBe(top[0].id === own[0]);
    }
  });

  it('follows the token asked for, and knows places that do not exist', async () => {
    const table = await lensTable(tiny.decoder, ids, { positions: [9], top: 1, follow: [5] });
    expect(table.follow.map(({ id }) => id)).toEqual([5]);
    expectClose([table.cells[0][table.cells[0].length - 1].follow[0].logprob], [await logprob(5)]);
    await expect(lensTable(tiny.decoder, ids, { positions: [10], top: 1, follow: [] })).rejects.toThrow(
      'between 1 and 10',
    );
  });
});
