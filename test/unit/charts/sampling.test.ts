import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sample } from '../../../webview/charts/probabilities/sampling';

/** A Zipf-like distribution over `size` tokens, best first. */
function zipf(size: number, power: number): number[] {
  const weights = Array.from({ length: size }, (_, i) => (i + 1) ** -power);
  const sum = weights.reduce((a, b) => a + b, 0);
  return weights.map((w) => Math.log(w / sum));
}

/** The definition over the whole vocabulary: temperature, top-k, top-p. */
function reference(logprobs: number[], temperature: number, topK: number, topP: number) {
  const weights = logprobs.map((lp) => Math.exp(lp / temperature)).slice(0, topK || undefined);
  const total = weights.reduce((a, b) => a + b, 0);
  let kept = 0;
  let sum = 0;
  while (kept < weights.length && (topP === 1 || kept === 0 || sum < topP * total)) sum += weights[kept++];
  const mass = weights.slice(0, kept).reduce((a, b) => a + b, 0);
  const probabilities = weights.slice(0, kept).map((w) => w / mass);
  return { kept, probabilities, entropy: -probabilities.reduce((h, p) => h + p * Math.log(p), 0) };
}

describe('what sampling makes of a partly known distribution', () => {
  it('equals the definition where top-k stays inside what is known', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0.1, max: 2, noNaN: true }),
        fc.integer({ min: 1, max: 200 }),
        fc.double({ min: 0.05, max: 1, noNaN: true }),
        fc.double({ min: 0.5, max: 3, noNaN: true }),
        (temperature, topK, topP, power) => {
          const all = zipf(5000, power);
          const expected = reference(all, temperature, topK, topP);
          const got = sample(all.slice(0, 200), 5000, { temperature, topK, topP });
          expect(got.exact && got.entropyExact).toBe(true);
          // Where the sum equals top-p to the last bit, rounding may move the cut by a token, or by tokens of no weight.
          const [low, high] = [got.kept, expected.kept].sort((a, b) => a - b);
          const weight = Math.exp((all[low] - all[0]) / temperature);
          expect(high - low <= 1 || weight < 1e-9).toBe(true);
          if (got.kept === expected.kept) {
            expect(got.probabilities[0]).toBeCloseTo(expected.probabilities[0], 9);
            expect(got.entropy).toBeCloseTo(expected.entropy, 9);
          }
        },
      ),
    );
  });

  it('says so, and stays near the truth, where the tail is only bounded', () => {
    const all = zipf(5000, 1.2);
    const truth = reference(all, 1.5, 0, 1);
    const got = sample(all.slice(0, 200), 5000, { temperature: 1.5, topK: 0, topP: 1 });
    expect(got.exact).toBe(false);
    expect(got.keptBeyond).toBe(true);
    // The bounds of this tail differ by less than a factor of two.
    expect(got.probabilities[0] / truth.probabilities[0]).toBeGreaterThan(0.5);
    expect(got.probabilities[0] / truth.probabilities[0]).toBeLessThan(2);
  });

  it('is exact at temperature 1 even with an unknown tail, entropy apart', () => {
    const all = zipf(5000, 1.2);
    const got = sample(all.slice(0, 200), 5000, { temperature: 1, topK: 0, topP: 1 });
    expect(got.exact).toBe(true);
    expect(got.entropyExact).toBe(false);
    expect(got.probabilities[0]).toBeCloseTo(Math.exp(all[0]), 9);
    expect(got.massKept).toBe(1);
  });

  it('takes the likeliest at temperature 0', () => {
    const got = sample(zipf(10, 1), 10, { temperature: 0, topK: 0, topP: 1 });
    expect(got).toMatchObject({ kept: 1, entropy: 0, exact: true });
    expect(got.probabilities).toEqual([1, ...Array(9).fill(0)]);
  });

  it('never keeps nothing, and the kept probabilities sum to one', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 50 }), fc.double({ min: 0.01, max: 1, noNaN: true }), (topK, topP) => {
        const got = sample(zipf(50, 1), 50, { temperature: 0.8, topK, topP });
        expect(got.kept).toBeGreaterThanOrEqual(1);
        expect(got.probabilities.reduce((a, b) => a + b, 0)).toBeCloseTo(1, 9);
      }),
    );
  });
});
