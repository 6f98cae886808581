/** Occlusion of every token on the bundled model, against transformers: the three operators of numbers.md. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { occlusion } from '../../src/analysis/occlusion';
import { extendRun } from '../../src/analysis/probabilities';
import type { RunningModel } from '../../src/inference/loadModel';
import type { Operator } from '../../src/protocol/results';
import { resolveTarget } from '../unit/analysis/idsAlone';
import { loadBundled, type ReferenceCase, referenceCases } from './bundledModel';

/** Each [T]: log-probability of the target minus that with the token occluded. */
interface OcclusionCase extends ReferenceCase {
  target: number;
  occlusion_knockout: number[];
  occlusion_delete: number[];
  occlusion_replace_216: number[];
}

const cases = referenceCases.filter((one): one is OcclusionCase => 'occlusion_knockout' in one);
const expectedOf: Record<Operator, (one: OcclusionCase) => number[]> = {
  knockout: (one) => one.occlusion_knockout,
  delete: (one) => one.occlusion_delete,
  replace: (one) => one.occlusion_replace_216,
};
const space = 216;
const tokens = (ids: readonly number[]) => ids.map((_, t) => ({ tokens: [t, t + 1] as [number, number] }));

let running: RunningModel;

beforeAll(async () => {
  running = await loadBundled();
});

afterAll(() => running.release());

function largestDifference(a: readonly number[], b: readonly number[]): number {
  expect(a).toHaveLength(b.length);
  return Math.max(...a.map((value, index) => Math.abs(value - b[index])));
}

it('finds cases', () => expect(cases.length).toBeGreaterThan(4));

describe.each(['knockout', 'delete', 'replace'] as const)('%s', (operator) => {
  it.each(cases.map((one) => [one.name, one] as const))('%s: every token', async (_, reference) => {
    const { decoder } = running;
    const { ids } = reference;
    const target = await resolveTarget(decoder, ids, {});
    expect(target.sides[0].targets).toEqual([reference.target]);
    const scores = await occlusion(decoder, ids, target, tokens(ids), operator, { replacement: space });
    expect(largestDifference(scores, expectedOf[operator](reference))).toBeLessThan(1e-3);
  });
});

it('does not depend on how variants are grouped, nor on what was known', async () => {
  const { decoder } = running;
  const { ids } = cases.find(({ name }) => name === 'capital') as OcclusionCase;
  const target = await resolveTarget(decoder, ids, { text: ' Paris, of course', contrast: ' Lyon' });
  const known = await extendRun(decoder, null, ids, { top: 1 });
  for (const operator of ['knockout', 'delete', 'replace'] as const) {
    const options = { replacement: space };
    const together = await occlusion(decoder, ids, target, tokens(ids), operator, options);
    const alone = await occlusion(decoder, ids, target, tokens(ids), operator, { ...options, batch: 1, known });
    expect(largestDifference(together, alone)).toBeLessThan(1e-4);
  }
});
