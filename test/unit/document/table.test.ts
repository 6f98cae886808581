import { describe, expect, it } from 'vitest';
import { columnOf, inTemplate, lines, optionalColumn, parseTable, tableTexts } from '../../../src/document/table';

describe('tables', () => {
  it('have a header, whatever separates and quotes', () => {
    expect(parseTable('\uFEFFText,Group\r\n"a ""b"", c",x\r\n\r\n 天 , y \r\n', 'f')).toEqual({
      columns: ['text', 'group'],
      rows: [
        ['a "b", c', 'x'],
        ['天', 'y'],
      ],
    });
    expect(parseTable('text;label\na;1', 'f').rows).toEqual([['a', '1']]);
    expect(parseTable('text\tlabel\na, b\t1', 'f').rows).toEqual([['a, b', '1']]);
  });

  it.each([
    ['', 'emptyPrompt'],
    ['text,label\n', 'emptyPrompt'],
    ['text,label\na,b,c\n', 'tableMalformed'],
    ['text,label\n"a,b\n', 'tableMalformed'],
  ])('refuse %j in one sentence', (text, code) => {
    expect(() => parseTable(text, 'data.csv')).toThrow(
      expect.objectContaining({
        problem: expect.objectContaining({ code, message: expect.stringMatching(/^data\.csv/) }),
      }),
    );
  });

  it('find columns by any of their names, or say which they have', () => {
    const table = parseTable('id,Statement,topic\n1,a,b', 'f');
    expect(columnOf(table, ['text', 'statement'], 'f')).toBe(1);
    expect(optionalColumn(table, ['group'])).toBeNull();
    expect(() => columnOf(table, ['label'], 'data.csv')).toThrow(
      /data\.csv has no column label; it has id, statement, topic/,
    );
  });

  it('become texts with groups', () => {
    expect(tableTexts(parseTable('group,name\ng,Ann\n,Bob\nh,', 'f'))).toEqual([
      { text: 'Ann', group: 'g' },
      { text: 'Bob', group: '' },
    ]);
    expect(tableTexts(parseTable('first,second\na,b', 'f'))).toEqual([{ text: 'a', group: null }]);
  });
});

describe('lists', () => {
  it('are lines with their places', () => {
    const text = '\n  one \r\n\r\n二。\n';
    expect(lines(text).map(({ text: line, source }) => [line, text.slice(...source)])).toEqual([
      ['one', 'one'],
      ['二。', '二。'],
    ]);
  });
});

describe('a template', () => {
  it('takes the text as it is', () => {
    expect(inTemplate('$& Mary', 'My name is {x}')).toMatchObject({ kind: 'raw', text: 'My name is $& Mary' });
    expect(inTemplate('Mary', null)).toMatchObject({ text: 'Mary' });
  });

  it('without a place for it is refused', () => {
    expect(() => inTemplate('Mary', 'My name')).toThrow(/has no \{x\}/);
  });
});
