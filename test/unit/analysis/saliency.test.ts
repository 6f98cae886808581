import { describe, expect, it } from 'vitest';
import { attentionGradient } from '../../../src/analysis/saliency/attentionGradient';
import type { SaliencyMethod, SaliencyResult } from '../../../src/analysis/saliency/contract';
import { occlusion } from '../../../src/analysis/saliency/occlusion';
import { attentionMean, rollout } from '../../../src/analysis/saliency/rollout';
import type { GradientPass, GradientResult } from '../../../src/analysis/shared/differentiable';
import { spearman } from '../../../src/analysis/shared/rankCorrelation';
import { ProblemError } from '../../../src/protocol/problem';
import { FakeGradients } from './fakeGradients';
import { FakeModel, info } from './fakeModel';
import { resolveTarget } from './idsAlone';
import { faithfulness, gradients } from './oneMethod';
import { everyMethod, ids, known, prompt, promptOf, run } from './saliencyBench';

const { width } = info;

describe('every method', () => {
  it('has the scores of its own analysis, a unit’s tokens added up', async () => {
    const { result } = await run({ target: { text: 'no', contrast: 'go' } });
    const model = new FakeModel();
    const differentiable = new FakeGradients();
    const target = await resolveTarget(model, ids, { text: 'no', contrast: 'go' });
    const gradient = async (method: 'input' | 'norm' | 'integrated') =>
      (await gradients(model, differentiable, prompt, { method, steps: 32, target: { text: 'no', contrast: 'go' } }))
        .scores;
    const perToken: Partial<Record<SaliencyMethod, number[]>> = {
      input: await gradient('input'),
      norm: await gradient('norm'),
      integrated: await gradient('integrated'),
      attention: await attentionMean(model, target),
      rollout: await rollout(model, target),
      attentionGradient: (await attentionGradient(model.info, differentiable, target)).perToken,
    };
    expect(result.units.map((unit) => unit.text)).toEqual([...'The| |cat| |sat|.| |A| |dog| |ran|.'.split('|')]);
    const occluded = await occlusion(model, ids, target, result.units, 'knockout', { replacement: 16 });
    expect(result.methods.map(({ method }) => method)).toEqual(everyMethod);
    for (const { method, scores, refused } of result.methods) {
      expect(refused).toBeNull();
      const tokens = perToken[method];
      const expected = tokens
        ? result.units.map(({ tokens: [i, j] }) => tokens.slice(i, j).reduce((sum, score) => sum + score, 0))
        : occluded;
      scores.forEach((score, unit) => {
        expect(score, `${method} of unit ${unit}`).toBeCloseTo(expected[unit] ?? Number.NaN, 5);
      });
    }
    expect(result.methods.map(({ completeness }) => completeness !== null)).toEqual(
      everyMethod.map((method) => method === 'integrated'),
    );
  });

  it('has its curve, all beside the same random orders, each set of units read once', async () => {
    const model = new FakeModel();
    const { result } = await run({ model, methods: ['occlusion', 'input'] });
    const target = await resolveTarget(new FakeModel(), ids, {});
    const [first, second] = result.methods;
    const last = result.units.length - 1;
    expect([result.unscored, first.scores[last]]).toEqual([[last], null]);
    expect(second.scores[last]).not.toBeNull();
    for (const { scores, faithfulness: found } of result.methods) {
      const options = { operator: 'knockout', replacement: 16 } as const;
      // The target is read in the last unit, so no ranking can remove it.
      const removable = scores.map((score, unit) => (unit === last ? null : score));
      const alone = await faithfulness(new FakeModel(), ids, target, result.units, removable, options);
      expect(found?.mostFirst.map((value) => value?.toFixed(4))).toEqual(
        alone?.mostFirst.map((value) => value?.toFixed(4)),
      );
      expect(found?.area.leastFirst).toBeCloseTo(alone?.area.leastFirst ?? Number.NaN, 5);
    }
    expect(first.faithfulness?.random).toEqual(second.faithfulness?.random);
    expect(first.faithfulness?.random.orders).toBeGreaterThanOrEqual(5);
    const both = model.passes.reduce((sum, pass) => sum + pass.batch, 0);
    const single = new FakeModel();
    await run({ model: single, methods: ['occlusion'] });
    const one = single.passes.reduce((sum, pass) => sum + pass.batch, 0);
    // A first method needs seven orders, a second at most two more.
    expect(both - one).toBeLessThanOrEqual(2 * 9);
  });

  it('agrees with itself, and is compared with every other', async () => {
    const { result, steps } = await run({ differentiable: new Closing(32) });
    everyMethod.forEach((_, index) => {
      expect(result.agreement[index][index]).toBeCloseTo(1, 9);
    });
    expect(result.agreement[0][1]).toBe(result.agreement[1][0]);
    expect(result.agreement.flat().every((rho) => rho !== null && Math.abs(rho) <= 1)).toBe(true);
    expect(steps[0].agreement[0]).toEqual(everyMethod.map(() => null));
    expect([result.complete, steps.some(({ complete }) => complete)]).toEqual([true, false]);
  });
});

