import { describe, expect, it } from 'vitest';
import { isTableName } from '../../../src/document/promptKind';
import {
  columnOf,
  inTemplate,
  lines,
  mostRows,
  optionalColumn,
  parseTable,
  tableTexts,
} from '../../../src/document/table';
import { fill } from '../../../src/protocol/clauses';
import { readingSentence, type TableReading } from '../../../src/protocol/tableReading';

const cellsOf = (text: string, header: boolean | null = null) => {
  const { columns, rows } = parseTable(text, 'data.csv', { header });
  return { columns, rows };
};
const say = (reading: TableReading) => readingSentence(reading, (english, ...args) => fill(english, args.map(String)));
const problemOf = (text: string): { code: string; message: string } => {
  try {
    parseTable(text, 'data.csv');
  } catch (error) {
    return (error as { problem: { code: string; message: string } }).problem;
  }
  return { code: 'none', message: '' };
};

describe('tables', () => {
  it('have a header, whatever separates and quotes', () => {
    expect(cellsOf('\uFEFFText,Group\r\n"a ""b"", c",x\r\n\r\n 天 , y \r\n')).toEqual({
      columns: ['text', 'group'],
      rows: [
        ['a "b", c', 'x'],
        ['天', 'y'],
      ],
    });
    expect(cellsOf('text;label\na;1').rows).toEqual([['a', '1']]);
    expect(cellsOf('text\tlabel\na, b\t1').rows).toEqual([['a, b', '1']]);
    expect(cellsOf('text|label\na, b|1').rows).toEqual([['a, b', '1']]);
  });

  it.each([
    ['\r', 'text,label\rfoo,a\rbar,b'],
    ['mixed', 'text,label\r\nfoo,a\rbar,b\n\n\n'],
    ['blank rows', 'text,label\n\n , \nfoo,a\n,,\nbar,b\n'],
    ['empty cells behind', 'text,label,,\nfoo,a,,\nbar,b,\n'],
  ])('are read with line ends and empty cells as %s', (_, text) => {
    expect(cellsOf(text)).toEqual({
      columns: ['text', 'label'],
      rows: [
        ['foo', 'a'],
        ['bar', 'b'],
      ],
    });
  });

  it('keep line breaks inside quotes, as \\n', () => {
    expect(cellsOf('text,label\r\n"one\r\ntwo",a\r\n').rows).toEqual([['one\ntwo', 'a']]);
  });

  it('keep spaces that stand in quotes', () => {
    expect(cellsOf('text,label\n" the",a\nthe,b\n" the ",c\n').rows.map(([text]) => text)).toEqual([
      ' the',
      'the',
      ' the ',
    ]);
  });

  it.each([
    ['', 'emptyPrompt', /^data\.csv is empty/],
    ['\uFEFF\n\n', 'emptyPrompt', /^data\.csv is empty/],
    ['text,label\n', 'emptyPrompt', /^data\.csv is empty/],
    [
      'text,label\nThe cat sat,a\nThe dog, ran,b\n',
      'tableMalformed',
      /line 3 and the first line have different numbers of cells \(3 and 2\)/,
    ],
    [
      'text,label\n\n\n"one\ntwo",a\nbroken\n',
      'tableMalformed',
      /line 6 and the first line have different numbers of cells \(1 and/,
    ],
    [
      'My export\ntext,label\na,b\nc,d\n',
      'tableMalformed',
      /line 2 and the first line have different numbers of cells \(2 and 1\)/,
    ],
    [
      'text,label\nfoo,a\n"abc,a\nfoo,b\n',
      'tableMalformed',
      /line 3: the quotation mark that opens here is not closed/,
    ],
    // The next quoted cell closes the quote that should have been closed before.
    ['text,label\nfoo,a\n"abc,a\nfoo,b\n"bar",c\n', 'tableMalformed', /line 3: the quotation mark that opens here/],
  ])('refuse %j in one sentence', (text, code, message) => {
    expect(problemOf(text)).toMatchObject({ code, message: expect.stringMatching(message) });
  });

  it('are read to the last row, or refused with their number of rows', () => {
    const all = (count: number) =>
      `text,label\n${Array.from({ length: count }, (_, at) => `row ${at},a`).join('\n')}\n`;
    expect(parseTable(all(mostRows), 'f').rows).toHaveLength(mostRows);
    expect(problemOf(all(25_000))).toMatchObject({
      code: 'tableTooLong',
      message: 'data.csv has 25,000 rows; Prompt Lens reads up to 20,000.',
    });
  });

  it('are known by their names', () => {
    expect(['a.csv', '/x/Names.CSV', 'a.TSV', 'b.tab'].every(isTableName)).toBe(true);
    expect(['a.csv.txt', '/x/csv.txt', 'csv'].some(isTableName)).toBe(false);
  });
});

describe('quotes', () => {
  it('in the middle of a cell, or around a part of it, are characters', () => {
    const text = 'text,label\nHe said "hi" to me,a\n"C" St is west,b\n5" pipe,c\n"5"" pipe",c\n"abc" ,d\n';
    expect(cellsOf(text).rows).toEqual([
      ['He said "hi" to me', 'a'],
      ['"C" St is west', 'b'],
      ['5" pipe', 'c'],
      ['5" pipe', 'c'],
      ['abc', 'd'],
    ]);
  });

  it('hide what could be a delimiter', () => {
    expect(cellsOf('"text, raw";label\nfoo;a\nbar;b\n')).toEqual({
      columns: ['text, raw', 'label'],
      rows: [
        ['foo', 'a'],
        ['bar', 'b'],
      ],
    });
    expect(cellsOf('"text; a; b",label\n"x;y;z",a\n').columns).toEqual(['text; a; b', 'label']);
  });
});

describe('the delimiter', () => {
  it('is the one that Excel names', () => {
    expect(cellsOf('sep=;\r\ntext;label\r\na, b;1\r\n')).toEqual({ columns: ['text', 'label'], rows: [['a, b', '1']] });
    expect(problemOf('sep=;\ntext;label\na;b;c\n').message).toMatch(
      /line 3 and the first line have different numbers of cells/,
    );
  });

  it('is the one that the rows agree on', () => {
    expect(cellsOf('text;value\nRow a;0,5\nRow b;1,5\n').rows).toEqual([
      ['Row a', '0,5'],
      ['Row b', '1,5'],
    ]);
  });

  it('is none where the header has one cell', () => {
    expect(cellsOf('text\nHello, world.\nGoodbye.\n').rows).toEqual([['Hello, world.'], ['Goodbye.']]);
  });
});

describe('the header', () => {
  it.each([
    ['apple\nbanana\ncherry\ndate\n', ['text'], 4],
    ['The cat sat.\nThe dog ran.\n', ['text'], 2],
    ['The cat sat,a\nThe dog ran,b\nThe bird flew,a\n', ['text', 'label'], 3],
    ['good,a lovely evening at the theatre\nbad,a dull film\n', ['label', 'text'], 2],
    ['Paris,48.9\nRome,41.9\n', ['text', 'label'], 2],
    ['Paris is in France.,true\nRome is in Spain.,false\n', ['text', 'label'], 2],
    ['Paris,France\nRome,Italy\nOslo,Norway\n', ['text', 'label'], 3],
    ['1,the cat\n2,the dog\n3,a bird\n', ['text'], 3],
    ['1.5,7\n2.5,9\n', ['text', 'label'], 2],
  ])('is missing from %j', (text, columns, rows) => {
    const table = parseTable(text, 'f');
    expect(table.columns).toEqual(columns);
    expect(table.rows).toHaveLength(rows);
    expect(table.reading).toMatchObject({ header: false, guessed: true });
  });

  it.each([
    ['text\none\ntwo\n', ['text']],
    ['first,second\na,b\n', ['first', 'second']],
    ['city\nParis\nRome\nOslo\n', ['city']],
    ['opinion\nThe film was dull.\nA lovely evening.\n', ['opinion']],
    ['Height,Weight\n180,70\n165,60\n', ['height', 'weight']],
    ['The claim,Is it so\nRome is old.,true\nRome is new.,false\n', ['the claim', 'is it so']],
    ['句子,标签\n天是蓝的,真\n', ['句子', '标签']],
  ])('is the first line of %j', (text, columns) => {
    const table = parseTable(text, 'f');
    expect(table.columns).toEqual(columns);
    expect(table.reading.header).toBe(true);
  });

  it('is what the user says it is', () => {
    expect(cellsOf('apple\nbanana\n', true)).toEqual({ columns: ['apple'], rows: [['banana']] });
    expect(cellsOf('text,label\na,b\n', false)).toEqual({
      columns: ['text', 'label'],
      rows: [
        ['text', 'label'],
        ['a', 'b'],
      ],
    });
  });

  it('may have thousands of columns of one name, at once, and a sentence lists a few', () => {
    const started = performance.now();
    const table = parseTable(`${'a;'.repeat(9999)}a\n${'1;'.repeat(9999)}2\n`, 'data.csv', { header: true });
    expect(performance.now() - started).toBeLessThan(10_000);
    expect([table.columns.length, table.columns[1], table.columns[9999]]).toEqual([10_000, 'a (2)', 'a (10000)']);
    expect(() => columnOf(table, ['label'], 'data.csv')).toThrow(/ it has a, a \(2\), .*a \(20\), …\./);
  });

  it('may name a column twice: the first one counts, and that is said', () => {
    const table = parseTable('text,text,label\nfoo,bar,a\nbaz,qux,b\n', 'f');
    expect(table.columns).toEqual(['text', 'text (2)', 'label']);
    expect(say(tableTexts(table, 'f').reading)).toMatch(/several columns are called text: the first one is used/);
  });
});

describe('columns', () => {
  it('that only number the rows are no columns', () => {
    for (const text of [
      ',phrase\n0,The cat\n1,The dog\n2,A bird\n',
      'Unnamed: 0,phrase\n7,The cat\n3,The dog\n3,A bird\n',
      // R names the rows but not their column.
      '"phrase"\n"1","The cat"\n"2","The dog"\n"3","A bird"\n',
    ]) {
      const table = parseTable(text, 'f');
      expect(table.columns).toEqual(['phrase']);
      const { texts, reading } = tableTexts(table, 'f');
      expect(texts.map((each) => each.text)).toEqual(['The cat', 'The dog', 'A bird']);
      expect(say(reading)).toMatch(/the column of row numbers is not used/);
    }
  });

  it('are found by any of their names, or it is said which there are', () => {
    const table = parseTable('id,Statement,topic\n1,a,b', 'f');
    expect(columnOf(table, ['text', 'statement'], 'f')).toBe(1);
    expect(optionalColumn(table, ['group'])).toBeNull();
    expect(() => columnOf(table, ['label'], 'data.csv')).toThrow(
      /data\.csv has no column label; it has id, statement, topic/,
    );
  });

  it('without a known name give their words, not their numbers', () => {
    const texts = (text: string) => tableTexts(parseTable(text, 'f'), 'f').texts.map((each) => each.text);
    expect(texts('id,first,second\n1,a,b\n2,c,d')).toEqual(['a', 'c']);
    expect(texts('size,right,claim\n3,yes,Rome is old\n4,no,Rome is new')).toEqual(['Rome is old', 'Rome is new']);
    expect(texts('year,size\n1999,3\n2000,4')).toEqual(['1999', '2000']);
  });

  it('become texts with groups; rows without a text are left out, and counted', () => {
    const { texts, reading } = tableTexts(parseTable('group,name\ng,Ann\n,Bob\nh,', 'f'), 'f');
    expect(texts).toEqual([
      { text: 'Ann', group: 'g' },
      { text: 'Bob', group: null },
    ]);
    expect(say(reading)).toBe(
      '2 rows, 2 columns (group, name), commas between them, the first line is the header; rows without a text, left out: 1.',
    );
    expect(() => tableTexts(parseTable('group,name\ng,\nh,\n', 'f'), 'f')).toThrow(/f is empty/);
  });
});

describe('the sentence', () => {
  it('says what was read and what was lost on the way', () => {
    expect(say(parseTable('apple\nbanana\n', 'f').reading)).toBe(
      '2 rows, one column (text), apparently no header line.',
    );
    expect(say(parseTable('a\tb\n', 'f', { header: false }).reading)).toBe(
      'one row, 2 columns (text, label), tabs between them, no header line.',
    );
    expect(say(parseTable('text;label\ncaf\uFFFD;a\n', 'f').reading)).toMatch(
      /cells in which � stands for a lost character: 1 \(save .* as UTF-8\)\.$/,
    );
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
