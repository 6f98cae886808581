/** The graph's statistics over the vocabulary, compared with the same sums in float64. */
import { expect, it } from 'vitest';
import { seededRandom } from '../../../src/analysis/shared/random';
import { GraphBuilder } from '../../../src/graph/builder';
import { vocabularyStatistics } from '../../../src/graph/vocabulary';
import { GraphSession, type Output } from '../../../src/inference/session';

const names = ['logprob', 'rank', 'entropy', 'topIds', 'topLogprob'];

async function statistics(logits: Float32Array, size: number, targets: number[], top: number) {
  const g = GraphBuilder.create();
  const raw = g.input('raw', 'float32', ['rows', size]);
  vocabularyStatistics(g, raw, size);
  const session = await GraphSession.create(g.finish('').graph, 'cpu', 1);
  const feeds = {
    raw: { type: 'float32' as const, data: logits, dims: [logits.length / size, size] },
    targets: { type: 'int64' as const, data: BigInt64Array.from(targets, BigInt), dims: [targets.length, 1] },
    candidates: { type: 'int64' as const, data: BigInt64Array.of(BigInt(top)), dims: [1] },
    logitRows: { type: 'int64' as const, data: new BigInt64Array(0), dims: [0] },
  };
  const outputs = await session.run(feeds, names);
  await session.release();
  const numbers = ({ data }: Output) => Array.from(data, Number);
  return {
    logprob: numbers(outputs.logprob),
    rank: numbers(outputs.rank),
    entropy: numbers(outputs.entropy),
    topIds: numbers(outputs.topIds),
    topLogprob: numbers(outputs.topLogprob),
  };
}

/** log softmax in float64. */
function logSoftmax(row: ArrayLike<number>): number[] {
  const values = Array.from(row);
  const highest = values.reduce((a, b) => Math.max(a, b));
  const logSum = highest + Math.log(values.reduce((sum, value) => sum + Math.exp(value - highest), 0));
  return values.map((value) => value - logSum);
}

/** Ids by falling logit; among equals the lower id comes first. */
const order = (row: ArrayLike<number>): number[] =>
  Array.from(row, (_, id) => id).sort((a, b) => row[b] - row[a] || a - b);

const close = (actual: number[], expected: number[], tolerance: number): void => {
  expect(actual.length).toBe(expected.length);
  actual.forEach((value, index) => {
    expect(Math.abs(value - expected[index]), `${index}: ${value} against ${expected[index]}`).toBeLessThan(tolerance);
  });
};

it.each([
  ['flat', 0.01],
  ['ordinary', 8],
  ['peaked', 200],
])('%s distributions: log-probability, rank, entropy, candidates', async (_, spread) => {
  const [rows, size, top] = [4, 3001, 12];
  const random = seededRandom(spread * 100);
  const logits = Float32Array.from({ length: rows * size }, () => (random() - 0.5) * spread);
  const targets = Array.from({ length: rows }, () => Math.floor(random() * size));
  const found = await statistics(logits, size, targets, top);
  const row = (r: number) => logits.subarray(r * size, (r + 1) * size);
  const expected = targets.map((target, r) => {
    const logprobs = logSoftmax(row(r));
    return {
      logprob: logprobs[target],
      rank: row(r).reduce((count, logit) => count + (logit > row(r)[target] ? 1 : 0), 0),
      entropy: -logprobs.reduce((sum, value) => sum + Math.exp(value) * value, 0),
      topIds: order(row(r)).slice(0, top),
      topLogprob: order(row(r))
        .slice(0, top)
        .map((id) => logprobs[id]),
    };
  });
  // This is the precision of float32 around values of `spread`.
  const tolerance = 1e-5 * Math.max(1, spread);
  close(
    found.logprob,
    expected.map((one) => one.logprob),
    tolerance,
  );
  close(
    found.entropy,
    expected.map((one) => one.entropy),
    tolerance,
  );
  close(
    found.topLogprob,
    expected.flatMap((one) => one.topLogprob),
    tolerance,
  );
  expect(found.rank).toEqual(expected.map((one) => one.rank));
  expect(found.topIds).toEqual(expected.flatMap((one) => one.topIds));
});

it('ties: a rank counts strictly higher logits, and the lower id comes first', async () => {
  const size = 64;
  const logits = Float32Array.from({ length: size }, (_, id) => [3, 1, 3, 2][id % 4]);
  const targets = [4, 3, 1];
  const repeated = Float32Array.from([...logits, ...logits, ...logits]);
  const found = await statistics(repeated, size, targets, 40);
  expect(found.rank).toEqual([0, 32, 48]);
  expect(found.topIds.slice(0, 40)).toEqual(order(logits).slice(0, 40));
});

it('one certain token has entropy 0 and log-probability 0', async () => {
  const logits = new Float32Array(50).fill(-500);
  logits[17] = 500;
  const found = await statistics(logits, 50, [17], 2);
  expect(found.entropy[0]).toBeCloseTo(0, 6);
  expect(found.logprob[0]).toBeCloseTo(0, 6);
  expect(found.topIds[0]).toBe(17);
});
