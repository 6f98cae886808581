/** Tables of labelled texts: statements that are true or false, and any other labels to probe for. */
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
/**
 * Group columns for labels that need not be true or false; `country` is one of them because cities of one country reveal each other's
 * labels.
 */
const heldOutColumns = [...groupColumns, 'country'];

/** Whether its labels are true and false, with topics to hold out, so that it trains a truth probe. */
export function holdsStatements(table: Table): boolean {
  const label = optionalColumn(table, ['label']);
  const group = optionalColumn(table, groupColumns);
  if (label === null || group === null) return false;
  const labels = table.rows.map((row) => row[label]).filter((cell) => !isBlank(cell));
  return labels.length > 0 && labels.every((cell) => truthValue(cell) !== null);
}

/**
 * Rows with a text and a label, with the negation from a column `polarity`, where there is one. Throws `columnMissing`, `notTruthValue`,
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

/** How `truthStatements` reads the table, and which rows it leaves out. Throws the same errors. */
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

/** Rows without a text or a label are of no use: they are left out and counted. Throws `noLabels` where none remains. */
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

/** The parts of a table that are probed; null = found by the columns' names and cells. */
export interface ProbeChoice {
  /** Column of the labels. */
  label?: string | null;
  /** Column of the groups that are held out together; '' = each row by itself. */
  group?: string | null;
  /** The template into which a row's text is inserted; '' = the text as it is. */
  template?: string | null;
}

/** The choice with all defaults resolved, and the rows that result from it. */
export interface ProbePlan {
  label: string;
  group: string | null;
  template: string;
  /** Labels that are numbers are written as `Number` reads them. */
  rows: ProbeRow[];
  reading: TableReading;
}

/**
 * Labels come from a column of that name, else from the first column of numbers; names and words are put into a template. Throws
 * `columnMissing`, `noLabels`, `templateWithoutSlot`.
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
      // Rows whose group is unknown do not form a group.
      group: group === null ? null : row[group] || null,
    })),
    reading: readingWith(table, rows.length, [...notes, ...said]),
  };
}

/** Whole numbers that only count the rows are not labels. */
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

/** Numeric labels with more distinct values than this are numbers and not names of classes. */
const mostNumericClasses = 10;

/** The task that the labels imply, where it is not chosen. */
export function taskOf(rows: readonly ProbeRow[], chosen: ProbeTask | 'auto'): ProbeTask {
  if (chosen !== 'auto') return chosen;
  const labels = [...new Set(rows.map(({ label }) => label.trim()))];
  const numeric = labels.every((label) => label !== '' && Number.isFinite(Number(label)));
  return numeric && labels.length > mostNumericClasses ? 'number' : 'classes';
}
