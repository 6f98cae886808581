/** Comma-separated values by RFC 4180, for `--csv`. */
import type { Figure } from './figure';

export type Cell = string | number | boolean | null;

export interface Sheet {
  columns: string[];
  rows: Cell[][];
  /** The figure that `--svg` draws of the sheet; absent where there is nothing to draw. */
  figure?: Figure;
}

export function csvText({ columns, rows }: Sheet): string {
  return [columns, ...rows].map((row) => `${row.map(field).join(',')}\r\n`).join('');
}

function field(cell: Cell): string {
  if (cell === null) return '';
  const text = String(cell);
  return /[",\r\n]/.test(text) ? `"${text.replace(/"/g, '""')}"` : text;
}
