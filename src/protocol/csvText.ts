/**
 * Comma-separated values by RFC 4180, written so that no other program takes a cell for something that it is not. A text that a spreadsheet
 * would compute (`=1+1`, `-`), or that a table reader would take for a missing number (`null`), gets an apostrophe before it. A reader that
 * needs the text back removes one apostrophe from cells that match `guarded`. Pure.
 */

export type Cell = string | number | boolean | null;

/** The columns that hold bytes in hex: `0x` keeps `20` and `2e35` from being read as numbers. */
const bytesColumn = 'bytes';

const computed = /^[=+\-@\t\r＝＋－＠]/;
/** The words that pandas and R take for a missing value. */
const missing = /^(?:null|NULL|[Nn]a[Nn]|-nan|-NaN|NA|N\/A|n\/a|<NA>|#N\/A|#NA|None|#N\/A N\/A|1\.#IND|1\.#QNAN)$/;

/** The mark by which Excel knows that a file is UTF-8. */
const byteOrderMark = '\ufeff';

/** The rows, the headings first. `excel`: with a byte order mark. */
export function csvText(
  columns: readonly string[],
  rows: readonly (readonly Cell[])[],
  { excel = false }: { excel?: boolean } = {},
): string {
  const bytes = columns.map((name) => name === bytesColumn);
  const line = (cells: readonly string[]) => `${cells.map(quoted).join(',')}\r\n`;
  const body = rows.map((row) => line(row.map((cell, column) => written(cell, bytes[column]))));
  return [excel ? byteOrderMark : '', line(columns.map(guarded)), ...body].join('');
}

function written(cell: Cell, bytes: boolean): string {
  if (cell === null) return '';
  if (typeof cell !== 'string') return String(cell);
  return bytes && cell !== '' ? `0x${cell}` : guarded(cell);
}

/** Apostrophes that stand there already are counted, so that one can be taken away again. */
function guarded(text: string): string {
  const bare = text.replace(/^'+/, '');
  return computed.test(bare) || missing.test(bare) ? `'${text}` : text;
}

function quoted(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
