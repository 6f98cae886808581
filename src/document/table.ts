/**
 * Lists and tables as texts: the lines of a list, the rows of a CSV, each put into a template. For embeddings, probes and the lie
 * detector. Every text knows where it stands in the file.
 */
import { type CsvError, parse } from 'csv-parse/browser/esm/sync';
import type { PromptInput, Range } from '../protocol/model';
import { ProblemError } from '../protocol/problem';
import { maxPromptLength, sourceName } from './source';

/** Rows of one file; beyond, reading their states would take hours. */
export const mostRows = 20_000;
/** Stands for the row's text in a template. */
const slot = '{x}';

export interface Table {
  /** Lower case. */
  columns: string[];
  rows: string[][];
}

/**
 * A CSV with a header line: comma, semicolon or tab, quotes doubled inside quotes. Throws `emptyPrompt`, `tableMalformed`,
 * `textTooLarge`.
 */
export function parseTable(text: string, file: string | null): Table {
  if (text.length > maxPromptLength) {
    throw new ProblemError('textTooLarge', [text.length.toLocaleString('en'), maxPromptLength.toLocaleString('en')]);
  }
  const firstLine = text.slice(0, Math.max(0, text.search(/[\r\n]/)) || text.length);
  const delimiter = [',', ';', '\t'].reduce((best, each) =>
    firstLine.split(each).length > firstLine.split(best).length ? each : best,
  );
  let records: string[][];
  try {
    records = parse(text, { bom: true, delimiter, skip_empty_lines: true, trim: true, to: mostRows + 1 });
  } catch (error) {
    const { message } = error as CsvError;
    throw new ProblemError('tableMalformed', [sourceName(file), message]);
  }
  const [header, ...rows] = records;
  if (!header || rows.length === 0) throw new ProblemError('emptyPrompt', [sourceName(file)]);
  return { columns: header.map((name) => name.toLowerCase()), rows };
}

/** The place of the first of these columns. Throws `columnMissing`, which names them. */
export function columnOf({ columns }: Table, names: readonly string[], file: string | null): number {
  const found = optionalColumn({ columns }, names);
  if (found === null) throw new ProblemError('columnMissing', [sourceName(file), names.join(', '), columns.join(', ')]);
  return found;
}

export function optionalColumn({ columns }: Pick<Table, 'columns'>, names: readonly string[]): number | null {
  const name = names.find((each) => columns.includes(each));
  return name === undefined ? null : columns.indexOf(name);
}

export interface ListedText {
  text: string;
  group: string | null;
}

/** Names of the columns that hold what is read, and what the rows are grouped by. */
export const textColumns = ['text', 'statement', 'name', 'word', 'sentence', 'prompt'];
export const groupColumns = ['group', 'label', 'class', 'topic', 'country'];

/** Rows of a CSV: its text column (by name, else the first) and its group column if there is one. */
export function tableTexts(table: Table): ListedText[] {
  const text = optionalColumn(table, textColumns) ?? 0;
  const group = optionalColumn(table, groupColumns);
  return table.rows
    .map((row) => ({ text: row[text] ?? '', group: group === null ? null : (row[group] ?? null) }))
    .filter((row) => row.text !== '');
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

/** `My name is {x}` with the text in its place; a template without the slot throws `templateWithoutSlot`. */
export function filledIn(text: string, template: string | null): string {
  if (template === null) return text;
  if (!template.includes(slot)) throw new ProblemError('templateWithoutSlot', [template, slot]);
  return template.replace(slot, () => text);
}

/** The same, as a prompt. */
export function inTemplate(text: string, template: string | null): PromptInput {
  return { kind: 'raw', file: null, text: filledIn(text, template), pieces: [] };
}

/** A row this short, and no sentence, is a name or a word: alone it would be the first token, whose state is unlike all others. */
const shortText = 24;

/** For rows whose template nobody has chosen; '' = none. */
export function templateFor(cells: readonly string[]): string {
  const isName = (cell: string) => cell.length <= shortText && !/[.!?。！？]$/.test(cell);
  return cells.every(isName) ? `This is ${slot}` : '';
}
