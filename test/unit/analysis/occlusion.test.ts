import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { faithfulness } from '../../../src/analysis/faithfulness';
import { occluded, occlusion } from '../../../src/analysis/occlusion';
import { extendRun } from '../../../src/analysis/probabilities';
import { scoreVariants, type Variant } from '../../../src/analysis/variants';
import type { Operator } from '../../../src/protocol/results';
import { FakeModel, logSoftmax } from './fakeModel';
import { resolveTarget } from './idsAlone';

const prompt = [4, 8, 15, 16, 23];
const space = 16;
const unit = (i: number, j: number) => ({ tokens: [i, j] as [number, number] });
const everyToken = prompt.map((_, t) => unit(t, t + 1));
const logprob = (history: number[], id: number) => logSoftmax(new FakeModel().logits(history))[id];

/** The fake reads histories, so each operator is another history. */
const histories: Record<Operator, (i: number, j: number) => number[]> = {
  knockout: (i, j) => prompt.filter((_, t) => t < i || t >= j),
  delete: (i, j) => prompt.filter((_, t) => t < i || t >= j),
  replace: (i, j) => prompt.map((id, t) => (t >= i && t < j ? space : id)),
};

describe.each(['knockout', 'delete', 'replace'] as const)('occlusion by %s', (operator) => {
  it('is the target less the target without the unit', async () => {
    const model = new FakeModel();
    const target = await resolveTarget(model, prompt, { text: 'c' });
    const units = [unit(0, 2), unit(2, 3), unit(3, 4)];
    const scores = await occlusion(model, prompt, target, units, operator, { replacement: space });
    units.forEach(({ tokens: [i, j] }, index) => {
      const expected = logprob(prompt, 2) - logprob(histories[operator](i, j), 2);
      expect(scores[index]).toBeCloseTo(expected, 5);
    });
  });

  it('of a text is over all its tokens, of a contrast the difference', async () => {
    const model = new FakeModel();
    const target = await resolveTarget(model, prompt, { text: 'cat', contrast: 'do' });
    const [score] = await occlusion(model, prompt, target, [unit(1, 3)], operator, { replacement: space });
    const value = (history: number[]) => {
      const sum = (ids: number[]) =>
        ids.reduce((total, id, n) => total + logprob([...history, ...ids.slice(0, n)], id), 0);
      return sum(model.tokenize('cat')) - sum(model.tokenize('do'));
    };
    expect(score).toBeCloseTo(value(prompt) - value(histories[operator](1, 3)), 4);
  });

  it('is the same one by one and together, from nothing and from what is known', async () => {
    const model = new FakeModel();
    const target = await resolveTarget(model, prompt, { text: 'to' });
    const known = await extendRun(model, null, prompt, { top: 1 });
    const options = { replacement: space };
    const together = await occlusion(model, prompt, target, everyToken, operator, options);
    const alone = await occlusion(model, prompt, target, everyToken, operator, { ...options, batch: 1, known });
    const cramped = await occlusion(model, prompt, target, everyToken, operator, { ...options, scoreFloats: 20 });
    together.forEach((score, t) => {
      expect(score).toBeCloseTo(alone[t], 5);
      expect(score).toBeCloseTo(cramped[t], 5);
    });
    expect(model.passes.slice(-5).every((pass) => pass.batch === 1 && pass.tokens <= 2)).toBe(true);
  });

  it('gives 0 to what stands behind the target', async () => {
    const model = new FakeModel();
    const target = await resolveTarget(model, prompt, { span: [2, 3] });
    const scores = await occlusion(model, prompt, target, everyToken, operator, { replacement: space });
    expect(scores.slice(2)).toEqual([0, 0, 0]);
    expect(scores[0]).not.toBe(0);
  });

  it('tells every score once, as soon as it is known', async () => {
    const model = new FakeModel();
    const target = await resolveTarget(model, prompt, {});
    const told = new Map<number, number>();
    const progress: [number, number][] = [];
    const scores = await occlusion(model, prompt, target, everyToken, operator, {
      replacement: space,
      batch: 2,
      onScores: (indices, values) => {
        indices.forEach((index, place) => {
          expect(told.has(index)).toBe(false);
          told.set(index, values[place]);
        });
      },
      onProgress: (done, total) => progress.push([done, total]),
    });
    expect(everyToken.map((_, t) => told.get(t))).toEqual(scores);
    expect(progress.length).toBeGreaterThan(1);
    const [done, total] = progress[progress.length - 1];
    expect(done).toBe(total);
  });

  it('stops when it is cancelled', async () => {
    const model = new FakeModel();
    const target = await resolveTarget(model, prompt, {});
    const controller = new AbortController();
    const running = occlusion(model, prompt, target, everyToken, operator, {
      replacement: space,
      batch: 1,
      signal: controller.signal,
      onScores: () => controller.abort(),
    });
    await expect(running).rejects.toThrow('Cancelled');
  });
});

