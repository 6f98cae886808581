import { describe, expect, it } from 'vitest';
import { holdsStatements, probeRows, truthStatements } from '../../../src/document/statements';
import { parseTable } from '../../../src/document/table';

const table = (text: string) => parseTable(text, 'data.csv');

describe('tables of statements', () => {
  it('are told from other labels', () => {
    expect(holdsStatements(table('statement,label,topic\na.,true,t\nb.,FALSE,t'))).toBe(true);
    expect(holdsStatements(table('text,label,group\na,1,g\nb,2,g'))).toBe(false);
    expect(holdsStatements(table('text,label\na,true\nb,false'))).toBe(false);
  });

  it('have values, topics, polarity and what is known where the table says so', () => {
    const [first, second] = truthStatements(
      table(
        'statement,label,topic,polarity,known\nRome is old.,yes,age,affirmative,true\nRome is not old.,0,age,negated,false',
      ),
      'data.csv',
    );
    expect(first).toEqual({ text: 'Rome is old.', label: true, topic: 'age', negated: false, known: true });
    expect(second).toEqual({ text: 'Rome is not old.', label: false, topic: 'age', negated: true, known: false });
    const [plain] = truthStatements(table('text,label,group\na.,真,t'), 'data.csv');
    expect(plain).toMatchObject({ label: true, negated: null, known: true });
  });

  it('are refused with the label or the column that is wrong', () => {
    expect(() => truthStatements(table('text,label,topic\na,maybe,t'), 'data.csv')).toThrow(/"maybe" is neither/);
    expect(() => truthStatements(table('text,topic\na,t'), 'data.csv')).toThrow(/no column label/);
  });

  it('give rows to probe with groups or without', () => {
    expect(probeRows(table('text,label,group\na,x,g'), 'f')).toEqual([{ text: 'a', label: 'x', group: 'g' }]);
    expect(probeRows(table('sentence,value\na,3'), 'f')).toEqual([{ text: 'a', label: '3', group: null }]);
  });
});
