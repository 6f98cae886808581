/** Tables of labelled texts: statements that are true or false, and any labels to probe for. For the command line and the host. */
import type { ProbeRow, ProbeTask } from '../analysis/probe/contract';
import type { TruthStatement } from '../analysis/truth/contract';
import { ProblemError } from '../protocol/problem';
import type { TableNote, TableReading } from '../protocol/tableReading';
import { isBlank, numbersIn, truthValue } from './cells';
import { sourceName } from './source';
import { columnOf, filledIn, leftOutNote, optionalColumn, readingWith, type Table, templateFor } from './table';

const textColumns = ['statement', 'text', 'sentence', 'name', 'phrase', 'word', 'prompt', '文本', '句子'];
const groupColumns = ['topic', 'group'];
const labelColumns = ['label', 'class', 'value', '标签', '標籤', '类别', '類別'];
/** Of labels that need not be true or false: cities of one country, too, tell of one another. */
const heldOutColumns = [...groupColumns, 'country'];

/** Are its labels true and false, with topics to hold out? Then it trains a truth probe. */
export function holdsStatements(table: Table): boolean {
  const label = optionalColumn(table, ['label']);
  const group = optionalColumn(table, groupColumns);
  if (label === null || group === null) return false;
  const labels = table.rows.map((row) => row[label]).filter((cell) => !isBlank(cell));
  return labels.length > 0 && labels.every((cell) => truthValue(cell) !== null);
}

/**
 * Rows with a text and a label; negation from a column `polarity`, where there is one. Throws `columnMissing`, `notTruthValue`,
 * `noLabels`.
 */
export function truthStatements(table: Table, file: string | null): TruthStatement[] {
  const { text, label, topic } = statementColumns(table, file);
  const polarity = optionalColumn(table, ['polarity']);
  const known = optionalColumn(table, ['known']);
  return usedRows(table, text, label, file).rows.map((row) => {
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

/** What `truthStatements` reads, and leaves out. Throws the same. */
export function statementsReading(table: Table, file: string | null): TableReading {
  const { text, label } = statementColumns(table, file);
  const { rows, notes } = usedRows(table, text, label, file);
  return readingWith(table, rows.length, notes);
}

function statementColumns(table: Table, file: string | null) {
  return {
    text: columnOf(table, textColumns, file),
    label: columnOf(table, ['label'], file),
    topic: columnOf(table, groupColumns, file),
  };
}

/** Rows without a text or a label say nothing: they are left out, and counted. Throws `noLabels` where none is left. */
function usedRows(table: Table, text: number, label: number, file: string | null) {
  const withText = table.rows.filter((row) => row[text] !== '');
  const rows = withText.filter((row) => !isBlank(row[label]));
  if (rows.length === 0) throw new ProblemError('noLabels', [sourceName(file), table.columns[label]]);
  const notes: TableNote[] = [
    ...leftOutNote('noText', table.rows.length - withText.length),
    ...leftOutNote('noLabel', withText.length - rows.length),
  ];
  return { rows, notes };
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
  /** Labels that are numbers are written as `Number` reads them. */
  rows: ProbeRow[];
  reading: TableReading;
}

/**
 * Labels from a column of that name, else from the first one of numbers; names and words in a template. Throws `columnMissing`,
 * `noLabels`, `templateWithoutSlot`.
 */
export function planProbe(table: Table, file: string | null, choice: ProbeChoice = {}): ProbePlan {
  const { columns, reading } = table;
  const text = columnOf(table, textColumns, file);
  const label = labelIn(table, choice.label ?? null, text, file);
  const group = groupIn(table, choice.group ?? null, label, file);
  const { rows, notes } = usedRows(table, text, label, file);
  const cells = rows.map((row) => row[text]);
  const template = choice.template ?? templateFor(cells);
  const written = rows.map((row) => row[label]);
  const numbers = numbersIn(written, reading.delimiter);
  const said = numbers && numbers.style !== 'plain' ? [{ kind: numbers.style, args: [columns[label]] }] : [];
  return {
    label: columns[label],
    group: group === null ? null : columns[group],
    template,
    rows: rows.map((row, at) => ({
      text: filledIn(cells[at], template || null),
      label: numbers?.texts[at] ?? written[at],
      // Rows whose group is not known are not of one group.
      group: group === null ? null : row[group] || null,
    })),
    reading: readingWith(table, rows.length, [...notes, ...said]),
  };
}

/** Whole numbers that count the rows are no labels. */
const countingColumns = /^(?:id|index|idx|row|rows|no\.?|nr\.?|#|rownames|column \d+)$/;

function labelIn(table: Table, chosen: string | null, text: number, file: string | null): number {
  if (chosen !== null) return columnOf(table, [chosen.toLowerCase()], file);
  const named = optionalColumn(table, labelColumns);
  if (named !== null) return named;
  const numeric = table.columns.findIndex(
    (name, at) => at !== text && !isCounting(table, name, at) && isNumeric(table, at),
  );
  return numeric >= 0 ? numeric : columnOf(table, labelColumns, file);
}

function isNumeric({ rows, reading }: Table, column: number): boolean {
  return (
    numbersIn(
      rows.map((row) => row[column]),
      reading.delimiter,
    ) !== null
  );
}

function isCounting({ rows }: Table, name: string, column: number): boolean {
  return countingColumns.test(name) && new Set(rows.map((row) => row[column])).size === rows.length;
}

function groupIn(table: Table, chosen: string | null, label: number, file: string | null): number | null {
  if (chosen === '') return null;
  if (chosen !== null) return columnOf(table, [chosen.toLowerCase()], file);
  const found = optionalColumn(table, heldOutColumns);
  return found === label ? null : found;
}

/** Labels that are numbers, and more different ones than this, are numbers and not names of classes. */
const mostNumericClasses = 10;

/** What the labels are, where that is left to them. */
export function taskOf(rows: readonly ProbeRow[], chosen: ProbeTask | 'auto'): ProbeTask {
  if (chosen !== 'auto') return chosen;
  const labels = [...new Set(rows.map(({ label }) => label.trim()))];
  const numeric = labels.every((label) => label !== '' && Number.isFinite(Number(label)));
  return numeric && labels.length > mostNumericClasses ? 'number' : 'classes';
}
