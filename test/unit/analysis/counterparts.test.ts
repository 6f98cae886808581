import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { changes, counterparts } from '../../../src/analysis/shared/alignment';

describe('aligning a prompt with its baseline', () => {
  it('skips a replaced word and an inserted one', () => {
    expect(counterparts(['The', ' film', ' was', ' dull', '.'], ['The', ' film', ' was', ' good', '.'])).toEqual([
      0,
      1,
      2,
      null,
      4,
    ]);
    expect(counterparts(['a', 'x', 'b'], ['a', 'b'])).toEqual([0, null, 1]);
  });

  it('pairs equal texts only, in ascending order, as many as there can be', () => {
    const texts = fc.array(fc.constantFrom('a', 'b', 'c'), { maxLength: 12 });
    fc.assert(
      fc.property(texts, texts, (now, then) => {
        const pairs = counterparts(now, then).flatMap((j, i) => (j === null ? [] : [[i, j]]));
        for (const [i, j] of pairs) expect(now[i]).toBe(then[j]);
        for (const [k, [, j]] of pairs.slice(1).entries()) expect(j).toBeGreaterThan(pairs[k][1]);
        expect(pairs).toHaveLength(longest(now, then));
      }),
    );
  });

  it('gives the change in nats, and none where either side has none', () => {
    expect(changes([null, -2, -3, -1], [null, -5, -1], [0, 1, null, 2])).toEqual([null, 3, null, 0]);
  });
});

/** Length of the longest common subsequence, computed by its definition. */
function longest(a: string[], b: string[]): number {
  if (!a.length || !b.length) return 0;
  const [x, ...rest] = a;
  const at = b.indexOf(x);
  const without = longest(rest, b);
  return at < 0 ? without : Math.max(without, 1 + longest(rest, b.slice(at + 1)));
}