describe('occlusion', () => {
  it('runs only what a unit changes', async () => {
    const model = new FakeModel();
    const long = Array.from({ length: 100 }, (_, t) => t % 20);
    const target = await resolveTarget(model, long, {});
    const known = await extendRun(model, null, long, { top: 1 });
    model.passes.length = 0;
    const units = long.map((_, t) => unit(t, t + 1));
    await occlusion(model, long, target, units, 'knockout', { replacement: space, known });
    const tokens = model.passes.reduce((sum, pass) => sum + pass.batch * pass.tokens, 0);
    expect(tokens).toBeGreaterThan(4900);
    expect(tokens).toBeLessThan(1.15 * 4950);
    expect(model.passes.length).toBeLessThan(40);
  });

  it('refuses to delete everything, and can close everything', async () => {
    const model = new FakeModel();
    const target = await resolveTarget(model, prompt, { text: 'cat' });
    const all = [unit(0, prompt.length)];
    const options = { replacement: space };
    await expect(occlusion(model, prompt, target, all, 'delete', options)).rejects.toThrow('nothing would be left');
    const [score] = await occlusion(model, prompt, target, all, 'knockout', options);
    expect(score).not.toBe(0);
  });

  it('of several units closes each to the others', () => {
    expect(
      occluded(
        prompt,
        [
          [0, 1],
          [1, 3],
        ],
        'knockout',
        0,
      ),
    ).toEqual({
      ids: prompt,
      start: 1,
      closed: [
        [0, 1],
        [1, 3],
      ],
    });
    expect(
      occluded(
        prompt,
        [
          [0, 1],
          [3, 5],
        ],
        'delete',
        0,
      ),
    ).toEqual({ ids: [8, 15], start: 0 });
    expect(occluded(prompt, [[3, 5]], 'delete', 0)).toEqual({ ids: [4, 8, 15], start: 2 });
    expect(occluded(prompt, [[0, 5]], 'delete', 0)).toBeNull();
  });
});

describe('many units closed at once', () => {
  const long = Array.from({ length: 90 }, (_, t) => (t * 7) % 29);
  /** Units of 1 to 4 tokens, behind a prefix of 5. */
  const ranges: [number, number][] = [];
  for (let i = 5; i < long.length; i = ranges[ranges.length - 1][1]) {
    ranges.push([i, Math.min(long.length, i + 1 + (i % 4))]);
  }

  it('score as if they were there and unread, and most of their tokens do not run', async () => {
    const target = await resolveTarget(new FakeModel(), long, { text: 'no' });
    const some = fc.uniqueArray(fc.nat(ranges.length - 1), { minLength: 1 });
    await fc.assert(
      fc.asyncProperty(some, async (chosen) => {
        const closed = chosen.sort((a, b) => a - b).map((index) => ranges[index]);
        const variant = occluded(long, closed, 'knockout', space) as Variant;
        const masked = { ids: long, start: Math.min(closed[0][1], long.length - 1), closed };
        const [value] = await scoreVariants(new FakeModel(), target, [variant]);
        const [expected] = await scoreVariants(new FakeModel(), target, [masked]);
        expect(value).toBeCloseTo(expected, 5);
        expect(variant.positions?.map((position) => long[position]) ?? long).toEqual(variant.ids);
        expect(variant.ids.slice(0, variant.start)).toEqual(long.slice(0, variant.start));
        const unread = closed.slice(1).filter(([, j]) => j < long.length);
        const tokens = unread.reduce((sum, [i, j]) => sum + j - i, 0);
        expect(long.length - variant.ids.length).toBeGreaterThan(tokens - 16);
      }),
      { numRuns: 40 },
    );
  });
});

