import { describe, expect, it } from 'vitest';
import { attentionGradient } from '../../../src/analysis/saliency/attentionGradient';
import { longPrompt, type SaliencyParams } from '../../../src/analysis/saliency/contract';
import { askedOf } from '../../../src/analysis/saliency/longPrompt';
import { attentionMean } from '../../../src/analysis/saliency/rollout';
import { FakeGradients } from './fakeGradients';
import { FakeModel } from './fakeModel';
import { resolveTarget } from './idsAlone';
import { promptOf, run } from './saliencyBench';

const lines = 'The cat sat.\nA dog ran fast.\nNo bird sang.\n'.repeat(9);
const prompt = promptOf(lines);
const ids = prompt.tokens.map(({ id }) => id);
const ranked = { of: prompt, methods: ['occlusion'] as const, by: 'line', curves: false, warnings: false } as const;

describe('what is asked of a prompt of more tokens than the limit', () => {
  const long: SaliencyParams['long'] = { by: 'line', methods: ['occlusion'], curves: false };
  const asked = { by: 'word', scope: 'all', methods: ['occlusion', 'input'], curves: true, long } as const;
  const params = asked as unknown as Parameters<typeof askedOf>[0];

  it('is the ranking by line, with estimates', () => {
    const found = askedOf(params, prompt, []);
    expect(prompt.tokens.length).toBeGreaterThan(longPrompt);
    expect(found).toMatchObject({ by: 'line', methods: ['occlusion'], curves: false, estimated: true });
    expect(found).not.toHaveProperty('long');
  });

  it('leaves a prompt within it, and the command line, as they are', () => {
    const within = promptOf(lines.slice(0, longPrompt));
    expect(askedOf(params, within, [])).toMatchObject({ by: 'word', curves: true, estimated: false });
    const { long: _, ...plain } = params;
    expect(askedOf(plain, prompt, [])).toMatchObject({ by: 'word', curves: true, estimated: false });
  });

  it('is cut into sentences where there is one line only', () => {
    expect(askedOf(params, promptOf(lines.replaceAll('\n', ' ')), []).by).toBe('sentence');
  });
});

describe('estimates', () => {
  it('are there for every unit before the first score, and stay the attention times gradient of the unit', async () => {
    const { result, steps } = await run({ ...ranked, estimated: true });
    const [first] = steps;
    expect(first.estimate?.method).toBe('attentionGradient');
    expect(first.estimate?.scores).toHaveLength(result.units.length);
    expect(first.methods[0].scores.every((score) => score === null)).toBe(true);
    const target = await resolveTarget(new FakeModel(), ids, {});
    const { perToken } = await attentionGradient(new FakeModel().info, new FakeGradients(), target);
    result.units.forEach(({ tokens }, unit) => {
      const sum = perToken.slice(...tokens).reduce((total, score) => total + score, 0);
      expect(result.estimate?.scores[unit]).toBeCloseTo(sum, 6);
    });
  });

  it('are replaced by knock-out from the largest down, with the scores that a plain run has', async () => {
    const { result, steps } = await run({ ...ranked, estimated: true });
    const order: number[] = [];
    for (const { methods } of steps)
      methods[0].scores.forEach((score, unit) => {
        if (score !== null && !order.includes(unit)) order.push(unit);
      });
    const size = (unit: number) => Math.abs(result.estimate?.scores[unit] ?? 0);
    const [occlusion] = result.methods;
    const removable = result.units.map((_, unit) => unit).filter((unit) => !result.unscored.includes(unit));
    expect([...order].sort((a, b) => a - b)).toEqual(removable);
    // Units of one pass arrive together; between passes no smaller estimate comes before a larger one.
    const half = Math.floor(order.length / 2);
    const mean = (units: number[]) => units.reduce((sum, unit) => sum + size(unit), 0) / units.length;
    expect(mean(order.slice(0, half))).toBeGreaterThan(mean(order.slice(half)));
    const plain = await run({ ...ranked, limits: 'none' });
    plain.result.methods[0].scores.forEach((score, unit) => {
      if (score === null) expect(occlusion.scores[unit]).toBeNull();
      else expect(occlusion.scores[unit]).toBeCloseTo(score, 5);
    });
    expect(plain.result).not.toHaveProperty('estimate');
  });

  it('come from attention at once where the gradient must first get ready', async () => {
    const differentiable = Object.assign(new FakeGradients(), { ready: () => false });
    const { result, steps } = await run({ ...ranked, differentiable, estimated: true });
    expect(steps[0].estimate?.method).toBe('attention');
    const target = await resolveTarget(new FakeModel(), ids, {});
    const perToken = await attentionMean(new FakeModel(), target);
    const sum = perToken.slice(...result.units[1].tokens).reduce((total, score) => total + score, 0);
    expect(steps[0].estimate?.scores[1]).toBeCloseTo(sum, 6);
    expect(result.estimate?.method).toBe('attentionGradient');
  });

  it('stay those of attention where there is no gradient, and the ranking comes all the same', async () => {
    const differentiable = Object.assign(new FakeGradients(), {
      ready: () => false,
      gradient: () => Promise.reject(new Error('none')),
    });
    const { result } = await run({ ...ranked, differentiable, estimated: true });
    expect(result.estimate?.method).toBe('attention');
    expect(result.methods[0].refused).toBeNull();
    expect(result.methods[0].scores.filter((score) => score === null)).toHaveLength(result.unscored.length);
  });
});
