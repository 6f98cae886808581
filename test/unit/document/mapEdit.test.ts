import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { mapEdit } from '../../../src/document/mapEdit';

describe('mapEdit', () => {
  it.each([
    ['', '', 0, 0],
    ['abc', 'abc', 3, 0],
    ['abc', '', 0, 0],
    ['abcd', 'abXcd', 2, 2],
    ['aaa', 'aa', 2, 0],
    ['abab', 'ab', 2, 0],
    ['x🎉y', 'x🎊y', 1, 1],
    ['🎉', '\ud83c', 0, 0],
    ['a\udf89', 'a🎉', 1, 0],
    ['🎉🎉', '🎉', 2, 0],
  ])('%j to %j keeps %i at the beginning and %i at the end', (before, after, prefix, suffix) => {
    expect(mapEdit(before, after)).toEqual({ prefix, suffix });
  });

  // The alphabet has two halves of surrogate pairs and few letters, so that versions share much and pairs get cut.
  const text = fc.string({ unit: fc.constantFrom('a', 'b', '\ud83c', '\udf89', '🎉', '🎊'), maxLength: 12 });
  const isPair = (whole: string, at: number) => /^[\ud800-\udbff][\udc00-\udfff]$/.test(whole.slice(at - 1, at + 1));

  it('names only what is equal, without overlap and without cutting a character', () => {
    fc.assert(
      fc.property(text, text, (before, after) => {
        const { prefix, suffix } = mapEdit(before, after);
        expect(before.slice(0, prefix)).toBe(after.slice(0, prefix));
        expect(before.slice(before.length - suffix)).toBe(after.slice(after.length - suffix));
        expect(prefix + suffix).toBeLessThanOrEqual(Math.min(before.length, after.length));
        for (const whole of [before, after]) {
          expect(isPair(whole, prefix)).toBe(false);
          expect(isPair(whole, whole.length - suffix)).toBe(false);
        }
      }),
      { numRuns: 2000 },
    );
  });

  it('finds an insertion in full', () => {
    const letters = fc.string({ unit: fc.constantFrom('a', 'b', '🎉') });
    fc.assert(
      fc.property(letters, fc.constantFrom('X', '🦊'), letters, (head, inserted, tail) => {
        expect(mapEdit(head + tail, head + inserted + tail)).toEqual({ prefix: head.length, suffix: tail.length });
      }),
    );
  });
});
