/** Occlusion of every token on the bundled model, against transformers: the three operators of numbers.md. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { extendRun } from '../../src/analysis/probabilities/probabilities';
import type { Operator } from '../../src/analysis/saliency/contract';
import { occlusion } from '../../src/analysis/saliency/occlusion';
import type { TargetSpec } from '../../src/analysis/shared/contract';
import type { RunningModel } from '../../src/inference/loadModel';
import { resolveTarget } from '../unit/analysis/idsAlone';
import { loadBundled, type ReferenceCase, referenceCases } from './bundledModel';

/** Each [T]: log-probability of the target minus that with the token occluded. */
interface OcclusionCase extends ReferenceCase {
  target: number;
  occlusion_knockout: (number | null)[];
  occlusion_delete: number[];
  occlusion_replace_216: number[];
}

const cases = referenceCases.filter((one): one is OcclusionCase => 'occlusion_knockout' in one);
const expectedOf: Record<Operator, (one: OcclusionCase) => (number | null)[]> = {
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

/** Nulls must stand in the same places in both lists. */
function largestDifference(a: readonly (number | null)[], b: readonly (number | null)[]): number {
  expect(a.map((value) => value === null)).toEqual(b.map((value) => value === null));
  return Math.max(...a.map((value, index) => Math.abs((value ?? 0) - (b[index] ?? 0))));
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

it('closes only the unit that the whole target is read in to nothing', async () => {
  const { decoder } = running;
  const { ids } = cases.find(({ name }) => name === 'capital') as OcclusionCase;
  const scoresOf = async (spec: TargetSpec, units: [number, number][]) => {
    const target = await resolveTarget(decoder, ids, spec);
    const ranges = units.map((range) => ({ tokens: range }));
    return occlusion(decoder, ids, target, ranges, 'knockout', { replacement: space });
  };
  expect(
    await scoresOf({}, [
      [0, 5],
      [2, 5],
      [4, 5],
    ]),
  ).toEqual([null, null, null]);
  for (const score of await scoresOf({ text: ' Paris, of course' }, [
    [0, 5],
    [4, 5],
  ]))
    expect(score).toBeGreaterThan(0.1);
  // It is enough that one text of a contrast has several tokens: its later tokens attend to the unit from outside.
  expect(await scoresOf({ contrast: ' Lyon' }, [[4, 5]])).toEqual([null]);
  const [contrasted] = await scoresOf({ contrast: ' Lyon, I think' }, [[4, 5]]);
  expect(Math.abs(contrasted ?? 0)).toBeGreaterThan(0.01);
  expect(
    await scoresOf({ span: [3, 4] }, [
      [2, 3],
      [1, 5],
      [3, 4],
      [4, 5],
    ]),
  ).toEqual([null, null, 0, 0]);
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
