import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { agreementOf, spearman } from '../../../src/analysis/shared/rankCorrelation';

describe('rank correlation', () => {
  /** The values are those of scipy.stats.spearmanr; without ties they also equal 1 − 6 Σ d² / (n (n² − 1)). */
  it.each<[number[], number[], number]>([
    [[1, 2, 3, 4, 5], [5, 6, 7, 8, 7], 0.8207826816681233],
    [[1, 2, 2, 3], [1, 3, 2, 4], 0.9486832980505138],
    [[3, 1, 4, 1, 5, 9, 2, 6], [2, 7, 1, 8, 2, 8, 1, 8], 0.19885368120992464],
    [[106, 100, 86, 101, 99, 103, 97, 113, 112, 110], [7, 27, 2, 50, 28, 29, 20, 12, 6, 17], -0.17575757575757575],
  ])('of %j and %j is %f', (a, b, expected) => {
    expect(spearman(a, b)).toBeCloseTo(expected, 8);
  });

  it('does not care about the scale, and turns with the sign', () => {
    const pairs = fc.array(fc.tuple(fc.integer({ min: -9, max: 9 }), fc.integer({ min: -9, max: 9 })), {
      minLength: 2,
    });
    fc.assert(
      fc.property(pairs, (list) => {
        const [a, b] = [list.map(([x]) => x), list.map(([, y]) => y)];
        const rho = spearman(a, b);
        fc.pre(rho !== null);
        expect(Math.abs(rho as number)).toBeLessThanOrEqual(1);
        expect(spearman(a, b.map(Math.exp))).toBeCloseTo(rho as number, 10);
        expect(
          spearman(
            a,
            b.map((y) => -y),
          ),
        ).toBeCloseTo(-(rho as number), 10);
        expect(spearman(b, a)).toBeCloseTo(rho as number, 10);
      }),
    );
  });

  it.each([
    ['nothing', [], []],
    ['one unit', [1], [2]],
    ['scores that do not vary', [1, 2, 3], [4, 4, 4]],
  ])('has no value for %s', (_, a, b) => {
    expect(spearman(a, b)).toBeNull();
  });

  it('is a table over methods, without those that are not to be compared', () => {
    const methods = [[1, 2, 3], [3, 2, 1], null, [7, 7, 7]];
    expect(agreementOf(methods)).toEqual([
      [1, -1, null, null],
      [-1, 1, null, null],
      [null, null, null, null],
      [null, null, null, null],
    ]);
  });

  it('of two methods is over the units that both have a score for', () => {
    const [occlusion, input, norm] = [
      [1, 2, 3, null],
      [30, 20, 10, 99],
      [1, 2, 3, 0],
    ];
    const table = agreementOf([occlusion, input, norm]);
    expect([table[0][1], table[1][0], table[0][2]]).toEqual([-1, -1, 1]);
    expect(table[1][2]).toBe(spearman([30, 20, 10, 99], [1, 2, 3, 0]));
    expect(
      agreementOf([
        [null, null, 1],
        [1, 2, 3],
      ])[0][1],
    ).toBeNull();
  });
});