/** Integrated gradients that add up from `from` points on: their parts sum to 0, by which zero embeddings change the fake's target. */
class Closing extends FakeGradients {
  readonly steps: number[] = [];

  constructor(private readonly from: number) {
    super();
  }

  override async gradient(pass: GradientPass, signal?: AbortSignal): Promise<GradientResult> {
    const result = await super.gradient(pass, signal);
    const [weight] = pass.weights;
    const steps = Math.round(1 / Math.abs(weight));
    if (steps > 1 && this.steps.at(-1) !== steps) this.steps.push(steps);
    if (steps < this.from) return result;
    const T = pass.ids[0].length;
    const c = pass.ids[0].map((_, t) => Math.sin(3 * t));
    const middle = c.reduce((sum, value) => sum + value, 0) / T;
    const embeddings = this.embeddings(pass.ids);
    const parts = embeddings.map((value, at) => (weight * (c[Math.floor(at / width) % T] - middle)) / (width * value));
    return { ...result, embeddings: parts };
  }
}

describe('integrated gradients', () => {
  const place = everyMethod.indexOf('integrated');

  it.each([
    [32, [32]],
    [128, [32, 128]],
    [512, [32, 128, 512]],
  ])('that add up from %i points on are the first that do', async (from, tried) => {
    const differentiable = new Closing(from);
    const { result, progress } = await run({ differentiable });
    expect(differentiable.steps).toEqual(tried);
    const { completeness, faithfulness: curve } = result.methods[place];
    expect(completeness).toMatchObject({ steps: from, reliable: true });
    expect([curve === null, result.agreement[place].includes(null)]).toEqual([false, false]);
    expect(progress.at(-1)?.[0]).toBe(progress.at(-1)?.[1]);
  });

  it('that never add up keep their scores, and are compared with nothing and not judged', async () => {
    const { result, steps } = await run({});
    const { scores, completeness, faithfulness: curve } = result.methods[place];
    expect(completeness).toMatchObject({ steps: 512, baseline: 'zero', reliable: false });
    expect(scores).not.toContain(null);
    expect(curve).toBeNull();
    everyMethod.forEach((_, other) => {
      expect(result.agreement[place][other]).toBeNull();
      expect(result.agreement[other][place]).toBeNull();
    });
    expect(result.agreement[0][1]).not.toBeNull();
    // The other methods are judged before the finer attempts and need not wait for them.
    const finer = steps.findIndex((step) => step.methods[place].completeness?.steps === 128);
    expect(steps[finer].methods.map(({ faithfulness: found }) => found !== null)).toEqual(
      everyMethod.map((method) => method !== 'integrated'),
    );
  });
});

describe('units that the operator cannot take away', () => {
  it('have no score by knock-out, are in no curve and no copies, and the other methods score them', async () => {
    const { result, steps } = await run({ of: promptOf('cat. a cat'), methods: ['occlusion', 'input', 'norm'] });
    const last = result.units.length - 1;
    expect(result.units[last].text).toBe('cat');
    expect(result.unscored).toEqual([last]);
    expect(steps[0].unscored).toEqual([last]);
    expect(result.methods.map(({ scores }) => scores.indexOf(null))).toEqual([last, -1, -1]);
    expect(result.methods.every(({ faithfulness: curve }) => curve !== null)).toBe(true);
    expect(result.warnings.filter(({ kind }) => kind === 'repeated')).toEqual([]);
    const [one, , three] = result.methods.map(({ scores }) => scores.slice(0, last) as number[]);
    expect(result.agreement[0][2]).toBeCloseTo(spearman(one, three) ?? Number.NaN, 9);
  });

  it('may be all there are: the result stands, and nothing is judged', async () => {
    const { result } = await run({ by: 'paragraph', methods: ['occlusion', 'input', 'integrated'] });
    expect([result.units.length, result.unscored, result.complete]).toEqual([1, [0], true]);
    expect(result.methods.map(({ scores }) => scores[0] === null)).toEqual([true, false, false]);
    expect(result.methods.map(({ faithfulness: curve }) => curve)).toEqual([null, null, null]);
    expect(result.methods.map(({ refused }) => refused)).toEqual([null, null, null]);
  });

  it.each(['delete', 'replace'] as const)('are none for %s', async (operator) => {
    const { result } = await run({ operator, methods: ['occlusion'] });
    expect(result.unscored).toEqual([]);
    expect(result.methods[0].scores).not.toContain(null);
  });
});

