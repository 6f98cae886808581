import { describe, expect, it } from 'vitest';
import { matchRanges, matchRangesIn } from '../../../src/inference/safeRegex';

const found = (expression: string, text: string) =>
  matchRanges(expression, text).map(([start, end]) => text.slice(start, end));

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

  it.each(['(', 'a{2,1}', '/a/x', '[b-a]', '\\p{Nope}', 'a**', 'a'.repeat(2001)])(
    'that are none are named: %s',
    (expression) => {
      expect(() => matchRanges(expression, 'a')).toThrow('is not a regular expression');
    },
  );

  it.each([
    ['/is/g', 'This is', ['is', 'is']],
    ['/a/gy', 'ba', ['a']],
    ['/\\-/', 'a-b', ['-']],
    ['/[\\w-.]+/', 'a-b.c d', ['a-b.c', 'd']],
    ['/[\\d-]+/', '12-3 x', ['12-3']],
    ['/\\"[^\\"]*\\"/', 'say "hi" now', ['"hi"']],
    ['/\\{\\{\\w+}}/', 'Dear {{name}}!', ['{{name}}']],
    ['/{name}/', 'Dear {name}!', ['{name}']],
    ['/a]/', 'a]', ['a]']],
    ['/\\p{Lu}\\-\\p{L}/', 'a-b A-b', ['A-b']],
    ['/[\\p{L}-]+/', 'Ça-va 1', ['Ça-va']],
    ['/\\u{1F355}\\!/', '🍕!', ['🍕!']],
    ['/[\\p{L}--[a-f]]+/v', 'abxyz', ['xyz']],
    ['.', '🍕', ['🍕']],
  ])('are read as people write them: %s', (expression, text, matches) => {
    expect(found(expression, text)).toEqual(matches);
  });

  it('find a letter and its mark as one character and as two', () => {
    const text = 'caf\u00e9 cafe\u0301 cafe';
    for (const expression of ['/caf\u00e9/', '/cafe\u0301/', '/caf[\u00e9]/']) {
      expect(matchRanges(expression, text)).toEqual([
        [0, 4],
        [5, 10],
      ]);
    }
    expect(found('/\\w\\w\\w./', 'cafe\u0301')).toEqual(['cafe\u0301']);
    // An expression for the mark alone, or for the letter alone, still finds it.
    expect(matchRanges('\u0301', 'e\u0301')).toEqual([[1, 2]]);
    expect(matchRanges('e', 'e\u0301x')).toEqual([[0, 1]]);
    expect(found('\ud55c\uae00', '\u1112\u1161\u11ab\u1100\u1173\u11af')).toEqual([
      '\u1112\u1161\u11ab\u1100\u1173\u11af',
    ]);
  });

  it.each([
    ['matches without end', '(a+)+$', `${'a'.repeat(60)}b`],
    ['looks back without end', '(?<=^(a+)+)b', `c${'a'.repeat(60)}b`],
    // This one takes many times as long to prepare, which cannot be interrupted.
    ['takes long to begin', `(?:${'(a|b)?'.repeat(330)})*$q`, 'The quick brown fox. '.repeat(2000)],
  ])('that never end are given up after a second: %s', (_, expression, text) => {
    const started = performance.now();
    expect(() => matchRanges(expression, text)).toThrow('takes too long');
    expect(performance.now() - started).toBeLessThan(2500);
  });

  it('are matched in many texts at once', () => {
    const texts = Array.from({ length: 1000 }, (_, at) => (at % 2 ? `caf\u00e9 ${at}` : `cafe\u0301 ${at}`));
    const ranges = matchRangesIn('/caf\u00e9/', texts);
    expect(ranges.map(([[start, end]]) => end - start)).toEqual(texts.map((_, at) => (at % 2 ? 4 : 5)));
  });

  it('reach nothing of this program', () => {
    expect(matchRanges('constructor', 'the constructor')).toEqual([[4, 15]]);
  });
});
