/** Deletion curves are as fine as the limit allows, always run from end to end, and always stand beside five random orders. */
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DeletionCurves, fractionsOf } from '../../../src/analysis/saliency/faithfulness';
import {
  affordablePoints,
  curvePlan,
  ordersOf,
  pathAttempts,
  pathCost,
  tokenLimit,
} from '../../../src/analysis/saliency/saliencyPlan';
import type { Target } from '../../../src/analysis/shared/target';
import { FakeModel } from './fakeModel';
import { resolveTarget } from './idsAlone';

type Units = { tokens: [number, number] }[];

/** Units of these lengths after `first` tokens. */
function unitsOf(lengths: readonly number[], first: number): Units {
  let end = first;
  return lengths.map((length) => {
    end += length;
    return { tokens: [end - length, end] };
  });
}

function targetOf(before: number, sides: number): Target {
  const side = { text: '', logprob: -1, input: [], rows: [], weight: 1 as const };
  // The sides have two tokens each and differ, so every side is a run of its own.
  const each = Array.from({ length: sides }, (_, at) => ({ ...side, targets: [at, 0] }));
  return { kind: 'text', before, boundary: null, sides: each, value: -1 };
}

const ground = fc.record({
  lengths: fc.array(fc.integer({ min: 1, max: 30 }), { minLength: 1, maxLength: 300 }),
  first: fc.nat(40),
  behind: fc.nat(20),
  sides: fc.integer({ min: 1, max: 2 }),
  methods: fc.integer({ min: 1, max: 7 }),
  operator: fc.constantFrom('knockout' as const, 'delete' as const, 'replace' as const),
});
const limits = fc.integer({ min: 1, max: 400_000 });

type Ground = typeof ground extends fc.Arbitrary<infer G> ? G : never;

function planned({ lengths, first, behind, sides, methods, operator }: Ground, limit: number) {
  const units = unitsOf(lengths, first);
  const before = units[units.length - 1].tokens[1] + behind;
  const plan = curvePlan(units, targetOf(before, sides), operator, methods, limit);
  return { ...plan, cost: ordersOf(methods) * plan.order + plan.ends, before };
}

describe('the curves of a prompt', () => {
  it('take no more than the limit, or are as coarse as curves can be', () => {
    fc.assert(
      fc.property(ground, limits, (given, limit) => {
        const { steps, cost, before } = planned(given, limit);
        expect([10, 5, 4, 2]).toContain(steps);
        if (steps > 2) expect(cost).toBeLessThanOrEqual(limit);
        // There is one point between the ends.
        else
          expect(cost).toBeLessThanOrEqual(Math.max(limit, given.sides * (ordersOf(given.methods) + 1) * (before + 1)));
      }),
    );
  });

  it('are never coarser for a higher limit, and as fine as the command line’s where there is none', () => {
    fc.assert(
      fc.property(ground, limits, limits, (given, one, other) => {
        const [low, high] = [Math.min(one, other), Math.max(one, other)];
        expect(planned(given, low).steps).toBeLessThanOrEqual(planned(given, high).steps);
        expect(planned(given, Number.POSITIVE_INFINITY).steps).toBe(10);
      }),
    );
  });

  it('cost as much as both orders of a ranking leave in, twice for two runs, nothing before the first unit', () => {
    const units = unitsOf(new Array<number>(100).fill(1), 20);
    const cost = (operator: 'knockout' | 'replace', sides = 1) =>
      curvePlan(units, targetOf(120, sides), operator, 1, Number.POSITIVE_INFINITY);
    expect(cost('replace')).toEqual({ steps: 10, order: 900, ends: 101 });
    expect(cost('knockout')).toEqual({ steps: 10, order: 450, ends: 1 });
    expect(cost('knockout', 2).order).toBe(900);
    // With three units, two sets lie between the ends.
    const few = curvePlan(unitsOf([10, 10, 10], 0), targetOf(30, 1), 'replace', 1, Number.POSITIVE_INFINITY);
    expect(few.order).toBe(60);
  });

  it('go from nothing to everything in equal steps, beside five random orders at the least', () => {
    for (const steps of [10, 5, 4, 2]) {
      const fractions = fractionsOf(steps);
      expect([fractions[0], fractions[steps], fractions.length]).toEqual([0, 1, steps + 1]);
      fractions.slice(1).forEach((fraction, step) => {
        expect(fraction - fractions[step]).toBeCloseTo(1 / steps, 12);
      });
    }
    for (let methods = 1; methods <= 7; methods++) expect(ordersOf(methods) - 2 * methods).toBeGreaterThanOrEqual(5);
    expect(ordersOf(0)).toBe(0);
  });

  it.each([
    [300, 10],
    [1000, 5],
    [2000, 4],
    [4000, 2],
  ])('of four methods on %i tokens have %i steps where nothing is known of the machine', (T, steps) => {
    const units = unitsOf(new Array<number>(T).fill(1), 0);
    expect(curvePlan(units, targetOf(T, 1), 'knockout', 4, tokenLimit(0)).steps).toBe(steps);
  });
});

