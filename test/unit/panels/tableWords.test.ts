import { afterEach, describe, expect, it } from 'vitest';
import traditional from '../../../l10n/bundle.l10n.zh-tw.json';
import { parseTable, tableTexts } from '../../../src/document/table';
import { configureStrings } from '../../../webview/base/strings';
import { tableWords } from '../../../webview/panels/tableWords';

afterEach(() => configureStrings({}));

describe('what was read of a table', () => {
  it('is one sentence, in the language of the page', () => {
    const { reading } = tableTexts(parseTable('text;label\na;x\n;y\nb;z\n', 'f'), 'f');
    expect(tableWords(reading)).toBe(
      '2 rows, 2 columns (text, label), semicolons between them, the first line is the header; rows without a text, left out: 1.',
    );
    configureStrings(traditional);
    expect(tableWords(reading)).toBe('2 列，2 欄（text, label），以分號分隔，首行是標題列；沒有文字而略去的列：1。');
  });

  it('is nothing where no table was read', () => {
    expect(tableWords(undefined)).toBe('');
  });
});