describe('two answers of one token', () => {
  it('are read off the same passes, and score as one after the other', async () => {
    const both = new FakeModel();
    const target = await resolveTarget(both, prompt, { text: 'c', contrast: 'd' });
    both.passes.length = 0;
    const options = { replacement: space };
    const scores = await occlusion(both, prompt, target, everyToken, 'delete', options);
    const each = await Promise.all(
      ['c', 'd'].map(async (text) => {
        const model = new FakeModel();
        const alone = await resolveTarget(model, prompt, { text });
        model.passes.length = 0;
        return { scores: await occlusion(model, prompt, alone, everyToken, 'delete', options), model };
      }),
    );
    scores.forEach((score, t) => {
      expect(score).toBeCloseTo(each[0].scores[t] - each[1].scores[t], 5);
    });
    expect(both.passes).toEqual(each[0].model.passes);
  });
});

describe('faithfulness', () => {
  /** The answer hangs on how many of the ids 1, 2, 3 are read, most on 1. */
  const model = () =>
    new FakeModel((history) => {
      const logits = new Array<number>(31).fill(0);
      for (const [id, weight] of [
        [1, 4],
        [2, 2],
        [3, 1],
      ])
        if (history.includes(id)) logits[5] += weight;
      return logits;
    });
  const ids = [7, 1, 7, 2, 7, 3, 7, 7, 7, 7, 9];
  const units = ids.map((_, t) => unit(t, t + 1));

  it.each(['knockout', 'replace'] as const)('falls fastest when the best go first: %s', async (operator) => {
    const fake = model();
    const target = await resolveTarget(fake, ids, { text: 'f' });
    const options = { operator, replacement: 8 };
    const scores = await occlusion(fake, ids, target, units, operator, options);
    const curves = await faithfulness(fake, ids, target, units, scores, options);
    expect(curves.fractions).toEqual([0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1]);
    expect(curves.mostFirst[0]).toBeCloseTo(target.value, 5);
    expect(curves.leastFirst[10]).toBe(curves.mostFirst[10]);
    const { area, random } = curves;
    expect(area.mostFirst).toBeLessThan(area.random - area.randomSpread);
    expect(area.leastFirst).toBeGreaterThan(area.random);
    expect(random.orders).toBeGreaterThanOrEqual(5);
    expect(random.spread[0]).toBe(0);
    expect(random.spread[5]).toBeGreaterThan(0);
    const sum = curves.mostFirst.reduce<number>((total, value) => total + (value ?? 0), 0);
    const ends = ((curves.mostFirst[0] ?? 0) + (curves.mostFirst[10] ?? 0)) / 2;
    expect(area.mostFirst).toBeCloseTo((sum - ends) / 10, 6);
  });

  it('has no value where nothing is left, and is the same for the same seed', async () => {
    const fake = model();
    const target = await resolveTarget(fake, ids, { text: 'f' });
    const options = { operator: 'delete', replacement: 8, seed: 3 } as const;
    const scores = await occlusion(fake, ids, target, units, 'delete', options);
    const curves = await faithfulness(fake, ids, target, units, scores, options);
    expect([curves.mostFirst[10], curves.leastFirst[10], curves.random.mean[10]]).toEqual([null, null, null]);
    expect(curves.mostFirst.slice(0, 10)).not.toContain(null);
    expect(await faithfulness(fake, ids, target, units, scores, options)).toEqual(curves);
    const other = await faithfulness(fake, ids, target, units, scores, { ...options, seed: 4 });
    expect(other.random.mean).not.toEqual(curves.random.mean);
    expect(other.mostFirst).toEqual(curves.mostFirst);
  });
});
