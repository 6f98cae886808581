import { describe, expect, it } from 'vitest';
import { holdsStatements, planProbe, truthStatements } from '../../../src/document/statements';
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
    const long = 'The key near the cabinet is';
    expect(planProbe(table(`text,label,group\n${long},x,g`), 'f')).toEqual({
      ...{ label: 'label', group: 'group', template: '' },
      rows: [{ text: long, label: 'x', group: 'g' }],
    });
    expect(planProbe(table('sentence,value\na,3'), 'f', { template: '' })).toMatchObject({
      ...{ label: 'value', group: null, rows: [{ text: 'a', label: '3', group: null }] },
    });
  });

  it('probe the columns that were chosen, else the first numbers', () => {
    const cities = table('Name,Country,Latitude,Longitude\nParis,France,48.86,2.35\nRome,Italy,41.90,12.50');
    expect(planProbe(cities, 'f')).toEqual({
      ...{ label: 'latitude', group: 'country', template: 'This is {x}' },
      rows: [
        { text: 'This is Paris', label: '48.86', group: 'France' },
        { text: 'This is Rome', label: '41.90', group: 'Italy' },
      ],
    });
    expect(planProbe(cities, 'f', { label: 'Longitude', group: '', template: 'The city of {x}' })).toMatchObject({
      ...{ label: 'longitude', group: null, template: 'The city of {x}' },
      rows: [{ text: 'The city of Paris', label: '2.35', group: null }, { label: '12.50' }],
    });
    expect(planProbe(cities, 'f', { label: 'country' })).toMatchObject({ label: 'country', group: null });
    expect(() => planProbe(cities, 'f', { label: 'height' })).toThrow(/no column height/);
    expect(() => planProbe(cities, 'f', { group: 'height' })).toThrow(/no column height/);
    expect(() => planProbe(cities, 'f', { template: 'The city' })).toThrow(/has no {x}/);
    expect(() => planProbe(table('text,topic\na,t'), 'f')).toThrow(/no column label/);
  });
});
