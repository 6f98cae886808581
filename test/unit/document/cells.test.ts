import { describe, expect, it } from 'vitest';
import { isBlank, numbersIn, truthValue } from '../../../src/document/cells';

describe('true and false', () => {
  it.each(['True', 'TRUE', 'true', 'yes', '1', '1.0', ' 1.00', 'WAHR', 'VRAI', '真', '是', '對'])(
    '%s is true',
    (cell) => {
      expect(truthValue(cell)).toBe(true);
    },
  );
  it.each(['False', 'FALSE', 'no', '0', '0.0', 'FALSCH', 'FAUX', 'FALSO', '假', '否', '错'])('%s is false', (cell) => {
    expect(truthValue(cell)).toBe(false);
  });
  it.each(['', '2', '0.5', '1.01', '-1', 'maybe', 'nan', '10'])('%j is neither', (cell) => {
    expect(truthValue(cell)).toBeNull();
  });
});

describe('numbers', () => {
  const read = (cells: string[], delimiter: ',' | ';' | '\t') => numbersIn(cells, delimiter)?.texts.map(Number);

  it.each([
    [['0,5', '12', '-29,5'], ';', [0.5, 12, -29.5]],
    [['0,5', '1,25'], '\t', [0.5, 1.25]],
    // Between commas such cells stand in quotes.
    [['0,5', '1,25'], ',', [0.5, 1.25]],
    [['1.234,5', '12', '1.234.567,25'], ';', [1234.5, 12, 1234567.25]],
    [['1,234.5', '12', '1,234,567'], ',', [1234.5, 12, 1234567]],
    [['1 234,5', '0,25'], ';', [1234.5, 0.25]],
    [["1'234.50", '0.25'], ';', [1234.5, 0.25]],
    // Both readings fit, so the delimiter between the cells decides.
    [['1,234', '2,500'], ';', [1.234, 2.5]],
    [['1,234', '2,500'], ',', [1234, 2500]],
    [['1.234', '2.500'], ';', [1.234, 2.5]],
    [['−3', '+4', '.5', '1e3'], ',', [-3, 4, 0.5, 1000]],
  ] as const)('%j between %j are %j', (cells, delimiter, numbers) => {
    expect(read([...cells], delimiter)).toEqual(numbers);
  });

  it('leave gaps where a cell is blank', () => {
    expect(numbersIn(['1', '', 'nan', 'N/A', '2'], ',')).toEqual({ texts: ['1', '', '', '', '2'], style: 'plain' });
    expect(['', ' ', 'NaN', 'null', '<NA>'].every(isBlank)).toBe(true);
    expect(isBlank('none')).toBe(false);
  });

  it.each([[['a', '1']], [['1,2,3']], [['12,34', '1.5']], [['0x10']], [['Infinity']], [['']], [['1.2.3']]])(
    '%j are none',
    (cells) => {
      expect(numbersIn(cells, ';')).toBeNull();
    },
  );
});
