import { describe, expect, it } from 'vitest';
import { exponent, largestDifference, median, quantile, summary } from '../../../bench/statistics.mjs';

describe('statistics of the bench', () => {
  it('takes the middle of an odd number and the mean of the two middle ones of an even number', () => {
    expect(median([3, 1, 2])).toBe(2);
    expect(median([4, 1, 2, 3])).toBe(2.5);
    expect(median([7])).toBe(7);
    expect(median([])).toBeNaN();
  });

  it('does not sort its input in place', () => {
    const samples = [3, 1, 2];
    median(samples);
    expect(samples).toEqual([3, 1, 2]);
  });

  it('interpolates quantiles', () => {
    expect(quantile([0, 10], 0.25)).toBe(2.5);
    expect(quantile([10, 2, 100], 1)).toBe(100);
  });

  it('is not moved by one slow run', () => {
    const { median: middle, low, high } = summary([10, 11, 12, 13, 900]);
    expect([middle, low, high]).toEqual([12, 11, 13]);
  });

  it.each([0, 1, 1.5, 2])('finds the exponent %f of exact growth', (power) => {
    const points = [64, 128, 256, 512].map((x) => [x, 3 * x ** power]);
    expect(exponent(points)).toBeCloseTo(power, 10);
  });

  it('finds an exponent between those of a linear and a quadratic part', () => {
    const fitted = exponent([64, 128, 256, 512].map((x) => [x, x + x ** 2 / 256]));
    expect(fitted).toBeGreaterThan(1);
    expect(fitted).toBeLessThan(2);
  });

  it('finds the largest difference, and refuses lists of different lengths', () => {
    expect(largestDifference([1, 2, 3], [1, 2.5, 2.75])).toBe(0.5);
    expect(() => largestDifference([1], [1, 2])).toThrow('1 and 2 values');
  });
});
