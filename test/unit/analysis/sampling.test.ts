import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import {
  checkSampling,
  draw,
  keptCandidates,
  largest,
  penalise,
  type Sampling,
} from '../../../src/analysis/generate/sampling';
import { seededRandom, xoshiro128 } from '../../../src/analysis/shared/random';
import { ProblemError } from '../../../src/protocol/problem';

interface Fixture {
  logits: number[];
  cases: {
    name: string;
    settings: Sampling & { repetitionPenalty: number };
    seen: number[];
    /** Ids that transformers keeps, ascending, with their probabilities. */
    ids: number[];
    probabilities: number[];
  }[];
}
const fixture: Fixture = JSON.parse(readFileSync(new URL('samplingFixture.json', import.meta.url), 'utf8'));

const plain: Sampling = { temperature: 1, topK: 0, topP: 1, minP: 0 };
const logits = Float32Array.from(fixture.logits);

describe('the distribution a token is drawn from', () => {
  // transformers computes in float32: its probabilities have about 1e-7 relative error, times the number of terms summed.
  it.each(fixture.cases)("equals transformers' logits processors: $name", ({ settings, seen, ids, probabilities }) => {
    const kept = keptCandidates(penalise(logits, seen, settings.repetitionPenalty), settings);
    expect([...kept.ids].sort((a, b) => a - b)).toEqual(ids);
    const expected = new Map(ids.map((id, index) => [id, probabilities[index]]));
    kept.ids.forEach((id, index) => {
      expect(Math.abs(kept.probabilities[index] - (expected.get(id) ?? 0))).toBeLessThan(2e-6);
    });
  });

  it('is ordered best first and sums to 1', () => {
    const { ids, probabilities } = keptCandidates(logits, plain);
    expect(ids).toHaveLength(logits.length);
    for (let k = 1; k < ids.length; k++) expect(logits[ids[k]]).toBeLessThanOrEqual(logits[ids[k - 1]]);
    expect(probabilities.reduce((a, b) => a + b, 0)).toBeCloseTo(1, 12);
  });

  it('always keeps the first, however small top-p', () => {
    expect(keptCandidates(logits, { ...plain, topP: 1e-9 }).ids).toEqual([largest(logits)]);
  });

  it('keeps ties at the k-th place, as transformers does', () => {
    expect(keptCandidates(Float32Array.of(1, 3, 2, 2, 0), { ...plain, topK: 2 }).ids).toEqual([1, 2, 3]);
  });
});

describe('drawing', () => {
  it('takes the candidate the number falls on, best first', () => {
    const three = Float32Array.from([0.2, 0.5, 0.3], Math.log);
    const at = (uniform: number) => draw(three, plain, uniform);
    expect([0, 0.49, 0.51, 0.79, 0.81, 0.999999].map(at)).toEqual([1, 1, 2, 2, 0, 0]);
  });

  it('draws by the probabilities in the long run', () => {
    const random = seededRandom(1);
    const three = Float32Array.from([0.2, 0.5, 0.3], Math.log);
    const counts = [0, 0, 0];
    for (let n = 0; n < 20_000; n++) counts[draw(three, plain, random())]++;
    // Four standard deviations of a binomial share at n = 20,000: 4 · √(0.25 / 20,000) = 0.014.
    [0.2, 0.5, 0.3].forEach((share, id) => {
      expect(Math.abs(counts[id] / 20_000 - share)).toBeLessThan(0.014);
    });
  });

  it('takes the largest logit at temperature 0, the lowest id among equals', () => {
    expect(draw(Float32Array.of(1, 5, 5, 2), { ...plain, temperature: 0 }, 0.99)).toBe(1);
  });

  it('copes with a large vocabulary without sorting it', () => {
    const wide = Float32Array.from({ length: 150_000 }, (_, id) => 5 * Math.sin(id));
    expect(draw(wide, plain, 0)).toBe(largest(wide));
  });
});

describe('seeded numbers', () => {
  it('repeat for the same seed and differ for another', () => {
    const take = (seed: number) => {
      const random = seededRandom(seed);
      return Array.from({ length: 5 }, random);
    };
    expect(take(42)).toEqual(take(42));
    expect(take(42)).not.toEqual(take(43));
    expect(take(1)).not.toEqual(take(2 ** 32 + 1));
    for (const value of take(0)) expect(value >= 0 && value < 1).toBe(true);
  });

  it('are those of the published generator', () => {
    const next = xoshiro128(Int32Array.of(1, 2, 3, 4));
    // This is the reference sequence from state 1, 2, 3, 4, as in rand_xoshiro's tests.
    expect([next(), next(), next(), next()]).toEqual([11520, 0, 5927040, 70819200]);
  });
});

describe('settings that make no sense', () => {
  const sound = { maxTokens: 1, temperature: 1, topK: 0, topP: 1, minP: 0, repetitionPenalty: 1, seed: 0 };
  it.each([
    { temperature: -1 },
    { temperature: Number.NaN },
    { topK: -1 },
    { topP: 0 },
    { topP: 1.1 },
    { minP: 2 },
    { repetitionPenalty: 0 },
    { maxTokens: 0 },
    { seed: -1 },
  ])('are refused: %o', (wrong) => {
    expect(() => checkSampling(sound)).not.toThrow();
    expect(() => checkSampling({ ...sound, ...wrong })).toThrowError(ProblemError);
  });
});