describe('the points of integrated gradients', () => {
  it('are as many as the limit allows, 32 at most and 8 at least', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 8000 }), fc.integer({ min: 1, max: 2 }), limits, (before, sides, limit) => {
        const target = targetOf(before, sides);
        const points = affordablePoints(target, limit);
        expect([32, 16, 8]).toContain(points);
        if (points > 8) expect(pathCost(target, points)).toBeLessThanOrEqual(limit);
        if (points < 32) expect(pathCost(target, 2 * points)).toBeGreaterThan(limit);
      }),
    );
  });

  it.each([
    [500, 1, 32],
    [1000, 1, 16],
    [1000, 2, 8],
  ])('on %i tokens and %i sides are %i where nothing is known of the machine', (before, sides, points) => {
    expect(affordablePoints(targetOf(before, sides), tokenLimit(0))).toBe(points);
  });
});

describe('the tries of integrated gradients', () => {
  it.each([
    [5, 1, [32, 128, 512]],
    [24, 1, [32, 128, 512]],
    [30, 1, [32, 128]],
    [24, 2, [32, 128]],
    [150, 1, [32]],
    [1000, 1, [16]],
  ])('on %i tokens and %i sides are %j where nothing is known of the machine', (before, sides, attempts) => {
    expect(pathAttempts(targetOf(before, sides), tokenLimit(0))).toEqual(attempts);
  });

  it('take no more than the limit together, after the first', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 8000 }), fc.integer({ min: 1, max: 2 }), limits, (before, sides, limit) => {
        const target = targetOf(before, sides);
        const attempts = pathAttempts(target, limit);
        expect(attempts[0]).toBe(affordablePoints(target, limit));
        const tokens = attempts.reduce((sum, points) => sum + pathCost(target, points), 0);
        if (attempts.length > 1) expect(tokens).toBeLessThanOrEqual(limit);
      }),
    );
  });
});

describe('what was planned', () => {
  it.each(['knockout', 'delete', 'replace'] as const)('is about what runs: %s', async (operator) => {
    const ids = Array.from({ length: 600 }, (_, t) => (t * 7) % 29);
    const units = unitsOf(
      Array.from({ length: 190 }, (_, unit) => 1 + (unit % 5)),
      30,
    );
    const target = await resolveTarget(new FakeModel(), ids, { text: 'no', contrast: 'go' });
    for (const steps of [10, 4]) {
      const model = new FakeModel();
      const limit = steps === 10 ? Number.POSITIVE_INFINITY : 20_000;
      const plan = curvePlan(units, target, operator, 1, limit);
      const curves = new DeletionCurves(model, ids, target, units, { operator, replacement: 16, steps: plan.steps });
      await curves.of(units.map((_, unit) => Math.sin(unit)));
      const run = model.passes.reduce((sum, pass) => sum + pass.batch * pass.tokens, 0);
      const cost = ordersOf(1) * plan.order + plan.ends;
      expect(run / cost).toBeGreaterThan(0.9);
      expect(run / cost).toBeLessThan(1.1);
    }
  });
});
