import { csvParse } from 'd3';
import { describe, expect, it } from 'vitest';
import { csvText } from '../../../src/protocol/csvText';

const cellsOf = (texts: readonly string[]) =>
  csvText(
    ['text'],
    texts.map((text) => [text]),
  )
    .split('\r\n')
    .slice(1, -1);

describe('a table as CSV', () => {
  it('quotes what needs it and keeps every digit', () => {
    const rows = [
      ['x,"y"\n', 0.1 + 0.2],
      [null, 1],
    ];
    expect(csvText(['a', 'b'], rows)).toBe('a,b\r\n"x,""y""\n",0.30000000000000004\r\n,1\r\n');
  });

  it('gives a spreadsheet nothing to compute, and leaves numbers and ordinary texts alone', () => {
    expect(cellsOf(['=1+1', '+', '-', '@SUM', '\tx', '＝1', ' =1', 'a-b', '−1'])).toEqual([
      ...["'=1+1", "'+", "'-", "'@SUM", "'\tx", "'＝1"],
      ...[' =1', 'a-b', '−1'],
    ]);
    expect(csvText(['n'], [[-1.5]])).toBe('n\r\n-1.5\r\n');
    expect(csvText(['=x'], [])).toBe("'=x\r\n");
  });

  it('writes no text that a table reader takes for a missing number', () => {
    const taken = ['null', 'NaN', 'nan', 'NA', 'None', 'N/A', '<NA>'];
    expect(cellsOf(taken)).toEqual(taken.map((text) => `'${text}`));
    expect(cellsOf([' null', 'nullable', 'none'])).toEqual([' null', 'nullable', 'none']);
  });

  it('can be read back: one apostrophe is taken from what is guarded', () => {
    const texts = ['=1', "'=1", "''null", "'s", "'", '"', "-,-'"];
    const written = csvText(
      ['text'],
      texts.map((text) => [text]),
    );
    const guarded = /^'+(?:[=+\-@\t\r＝＋－＠]|(?:null|NULL|[Nn]a[Nn]|NA|N\/A|n\/a|<NA>|#N\/A|#NA|None)$)/;
    const read = csvParse(written).map(({ text }) => (guarded.test(text) ? text.slice(1) : text));
    expect(read).toEqual(texts);
  });

  it('keeps bytes as text', () => {
    const rows = [
      ['20', 1],
      ['2e35', 2],
      ['', 3],
    ];
    expect(csvText(['bytes', 'id'], rows)).toBe('bytes,id\r\n0x20,1\r\n0x2e35,2\r\n,3\r\n');
  });

  it('begins with a byte order mark on request, and only then', () => {
    expect(csvText(['文'], [['你']], { excel: true })).toBe('\ufeff文\r\n你\r\n');
    expect(csvText(['文'], [['你']])).toBe('文\r\n你\r\n');
  });
});
