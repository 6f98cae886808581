/**
 * Lists and tables as texts: the lines of a list or the rows of a CSV, each put into a template. Every text knows its place in the file,
 * and every table how it was read.
 */
import type { PromptInput, Range } from '../protocol/model';
import { ProblemError } from '../protocol/problem';
import type { TableNote, TableReading } from '../protocol/tableReading';
import { checkLength } from '../protocol/textLength';
import { isBlank, numbersIn, truthValue } from './cells';
import { readDelimited } from './delimited';
import { sourceName } from './source';
import { hasHeader, indexColumns, namesFrom, namesOf } from './tableHeader';

/** The most rows of one file; reading the states of more would take hours. A longer table is refused, never cut. */
export const mostRows = 20_000;
/** The place of the row's text in a template. */
const slot = '{x}';

export interface Table {
  /** In lower case and without repetition. */
  columns: string[];
  /** Every row as long as `columns`. */
  rows: string[][];
  /** Offset in the file after the header, from which the rows are searched. */
  start: number;
  reading: TableReading;
}

export interface TableOptions {
  /** Whether the first line holds the columns' names; null = decided by its look. */
  header?: boolean | null;
}

/**
 * Reads cells with commas, semicolons, tabs or bars between them, quotes doubled inside quotes, with or without a header. Throws
 * `emptyPrompt`, `tableMalformed`, `tableTooLong`, `textTooLarge`.
 */
export function parseTable(text: string, file: string | null, { header: said = null }: TableOptions = {}): Table {
  checkLength(text.length);
  const { delimiter, records, start } = readDelimited(text, file);
  if (records.length === 0) throw new ProblemError('emptyPrompt', [sourceName(file)]);
  const header = said ?? hasHeader(records);
  const count = records.length - (header ? 1 : 0);
  if (count === 0) throw new ProblemError('emptyPrompt', [sourceName(file)]);
  if (count > mostRows) {
    throw new ProblemError('tableTooLong', [
      sourceName(file),
      count.toLocaleString('en'),
      mostRows.toLocaleString('en'),
    ]);
  }
  const index = indexColumns(records, header);
  const used = records.map((record) => record.filter((_, column) => !index.includes(column)));
  const rows = header ? used.slice(1) : used;
  const { columns, twice } = header ? namesFrom(used[0]) : { columns: namesOf(rows), twice: [] };
  const undecoded = rows.reduce((sum, row) => sum + row.filter((cell) => cell.includes('\uFFFD')).length, 0);
  const notes: TableNote[] = [
    ...(index.length > 0 ? [{ kind: 'indexColumn' as const, args: [] }] : []),
    ...twice.map((name) => ({ kind: 'duplicateColumn' as const, args: [name] })),
    ...(undecoded > 0 ? [{ kind: 'undecoded' as const, args: [undecoded] }] : []),
  ];
  return {
    columns,
    rows,
    start: header ? Math.max(start, text.slice(start).search(/[\r\n]/) + start) : start,
    reading: { rows: count, columns, delimiter, header, guessed: said === null, notes },
  };
}

/** The table's reading after some rows are left out and some columns are read as numbers. */
export function readingWith({ reading }: Table, rows: number, notes: readonly TableNote[]): TableReading {
  return { ...reading, rows, notes: [...reading.notes, ...notes] };
}

/** The note on rows that are left out; none for 0. */
export function leftOutNote(kind: 'noText' | 'noLabel', count: number): TableNote[] {
  return count > 0 ? [{ kind, args: [count] }] : [];
}

/** The index of the first of these columns that exists. Throws `columnMissing`, which names them. */
export function columnOf({ columns }: Table, names: readonly string[], file: string | null): number {
  const found = optionalColumn({ columns }, names);
  if (found !== null) return found;
  const shown = columns.length > mostShown ? [...columns.slice(0, mostShown), '…'] : columns;
  throw new ProblemError('columnMissing', [sourceName(file), names.join(', '), shown.join(', ')]);
}

/** The most columns that a sentence lists. */
const mostShown = 20;

export function optionalColumn({ columns }: Pick<Table, 'columns'>, names: readonly string[]): number | null {
  const name = names.find((each) => columns.includes(each));
  return name === undefined ? null : columns.indexOf(name);
}

export interface ListedText {
  text: string;
  group: string | null;
}

/** Names of the columns that hold the texts, and of those that group the rows. */
export const textColumns = ['text', 'statement', 'name', 'word', 'sentence', 'phrase', 'prompt', '文本', '句子'];
export const groupColumns = ['group', 'label', 'class', 'topic', 'country', '标签', '標籤', '类别', '類別'];

/** The text column: by its name, else the first that holds neither numbers nor truth values, else the first. */
export function textColumn(table: Table): number {
  const named = optionalColumn(table, textColumns);
  if (named !== null) return named;
  const isWords = (column: number) => {
    const cells = table.rows.map((row) => row[column]).filter((cell) => !isBlank(cell));
    const numbers = numbersIn(cells, table.reading.delimiter) !== null;
    return cells.length > 0 && !numbers && !cells.every((cell) => truthValue(cell) !== null);
  };
  return Math.max(
    0,
    table.columns.findIndex((_, column) => isWords(column)),
  );
}

/** Rows of a CSV that have a text, with their group if there is a group column. Throws `emptyPrompt` where no row has a text. */
export function tableTexts(table: Table, file: string | null): { texts: ListedText[]; reading: TableReading } {
  const text = textColumn(table);
  const group = optionalColumn(table, groupColumns);
  const texts = table.rows
    .filter((row) => row[text] !== '')
    .map((row) => ({ text: row[text], group: group === null ? null : row[group] || null }));
  if (texts.length === 0) throw new ProblemError('emptyPrompt', [sourceName(file)]);
  return { texts, reading: readingWith(table, texts.length, leftOutNote('noText', table.rows.length - texts.length)) };
}

/** Lines that are not empty, with their UTF-16 ranges in the file. */
export function lines(text: string): { text: string; source: Range }[] {
  return [...text.matchAll(/[^\r\n]+/g)]
    .map((match) => {
      const lead = match[0].length - match[0].trimStart().length;
      const own = match[0].trim();
      return { text: own, source: [match.index + lead, match.index + lead + own.length] as Range };
    })
    .filter((line) => line.text !== '' && line.text !== '\uFEFF');
}

/** A template such as `My name is {x}` with the text inserted; a template without the slot throws `templateWithoutSlot`. */
export function filledIn(text: string, template: string | null): string {
  if (template === null) return text;
  if (!template.includes(slot)) throw new ProblemError('templateWithoutSlot', [template, slot]);
  return template.replace(slot, () => text);
}

/** The same, as a prompt. */
export function inTemplate(text: string, template: string | null): PromptInput {
  return { kind: 'raw', file: null, text: filledIn(text, template), pieces: [] };
}

/** A row this short that is not a sentence is a name or a word: alone it would be the first token, whose state is unlike all others. */
const shortText = 24;

/** The default template for rows; '' = none. */
export function templateFor(cells: readonly string[]): string {
  const isName = (cell: string) => cell.length <= shortText && !/[.!?。！？]$/.test(cell);
  return cells.every(isName) ? `This is ${slot}` : '';
}
