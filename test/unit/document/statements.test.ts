import { describe, expect, it } from 'vitest';
import {
  holdsStatements,
  planProbe,
  statementsReading,
  taskOf,
  truthStatements,
} from '../../../src/document/statements';
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
    expect(planProbe(table(`text,label,group\n${long},x,g`), 'f')).toMatchObject({
      ...{ label: 'label', group: 'group', template: '' },
      rows: [{ text: long, label: 'x', group: 'g' }],
    });
    expect(planProbe(table('sentence,value\na,3'), 'f', { template: '' })).toMatchObject({
      ...{ label: 'value', group: null, rows: [{ text: 'a', label: '3', group: null }] },
    });
  });

  it('probe the columns that were chosen, else the first numbers', () => {
    const cities = table('Name,Country,Latitude,Longitude\nParis,France,48.86,2.35\nRome,Italy,41.90,12.50');
    expect(planProbe(cities, 'f')).toMatchObject({
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

  it('read decimal commas as numbers, and say so', () => {
    const rows = Array.from({ length: 30 }, (_, at) => `Row ${'abc'[at % 3]}${at} text;${at},5;${at % 6}`);
    const plan = planProbe(table(`text;value;group\n${rows.join('\n')}\n`), 'f');
    expect(plan.rows.map(({ label }) => Number(label))).toEqual(rows.map((_, at) => at + 0.5));
    expect(plan.reading.notes).toEqual([{ kind: 'decimalComma', args: ['value'] }]);
  });

  it('leave rows without a label or a text out, and count them', () => {
    const plan = planProbe(
      table('text,label,group\none row here,a,0\nanother row,b,\na third row,,2\n,a,3\nlast row,nan,4'),
      'f',
    );
    expect(plan.rows.map(({ label, group }) => [label, group])).toEqual([
      ['a', '0'],
      ['b', null],
    ]);
    expect(plan.reading).toMatchObject({
      rows: 2,
      notes: [
        { kind: 'noText', args: [1] },
        { kind: 'noLabel', args: [2] },
      ],
    });
    expect(() => planProbe(table('text,label\na,\nb,'), 'data.csv')).toThrow(
      /No row of data\.csv has a text and a label in the column label/,
    );
  });

  it('take 1.0 and 0.0, which pandas writes, for true and false', () => {
    const rows = table('statement,label,topic\nRome is old.,1.0,x\nRome is new.,0.0,y\nRome is.,,y\n');
    expect(holdsStatements(rows)).toBe(true);
    expect(truthStatements(rows, 'f').map(({ label }) => label)).toEqual([true, false]);
    expect(statementsReading(rows, 'f')).toMatchObject({ rows: 2, notes: [{ kind: 'noLabel', args: [1] }] });
  });

  it('take no row numbers for labels', () => {
    const plan = planProbe(table('id,text,height\n7,Everest,8849\n9,K2,8611\n12,Lhotse,8516'), 'f');
    expect(plan.label).toBe('height');
    expect(() => planProbe(table('id,text\n7,Everest\n9,K2'), 'f')).toThrow(/no column label/);
  });

  it('takes many different numbers for numbers, and few for classes', () => {
    const rows = (labels: string[]) => labels.map((label) => ({ text: label, label, group: null }));
    expect(taskOf(rows(Array.from({ length: 20 }, (_, i) => String(i / 2))), 'auto')).toBe('number');
    expect(taskOf(rows(['0', '1', '1']), 'auto')).toBe('classes');
    expect(taskOf(rows(['0', '1', '1']), 'number')).toBe('number');
  });
});
