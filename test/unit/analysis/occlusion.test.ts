import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { extendRun } from '../../../src/analysis/probabilities/probabilities';
import type { Faithfulness, Operator } from '../../../src/analysis/saliency/contract';
import { occluded, occlusion } from '../../../src/analysis/saliency/occlusion';
import type { TargetSpec } from '../../../src/analysis/shared/contract';
import { scoreVariants, type Variant } from '../../../src/analysis/shared/variants';
import { FakeModel, logSoftmax } from './fakeModel';
import { resolveTarget } from './idsAlone';
import { faithfulness } from './oneMethod';

const prompt = [4, 8, 15, 16, 23];
const space = 16;
const unit = (i: number, j: number) => ({ tokens: [i, j] as [number, number] });
const everyToken = prompt.map((_, t) => unit(t, t + 1));
const logprob = (history: number[], id: number) => logSoftmax(new FakeModel().logits(history))[id];

/** The fake reads histories, so each operator amounts to a different history. */
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
      expect(score).toBeCloseTo(alone[t] ?? Number.NaN, 5);
      expect(score).toBeCloseTo(cramped[t] ?? Number.NaN, 5);
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
    const told = new Map<number, number | null>();
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
    expect(Math.abs(score ?? 0)).toBeGreaterThan(1e-3);
  });

  /** The prompt has five tokens, 0 … 4; a target of one following token is read at position 4. */
  it.each<[string, TargetSpec, [number, number], 'score' | 'null' | 'zero']>([
    ['the last token, of one token that follows', {}, [4, 5], 'null'],
    ['all tokens, of one that follows', {}, [0, 5], 'null'],
    ['the token before it', {}, [3, 4], 'score'],
    ['the last token, of two that follow', { text: 'ca' }, [4, 5], 'score'],
    ['the last token, of a contrast of one each', { text: 'c', contrast: 'd' }, [4, 5], 'null'],
    ['the last token, where the other text has two', { text: 'c', contrast: 'do' }, [4, 5], 'score'],
    ['the token before a span', { span: [2, 3] }, [1, 2], 'null'],
    ['what reaches over a span of one', { span: [2, 3] }, [0, 4], 'null'],
    ['what ends before the position that reads it', { span: [2, 3] }, [0, 1], 'score'],
    ['the span itself', { span: [2, 3] }, [2, 3], 'zero'],
    ['what stands behind it', { span: [2, 3] }, [3, 5], 'zero'],
    ['what holds one of the two places that read a span of two', { span: [2, 4] }, [1, 2], 'score'],
    ['what reaches into it without its last place', { span: [2, 5] }, [0, 3], 'score'],
    ['what holds both', { span: [2, 4] }, [1, 3], 'null'],
    ['a span of one with a contrast of two', { span: [2, 3], contrast: 'do' }, [0, 4], 'score'],
    ['a span of one with a contrast of one', { span: [2, 3], contrast: 'd' }, [0, 4], 'null'],
  ])('by knock-out of %s', async (_, spec, range, kind) => {
    const target = await resolveTarget(new FakeModel(), prompt, spec);
    const options = { replacement: 1 };
    const of = async (operator: Operator) =>
      (await occlusion(new FakeModel(), prompt, target, [{ tokens: range }], operator, options))[0];
    const score = await of('knockout');
    if (kind === 'null') expect(score).toBeNull();
    if (kind === 'zero') expect(score).toBe(0);
    if (kind === 'score') expect(Math.abs(score ?? 0)).toBeGreaterThan(1e-3);
    // Another operator always scores a unit that stands before the target.
    const replaced = await of('replace');
    expect(replaced === 0).toBe(kind === 'zero');
    expect(replaced).not.toBeNull();
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
  /** Units of 1 to 4 tokens, after a prefix of 5. */
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
      expect(score).toBeCloseTo((each[0].scores[t] ?? 0) - (each[1].scores[t] ?? 0), 5);
    });
    expect(both.passes).toEqual(each[0].model.passes);
  });
});

describe('faithfulness', () => {
  /** The answer depends on how many of the ids 1, 2 and 3 are read, most of all on 1. */
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
    const curves = (await faithfulness(fake, ids, target, units, scores, options)) as Faithfulness;
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

  it('never removes a unit that the operator cannot take away: all is all others, and there may be none', async () => {
    const fake = model();
    const target = await resolveTarget(fake, ids, { text: 'f' });
    const options = { operator: 'knockout', replacement: 8 } as const;
    const scores = await occlusion(fake, ids, target, units, 'knockout', options);
    expect(scores.flatMap((score, t) => (score === null ? [t] : []))).toEqual([10]);
    const curves = await faithfulness(fake, ids, target, units, scores, options);
    const others = await faithfulness(fake, ids, target, units.slice(0, 10), scores.slice(0, 10), options);
    expect(curves).toEqual(others);
    // Each step removes one unit; at the last point only the last token is left.
    const [alone] = await scoreVariants(fake, target, [
      { ids, start: 10, closed: units.slice(0, 10).map((u) => u.tokens) },
    ]);
    expect(curves?.mostFirst[10]).toBeCloseTo(alone, 5);
    expect(await faithfulness(fake, ids, target, [unit(0, 11)], [null], options)).toBeNull();
  });

  it('has no value where nothing is left, and is the same for the same seed', async () => {
    const fake = model();
    const target = await resolveTarget(fake, ids, { text: 'f' });
    const options = { operator: 'delete', replacement: 8, seed: 3 } as const;
    const scores = await occlusion(fake, ids, target, units, 'delete', options);
    const curves = (await faithfulness(fake, ids, target, units, scores, options)) as Faithfulness;
    expect([curves.mostFirst[10], curves.leastFirst[10], curves.random.mean[10]]).toEqual([null, null, null]);
    expect(curves.mostFirst.slice(0, 10)).not.toContain(null);
    expect(await faithfulness(fake, ids, target, units, scores, options)).toEqual(curves);
    const other = await faithfulness(fake, ids, target, units, scores, { ...options, seed: 4 });
    expect(other?.random.mean).not.toEqual(curves.random.mean);
    expect(other?.mostFirst).toEqual(curves.mostFirst);
  });
});