describe('what is known first', () => {
  const long = promptOf('An ant ate a pie. Bob bit a bun. Cat cut a cap.');

  it('are gradients, attention, large units, the likeliest culprits, the first curve, the slowest method', async () => {
    const { result, steps, progress } = await run({ of: promptOf(`${long.rendered} ${long.rendered}`), by: 'token' });
    const first = (is: (step: SaliencyResult) => boolean) => steps.findIndex(is);
    const order = [
      first((step) => known(step, 'input') > 0),
      first((step) => known(step, 'attention') > 0),
      first((step) => (step.coarse?.units.length ?? 0) > 0),
      first((step) => known(step, 'occlusion') > 0),
      first((step) => step.methods[0].faithfulness !== null),
      first((step) => known(step, 'integrated') > 0),
      first((step) => step.methods[1].faithfulness !== null),
    ];
    expect(order).toEqual([...order].sort((a, b) => a - b));
    expect(new Set(order).size).toBe(order.length);
    expect(result.coarse?.by).toBe('sentence');

    const early = steps[order[3]].methods[0].scores.flatMap((score, unit) => (score === null ? [] : [unit]));
    const size = (unit: number) => Math.abs(result.methods[1].scores[unit] ?? 0);
    const culprits = result.units.map((_, unit) => unit).sort((a, b) => size(b) - size(a));
    expect(early.length).toBeLessThan(result.units.length / 2);
    const likeliest = new Set(culprits.slice(0, result.units.length / 8));
    expect(early.every((unit) => likeliest.has(unit))).toBe(true);

    progress.forEach(([done, total], index) => {
      expect(done).toBeGreaterThanOrEqual(progress[index - 1]?.[0] ?? 0);
      expect(done).toBeLessThanOrEqual(total);
    });
    expect(progress[progress.length - 1][0]).toBe(progress[progress.length - 1][1]);
  });

  it('does not wait for a gradient that has to start', async () => {
    class Cold extends FakeGradients {
      asked = 0;
      ready(): boolean {
        this.asked++;
        return false;
      }
    }
    const differentiable = new Cold();
    const { steps } = await run({ differentiable, of: long, by: 'token' });
    const attention = steps.findIndex((step) => known(step, 'attention') > 0);
    const coarse = steps.findIndex((step) => (step.coarse?.units.length ?? 0) > 0);
    const input = steps.findIndex((step) => known(step, 'input') > 0);
    expect([attention < coarse, coarse < input, differentiable.asked]).toEqual([true, true, 1]);
  });

  it('stays when it is cancelled', async () => {
    const controller = new AbortController();
    let last: SaliencyResult | null = null;
    const running = run({
      of: long,
      by: 'token',
      signal: controller.signal,
      onStep: (snapshot) => {
        last = snapshot();
        if (known(last, 'occlusion') > 2) controller.abort();
      },
    });
    await expect(running).rejects.toMatchObject({ problem: { code: 'cancelled' } });
    const kept = last as unknown as SaliencyResult;
    expect([known(kept, 'input'), kept.complete]).toEqual([long.tokens.length, false]);
    expect(known(kept, 'occlusion')).toBeGreaterThan(2);
    expect(known(kept, 'occlusion')).toBeLessThan(long.tokens.length);
  });
});

describe('a method that finds no memory', () => {
  const refusals = (result: SaliencyResult) =>
    result.methods.filter(({ refused }) => refused?.code === 'outOfMemory').map(({ method }) => method);

  it('says so, and the others go on', async () => {
    const { result } = await run({ differentiable: new FakeGradients(() => true) });
    expect(refusals(result)).toEqual(['input', 'norm', 'integrated', 'attentionGradient']);
    for (const { refused, scores, faithfulness: curve } of result.methods) {
      const scored = result.units.map((_, unit) => unit).filter((unit) => !result.unscored.includes(unit));
      const missing = scored.some((unit) => scores[unit] === null);
      expect([missing, curve === null]).toEqual([refused !== null, refused !== null]);
    }
    expect(result.complete).toBe(true);
    expect(result.methods[1].refused?.message).toContain('1234 MB');
  });

  it('is occlusion: the gradients stay, and only curves that were read', async () => {
    const model = new FakeModel();
    const passAlone = model.run.bind(model);
    // Only variants run in batches; everything else runs by itself.
    model.run = (pass) => {
      if (pass.ids.length > 1) throw new ProblemError('outOfMemory', [1234]);
      return passAlone(pass);
    };
    const { result } = await run({ model, methods: ['occlusion', 'input'] });
    expect(refusals(result)).toEqual(['occlusion']);
    expect(result.methods[1].scores).not.toContain(null);
    expect(result.methods.map(({ faithfulness: curve }) => curve)).toEqual([null, null]);
    expect(result.complete).toBe(true);
  });

  it('is a long path of integrated gradients: fewer points, and said', async () => {
    const of = promptOf('The cat sat on a mat. '.repeat(30).trim());
    const { result } = await run({ of, methods: ['integrated'] });
    expect(result.warnings).toContainEqual({ kind: 'fewerPoints', asked: 32, used: 16 });
    expect(result.methods[0].completeness).not.toBeNull();
    const { result: short } = await run({ methods: ['integrated'] });
    expect(short.warnings.map(({ kind }) => kind)).not.toContain('fewerPoints');
  });
});
