import { describe, expect, it } from 'vitest';
import {
  bytePairs,
  duration,
  fixed,
  grouped,
  probability,
  rank,
  running,
  signed,
  visible,
} from '../../../webview/base/format';
import { configureStrings, t } from '../../../webview/base/strings';

describe('numbers', () => {
  it.each([
    [0.875, '.88'],
    [0.0771, '.077'],
    [0.0995, '.10'],
    [0.00052, '5e\u22124'],
    [1e-12, '<1e\u22129'],
    [0.9964, '.996'],
    [0.99999, '>.999'],
    [1, '1'],
    [0, '0'],
  ])('probability %f prints as %s', (p, text) => expect(probability(p)).toBe(text));

  it('carry a true minus sign, and none for a rounded zero', () => {
    expect(fixed(31562.29)).toBe('31,562.29');
    expect(fixed(-1234, 0)).toBe('−1,234');
    expect(fixed(-7.468)).toBe('\u22127.47');
    expect(fixed(-0.001)).toBe('0.00');
    expect(signed(0.5, 1)).toBe('+0.5');
  });

  it('count ranks from one with thousands commas', () => {
    expect(rank(0)).toBe('1');
    expect(rank(49151)).toBe('49,152');
    expect(grouped(1234567)).toBe('1,234,567');
  });

  it('print times as people say them', () => {
    expect([140, 3100, 42_000, 200_000].map(duration)).toEqual(['0.14 s', '3.1 s', '42 s', '3 min']);
  });
});

describe('token text', () => {
  it('shows spaces at the ends, line ends and tabs in lists', () => {
    expect(visible(' dull')).toBe('·dull');
    expect(visible('  ')).toBe('··');
    expect(visible('a b\n')).toBe('a b↵');
    expect(visible('\t')).toBe('⇥');
    expect(running(' a\tb')).toBe(' a⇥b');
  });

  it('names what draws nothing or turns the line around', () => {
    expect(visible('a\u200b')).toBe('aU+200B');
    expect(running('\u202e')).toBe('U+202E');
    expect(visible('\u0000')).toBe('U+0000');
    expect(visible('\r\n')).toBe('\\r↵');
    expect(running('👩\u200d👧')).toBe('👩\u200d👧');
    expect(running('\u200d')).toBe('U+200D');
  });

  it('pairs bytes', () => expect(bytePairs('20647563')).toBe('20 64 75 63'));
});

it('translations replace a whole sentence with its arguments, and fall back to English', () => {
  configureStrings({ 'token {0} of {1}': '第 {0} 个，共 {1} 个' });
  expect(t('token {0} of {1}', 3, 9)).toBe('第 3 个，共 9 个');
  expect(t('rank {0}', 1)).toBe('rank 1');
  configureStrings({});
});
