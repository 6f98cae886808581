/** Comma-separated values as RFC 4180 has them, for `--csv`. */
import type { Figure } from './figure';

export type Cell = string | number | boolean | null;

export interface Sheet {
  columns: string[];
  rows: Cell[][];
  /** What `--svg` draws of it; absent where there is nothing to draw. */
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
