/** Counted shares: exact intervals against published values, and the effect of groups on them. */
import { describe, expect, it } from 'vitest';
import { rateOf } from '../../../../src/analysis/truth/rates';
import { exactInterval } from '../../../../src/protocol/exactInterval';

const hits = (right: number, of: number) => Array.from({ length: of }, (_, at) => at < right);

describe('an exact interval', () => {
  // scipy.stats.binomtest(k, n).proportion_ci(method='exact')
  it.each([
    [5, 10, 0.187086, 0.812914],
    [45, 48, 0.82804, 0.986921],
    [1, 20, 0.001265, 0.248733],
    [900, 1000, 0.879712, 0.917895],
  ])('is Clopper and Pearson’s: %i of %i', (right, of, low, high) => {
    const found = exactInterval(right, of);
    expect(found.low).toBeCloseTo(low, 4);
    expect(found.high).toBeCloseTo(high, 4);
  });

  it('takes no error on 48 for up to 6 in 100, on none for anything', () => {
    expect(exactInterval(48, 48).low).toBeCloseTo(0.9395, 4);
    expect(Math.floor((1 - exactInterval(48, 48).low) * 100)).toBe(6);
    expect(exactInterval(0, 48)).toEqual({ low: 0, high: 1 - exactInterval(48, 48).low });
    expect(rateOf([])).toEqual({ hits: 0, of: 0, low: 0, high: 1 });
  });
});

describe('a rate', () => {
  it('is less certain where whole topics are right or wrong together', () => {
    const rows = hits(50, 100);
    const alone = rateOf(rows);
    const byTopic = rateOf(
      rows,
      rows.map((_, at) => Math.floor(at / 25)),
    );
    expect([alone.hits, alone.of]).toEqual([50, 100]);
    expect(byTopic.low).toBeLessThan(alone.low);
    expect(byTopic.high).toBeGreaterThan(alone.high);
  });
});
