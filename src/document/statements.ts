/** Tables of labelled texts: statements that are true or false, and any labels to probe for. For the command line and the host. */
import type { ProbeRow, TruthStatement } from '../protocol/insides';
import { ProblemError } from '../protocol/problem';
import { columnOf, optionalColumn, type Table } from './table';

const textColumns = ['statement', 'text', 'sentence', 'name'];
const groupColumns = ['topic', 'group'];
const labelColumns = ['label', 'class', 'value'];

/** Are its labels true and false, with topics to hold out? Then it trains a truth probe. */
export function holdsStatements(table: Table): boolean {
  const label = optionalColumn(table, ['label']);
  const group = optionalColumn(table, groupColumns);
  return label !== null && group !== null && table.rows.every((row) => truthValue(row[label]) !== null);
}

/** Negation from a column `polarity`, where there is one. Throws `columnMissing`, `notTruthValue`. */
export function truthStatements(table: Table, file: string | null): TruthStatement[] {
  const text = columnOf(table, textColumns, file);
  const label = columnOf(table, ['label'], file);
  const topic = columnOf(table, groupColumns, file);
  const polarity = optionalColumn(table, ['polarity']);
  const known = optionalColumn(table, ['known']);
  return table.rows.map((row) => {
    const value = truthValue(row[label]);
    if (value === null) throw new ProblemError('notTruthValue', [row[label]]);
    return {
      text: row[text],
      label: value,
      topic: row[topic],
      negated: polarity === null ? null : /^neg/i.test(row[polarity]),
      known: known === null || truthValue(row[known]) !== false,
    };
  });
}

/** Throws `columnMissing`. */
export function probeRows(table: Table, file: string | null): ProbeRow[] {
  const text = columnOf(table, textColumns, file);
  const label = columnOf(table, labelColumns, file);
  const group = optionalColumn(table, groupColumns);
  return table.rows.map((row) => ({ text: row[text], label: row[label], group: group === null ? null : row[group] }));
}

/** Name of the column that `probeRows` takes the labels from; null without one. */
export function labelColumn({ columns }: Pick<Table, 'columns'>): string | null {
  const found = optionalColumn({ columns }, labelColumns);
  return found === null ? null : columns[found];
}

export function truthValue(text: string): boolean | null {
  if (/^(?:true|yes|1|真|是)$/i.test(text)) return true;
  return /^(?:false|no|0|假|否)$/i.test(text) ? false : null;
}
