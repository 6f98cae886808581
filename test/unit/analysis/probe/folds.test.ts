import { describe, expect, it } from 'vitest';
import { dealFolds, groupRows, shuffleWithin } from '../../../../src/analysis/probe/folds';
import { seededRandom } from '../../../../src/analysis/shared/random';

describe('rows that are held out together', () => {
  it('are those of one group, and those of one text in any group', () => {
    const { unit, units, duplicates } = groupRows(['a', 'b', 'A ', 'c', 'd'], ['x', 'x', 'y', 'y', null]);
    expect(units).toBe(2);
    expect(unit).toEqual([0, 0, 0, 0, 1]);
    expect(duplicates).toBe(true);
    expect(groupRows(['a', 'b', 'c'], ['x', 'x', null])).toEqual({ unit: [0, 0, 1], units: 2, duplicates: false });
  });

  it('fill folds of about the same size, whole', () => {
    const unit = Array.from({ length: 100 }, (_, row) => row % 20);
    const fold = dealFolds({ unit, units: 20 }, 5, 3);
    const sizes = [0, 1, 2, 3, 4].map((out) => fold.filter((each) => each === out).length);
    expect(sizes).toEqual([20, 20, 20, 20, 20]);
    for (let row = 0; row < 80; row++) expect(fold[row]).toBe(fold[row + 20]);
    expect(dealFolds({ unit, units: 20 }, 5, 3)).toEqual(fold);
    expect(dealFolds({ unit, units: 20 }, 5, 4)).not.toEqual(fold);
  });
});

describe('shuffled labels', () => {
  it('keep the count of each stratum', () => {
    const labels = Array.from({ length: 40 }, (_, row) => row % 3 === 0);
    const strata = labels.map((_, row) => row % 4);
    const shuffled = shuffleWithin(labels, strata, seededRandom(1));
    expect(shuffled).not.toEqual(labels);
    for (const stratum of [0, 1, 2, 3]) {
      const count = (of: boolean[]) => of.filter((label, row) => label && strata[row] === stratum).length;
      expect(count(shuffled)).toBe(count(labels));
    }
  });
});
