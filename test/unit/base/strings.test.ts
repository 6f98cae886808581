import { afterEach, expect, test } from 'vitest';
import { configureStrings, inClauses, inList, inProse } from '../../../webview/base/strings';

afterEach(() => configureStrings({}));

test('sentences in a row have a space between them, but none after a full-width mark', () => {
  expect(inProse(['One.', '', 'Two.'])).toBe('One. Two.');
  expect(inProse(['第一句。', '第二句。'])).toBe('第一句。第二句。');
  expect(inProse(['AUROC .8', '第二句。'])).toBe('AUROC .8 第二句。');
  expect(inProse([])).toBe('');
});

test('names in a list are separated as the language does it', () => {
  expect(inList(['a', 'b', 'c'])).toBe('a, b, c');
  configureStrings({ '{0}, {1}': '{0}、{1}' });
  expect(inList(['甲', '乙', '丙'])).toBe('甲、乙、丙');
  expect(inList(['甲'])).toBe('甲');
  expect(inList([])).toBe('');
});

test('clauses are joined by the comma of the language; empty ones are left out', () => {
  configureStrings({});
  expect(inClauses(['CPU', '', '2 threads'])).toBe('CPU, 2 threads');
  configureStrings({ ', ': '，' });
  expect(inClauses(['CPU', '2 个线程'])).toBe('CPU，2 个线程');
  configureStrings({});
});
