/** Closing a token to all others on the bundled model, against the same mask in transformers: operator `knockout` of numbers.md. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { RunningModel } from '../../src/inference/loadModel';
import { loadBundled, type ReferenceCase, referenceCases } from './bundledModel';

interface KnockoutCase extends ReferenceCase {
  target: number;
  /** [T] log-probability of the target minus that with the token closed; null for the last one, which still attends to itself. */
  occlusion_knockout: (number | null)[];
}

const isKnockout = (one: ReferenceCase): one is KnockoutCase => 'occlusion_knockout' in one;
const cases = referenceCases.filter(isKnockout).filter(({ ids }) => ids.length <= 32);

let running: RunningModel;

beforeAll(async () => {
  running = await loadBundled();
});

afterAll(() => running.release());

/** [variants, 1, T, T]: in variant v no other position attends to position closed[v]. */
function knockoutMask(closed: number[], T: number) {
  const data = new Float32Array(closed.length * T * T);
  closed.forEach((position, variant) => {
    for (let q = 0; q < T; q++)
      for (let k = 0; k < T; k++) {
        if (k > q || (k === position && q !== position)) data[(variant * T + q) * T + k] = -1e9;
      }
  });
  return { data, shape: [closed.length, 1, T, T] as const };
}

it('finds cases', () => expect(cases.length).toBeGreaterThan(2));

it.each(cases.map((one) => [one.name, one] as const))('%s: every token closed in turn', async (_, reference) => {
  const { ids, target, occlusion_knockout: expected } = reference;
  const T = ids.length;
  const whole = await running.decoder.run({ ids: [ids], rows: [T - 1], targets: [target] });
  const scores: number[] = [];
  for (let from = 0; from < T; from += 16) {
    const closed = ids.map((_, position) => position).slice(from, from + 16);
    const { logprob } = await running.decoder.run({
      ids: closed.map(() => ids),
      mask: knockoutMask(closed, T),
      rows: closed.map((_, variant) => variant * T + T - 1),
      targets: closed.map(() => target),
    });
    for (const value of logprob) scores.push(whole.logprob[0] - value);
  }
  expect(scores).toHaveLength(expected.length);
  scores.forEach((score, position) => {
    const value = expected[position] ?? 0;
    expect(Math.abs(score - value), `${position}: ${score} for ${value}`).toBeLessThan(1e-3);
  });
});
