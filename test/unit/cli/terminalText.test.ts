import { describe, expect, it } from 'vitest';
import { bar, clipped, displayWidth, tableLines, visible } from '../../../src/cli/terminalText';

const plain = (_: unknown, text: string) => text;

describe('text in a terminal', () => {
  it('takes two columns for Chinese and emoji, none for marks', () => {
    expect(['abc', '中文', '👩', 'e\u0301', '\u001b[31mx\u001b[0m', '한글', ''].map(displayWidth)).toEqual([
      3, 4, 2, 1, 1, 4, 0,
    ]);
  });

  it('lines up columns by width, not by length', () => {
    const rows = [
      ['中文', '1'],
      ['a', '22'],
    ];
    expect(tableLines([{ title: 'text' }, { title: 'n', align: 'right' }], rows, plain)).toBe(
      'text   n\n中文   1\na     22\n',
    );
  });

  it('shows spaces, line ends and controls', () => {
    expect(visible(' a\n\t\r\u0000')).toBe('·a⏎⇥␍\\u0000');
  });

  it('shows what takes a place without being seen', () => {
    expect(visible('a\u00a0b\u200bc\u2060d\u2028e\u2029f\ufeffg\u00adh')).toBe(
      'a\\u00a0b\\u200bc\\u2060d\\u2028e\\u2029f\\ufeffg\\u00adh',
    );
    expect(visible('👩\u200d👧')).toBe('👩\u200d👧');
  });

  it('cuts with an ellipsis at a column, not inside a character', () => {
    expect(clipped('中文字', 6)).toBe('中文字');
    expect(clipped('中文字', 5)).toBe('中文…');
    expect(clipped('abcdef', 4)).toBe('abc…');
  });

  it('draws bars in eighths of a column, within bounds', () => {
    expect([0, 1 / 16, 0.5, 1, 2, -1].map((share) => bar(share, 2))).toEqual(['', '▏', '█', '██', '██', '']);
  });
});
