import { describe, expect, it } from 'vitest';
import { matchRanges } from '../../../src/inference/safeRegex';

describe('expressions that a user wrote', () => {
  it('are matched everywhere, at line ends too; empty matches are left out', () => {
    expect(matchRanges('^a.', 'ab\nac b')).toEqual([
      [0, 2],
      [3, 5],
    ]);
    expect(matchRanges('x*', 'axxb')).toEqual([[1, 3]]);
    expect(matchRanges('/B/i', 'ab')).toEqual([[1, 2]]);
    expect(matchRanges('\\p{Script=Han}+', 'a台湾b')).toEqual([[1, 3]]);
    expect(matchRanges('q', 'a')).toEqual([]);
  });

  it.each(['(', 'a{2,1}', '/a/y', '/a/g'])('that are none are named: %s', (expression) => {
    expect(() => matchRanges(expression, 'a')).toThrow(`${expression} is not a regular expression`);
  });

  it('that would never end are stopped', () => {
    const started = performance.now();
    expect(() => matchRanges('(a+)+$', `${'a'.repeat(60)}b`)).toThrow('takes too long');
    expect(performance.now() - started).toBeLessThan(3000);
  });

  it('reach nothing of this program', () => {
    expect(matchRanges('constructor', 'the constructor')).toEqual([[4, 15]]);
  });
});
