/**
 * The records of a text whose cells are separated by commas, semicolons, tabs or bars: RFC 4180, and the variants that spreadsheets and
 * people write (quotes in the middle of a cell, Excel's line `sep=;`, line ends of all systems, empty cells behind a row).
 */
import { type CsvError, type Options, parse } from 'csv-parse/browser/esm/sync';
import { type Clause, clause } from '../protocol/clauses';
import { ProblemError } from '../protocol/problem';
import type { Delimiter } from '../protocol/tableReading';
import { sourceName } from './source';

export interface Delimited {
  /** Null = one column. */
  delimiter: Delimiter | null;
  /** Every cell is trimmed, unless it was quoted; no record is entirely blank. */
  records: string[][];
  /** Line of the file on which each record begins, from 1. */
  lines: number[];
  /** Offset at which the records begin: after a byte order mark and a line `sep=`. */
  start: number;
}

/** The first one is preferred where nothing else decides. */
const delimiters: readonly Delimiter[] = ['\t', ';', ',', '|'];
/** The number of records from which the delimiter is determined. */
const sampled = 60;
/** This character cannot occur in a text that a person wrote, so it separates nothing. */
const noDelimiter = '\u001f';

const common: Options = {
  record_delimiter: ['\r\n', '\n', '\r'],
  skip_empty_lines: true,
  relax_column_count: true,
  info: true,
};
/** White space around a cell is not part of it. */
const strict: Options = { ...common, trim: true };
/** A quote that is not closed, or that is in the middle of a cell, is an ordinary character. */
const relaxed: Options = {
  ...common,
  ltrim: true,
  relax_quotes: true,
  cast: (value, { quoting }) => (quoting ? value.replace(/^"([^"]*)"\s+$/, '$1') : value.trim()),
};

interface Parsed {
  info: { lines: number; empty_lines: number };
  record: string[];
}

/** Throws `tableMalformed` with the line where a quote is not closed or a row has a different number of cells than the first. */
export function readDelimited(text: string, file: string | null): Delimited {
  const start = text.startsWith('\uFEFF') ? 1 : 0;
  const said = /^sep=(.)[^\S\r\n]*(?:\r\n|\n|\r|$)/i.exec(text.slice(start));
  const from = start + (said?.[0].length ?? 0);
  const body = text.slice(from);
  const firstLine = said ? 2 : 1;
  const named = delimiters.find((each) => each === said?.[1]);
  const delimiter = named ?? likelyDelimiter(body);
  const parsed = parsedAll(body, delimiter, (line) => malformed(file, clause('quoteOpen', line + firstLine - 1)));
  const records: string[][] = [];
  const lines: number[] = [];
  let before = { lines: 0, empty_lines: 0 };
  for (const { info, record } of parsed) {
    const line = before.lines + info.empty_lines - before.empty_lines + firstLine;
    before = info;
    if (record.every((cell) => cell === '')) continue;
    records.push(record.map((cell) => cell.replace(/\r\n?/g, '\n')));
    lines.push(line);
  }
  return { delimiter, records: even(records, lines, file), lines, start: from };
}

/** Reads strictly first: where every quote is in its place, nothing needs to be guessed. */
function parsedAll(text: string, delimiter: Delimiter | null, notClosed: (line: number) => ProblemError): Parsed[] {
  const own = { delimiter: delimiter ?? noDelimiter };
  const strictly = parsedWith(text, { ...strict, ...own });
  if (strictly.error === null) return strictly.records;
  if (strictly.error === 'CSV_QUOTE_NOT_CLOSED') throw notClosed(lineAfter(text, strictly.records.at(-1)));
  const loosely = parsedWith(text, { ...relaxed, ...own });
  if (loosely.error !== null) throw notClosed(lineAfter(text, loosely.records.at(-1)));
  // A quote that is opened on one line and closed on another, in the middle of a cell, has swallowed rows.
  const swallowed = loosely.records.findIndex(({ record }) =>
    record.some((cell) => cell.startsWith('"') && /[\r\n]/.test(cell)),
  );
  if (swallowed >= 0) throw notClosed(lineAfter(text, loosely.records[swallowed - 1]));
  return loosely.records;
}

/** The records read before the error, and the error's code. */
function parsedWith(text: string, options: Options): { records: Parsed[]; error: string | null } {
  const records: Parsed[] = [];
  const keep = (record: unknown, info: unknown) => {
    records.push({ record: record as string[], info: { ...(info as Parsed['info']) } });
    return null;
  };
  try {
    parse(text, { ...options, info: false, on_record: keep as never });
    return { records, error: null };
  } catch (error) {
    return { records, error: (error as CsvError).code ?? String(error) };
  }
}

/** The first line after a record that is not empty, from 1. */
function lineAfter(text: string, before: Parsed | undefined): number {
  const rest = text.split(/\r\n|\n|\r/);
  let line = before?.info.lines ?? 0;
  while (line < rest.length - 1 && rest[line].trim() === '') line++;
  return line + 1;
}

/**
 * The delimiter that gives the first record several cells and most other records the same number. Null where none splits the first record
 * (headings and R's row names aside), or where it is the only record that any would split.
 */
function likelyDelimiter(text: string): Delimiter | null {
  const present = delimiters.filter((each) => text.includes(each));
  const candidates = present.map((delimiter) => {
    const { records } = parsedWith(text, { ...relaxed, delimiter, to: sampled });
    const widths = records.map(({ record }) => record.length);
    const [first = 0, ...others] = widths;
    // R writes tables with row names that have no header of their own.
    const named = first > 0 && others.length > 0 && others.every((width) => width === first + 1);
    const same = others.filter((width) => width === first || (named && width === first + 1)).length;
    // A heading above the table has one cell of several words, followed by rows of equal width; it is reported as such.
    const titled = first === 1 && others.length > 1 && /\s/.test(records[0].record[0]) && new Set(others).size === 1;
    const splits =
      (first > 1 && (others.length === 0 || others.some((width) => width > 1))) ||
      (named && isIndexed(records)) ||
      (titled && others[0] > 1);
    return { delimiter, splits, share: others.length === 0 ? 1 : same / others.length, first };
  });
  const [best] = candidates.filter(({ splits }) => splits).sort((a, b) => b.share - a.share || b.first - a.first);
  return best?.delimiter ?? null;
}

const isIndexed = (records: readonly Parsed[]): boolean =>
  records.slice(1).every(({ record }) => /^\d+$/.test(record[0]));

/** Makes every record as wide as the first: empty cells after it are dropped, and a name for R's row numbers is inserted. */
function even(records: string[][], lines: readonly number[], file: string | null): string[][] {
  const [header, ...rows] = records;
  if (!header) return [];
  const named = rows.length > 0 && rows.every((row) => row.length === header.length + 1 && /^\d+$/.test(row[0]));
  const all = named ? [['', ...header], ...rows] : records;
  const blank = (column: number) => all.every((row) => (row[column] ?? '') === '');
  let width = all[0].length;
  while (width > 1 && blank(width - 1)) width--;
  return all.map((row, at) => {
    if (row.length < width || row.slice(width).some((cell) => cell !== '')) {
      throw malformed(file, clause('rowUneven', lines[at], row.length, width));
    }
    return row.slice(0, width);
  });
}

function malformed(file: string | null, cause: Clause): ProblemError {
  return new ProblemError('tableMalformed', [sourceName(file), cause]);
}
