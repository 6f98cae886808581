import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { align } from '../../../src/analysis/patching/alignment';

const list = fc.array(fc.integer({ min: 0, max: 5 }), { maxLength: 14 });

/** Length of a longest common subsequence, found by brute force. */
function mostInCommon(a: readonly number[], b: readonly number[]): number {
  if (a.length === 0 || b.length === 0) return 0;
  if (a[0] === b[0]) return 1 + mostInCommon(a.slice(1), b.slice(1));
  return Math.max(mostInCommon(a.slice(1), b), mostInCommon(a, b.slice(1)));
}

describe('two prompts side by side', () => {
  it('are covered by stretches that alternate between the same and the different', () => {
    fc.assert(
      fc.property(list, list, (a, b) => {
        const stretches = align(a, b);
        let [i, j] = [0, 0];
        stretches.forEach(({ same, first, second }, index) => {
          expect([first[0], second[0]]).toEqual([i, j]);
          [i, j] = [first[1], second[1]];
          expect(first[1] - first[0] + second[1] - second[0]).toBeGreaterThan(0);
          expect(stretches[index - 1]?.same).not.toBe(same);
          if (same) expect(a.slice(...first)).toEqual(b.slice(...second));
        });
        expect([i, j]).toEqual([a.length, b.length]);
      }),
    );
  });

  it('share as much as they can', () => {
    const short = fc.array(fc.integer({ min: 0, max: 3 }), { maxLength: 8 });
    fc.assert(
      fc.property(short, short, (a, b) => {
        const shared = align(a, b).reduce((sum, { same, first }) => sum + (same ? first[1] - first[0] : 0), 0);
        expect(shared).toBe(mostInCommon(a, b));
      }),
    );
  });

  it('show a word in place of another, and where one has more', () => {
    expect(align([1, 2, 3, 4], [1, 9, 3, 8, 4])).toEqual([
      { same: true, first: [0, 1], second: [0, 1] },
      { same: false, first: [1, 2], second: [1, 2] },
      { same: true, first: [2, 3], second: [2, 3] },
      { same: false, first: [3, 3], second: [3, 4] },
      { same: true, first: [3, 4], second: [4, 5] },
    ]);
  });

  it('that have thousands of tokens and nothing in common are one difference', () => {
    const a = Array.from({ length: 5000 }, (_, at) => at);
    const b = a.map((id) => id + 10_000);
    expect(align([7, ...a], [7, ...b])).toEqual([
      { same: true, first: [0, 1], second: [0, 1] },
      { same: false, first: [1, 5001], second: [1, 5001] },
    ]);
  });
});
