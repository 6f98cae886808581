/** Tables of labelled texts: statements that are true or false, and any labels to probe for. For the command line and the host. */
import type { ProbeRow, TruthStatement } from '../protocol/insides';
import { ProblemError } from '../protocol/problem';
import { columnOf, filledIn, optionalColumn, type Table, templateFor } from './table';

const textColumns = ['statement', 'text', 'sentence', 'name'];
const groupColumns = ['topic', 'group'];
const labelColumns = ['label', 'class', 'value'];
/** Of labels that need not be true or false: cities of one country, too, tell of one another. */
const heldOutColumns = [...groupColumns, 'country'];

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

/** What of a table is probed; null = found by the columns' names and cells. */
export interface ProbeChoice {
  /** Column of the labels. */
  label?: string | null;
  /** Column of what is held out together; '' = each row by itself. */
  group?: string | null;
  /** Where a row's text stands; '' = as it is. */
  template?: string | null;
}

/** The choice once it is definite, and the rows that come of it. */
export interface ProbePlan {
  label: string;
  group: string | null;
  template: string;
  rows: ProbeRow[];
}

/**
 * Labels from a column of that name, else from the first one of numbers; names and words in a template. Throws `columnMissing`,
 * `templateWithoutSlot`.
 */
export function planProbe(table: Table, file: string | null, choice: ProbeChoice = {}): ProbePlan {
  const { columns, rows } = table;
  const text = columnOf(table, textColumns, file);
  const label = labelIn(table, choice.label ?? null, text, file);
  const group = groupIn(table, choice.group ?? null, label, file);
  const cells = rows.map((row) => row[text]);
  const template = choice.template ?? templateFor(cells);
  return {
    label: columns[label],
    group: group === null ? null : columns[group],
    template,
    rows: rows.map((row, at) => ({
      text: filledIn(cells[at], template || null),
      label: row[label],
      group: group === null ? null : row[group],
    })),
  };
}

function labelIn(table: Table, chosen: string | null, text: number, file: string | null): number {
  if (chosen !== null) return columnOf(table, [chosen.toLowerCase()], file);
  const isNumeric = (at: number) => table.rows.every((row) => row[at] !== '' && Number.isFinite(Number(row[at])));
  const numeric = table.columns.findIndex((_, at) => at !== text && isNumeric(at));
  if (optionalColumn(table, labelColumns) === null && numeric >= 0) return numeric;
  return columnOf(table, labelColumns, file);
}

function groupIn(table: Table, chosen: string | null, label: number, file: string | null): number | null {
  if (chosen === '') return null;
  if (chosen !== null) return columnOf(table, [chosen.toLowerCase()], file);
  const found = optionalColumn(table, heldOutColumns);
  return found === label ? null : found;
}

export function truthValue(text: string): boolean | null {
  if (/^(?:true|yes|1|真|是)$/i.test(text)) return true;
  return /^(?:false|no|0|假|否)$/i.test(text) ? false : null;
}
