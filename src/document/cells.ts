/** The meaning of a cell: true or false, a number in one of the ways people write them, or nothing. */
import type { Delimiter } from '../protocol/tableReading';

const trueWords = ['true', 'yes', '1', 'wahr', 'vrai', 'verdadero', 'verdadeiro', 'vero', '真', '是', '对', '對'];
const falseWords = ['false', 'no', '0', 'falsch', 'faux', 'falso', '假', '否', '错', '錯'];

/** Reads truth values as people, pandas (`True`, `1.0`) and the spreadsheets of several languages write them; null for anything else. */
export function truthValue(text: string): boolean | null {
  const word = text.trim().toLowerCase();
  const plain = /^[01]\.0*$/.test(word) ? word[0] : word;
  if (trueWords.includes(plain)) return true;
  return falseWords.includes(plain) ? false : null;
}

/** Whether a cell is empty or holds a tool's mark for an empty cell. `none` does not count, because it may be a label. */
export function isBlank(text: string | undefined): boolean {
  return /^(?:nan|n\/a|null|<na>)?$/i.test((text ?? '').trim());
}

export interface Numbers {
  /** The numbers as `Number` reads them; '' for a blank cell. */
  texts: string[];
  style: 'plain' | 'decimalComma' | 'thousands';
}

const plainNumber = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i;
const grouped = /^[+-]?\d{1,3}(?:[,'’ \u00a0\u202f]\d{3})+(?:\.\d+)?$/;
const withComma = /^[+-]?(?:\d{1,3}(?:[.'’ \u00a0\u202f]\d{3})+|\d+),\d+(?:e[+-]?\d+)?$/i;
const groupedByPoints = /^[+-]?\d{1,3}(?:[.'’ \u00a0\u202f]\d{3})+$/;
const whole = /^[+-]?\d+$/;

/**
 * A column of numbers, or null where any cell is not a number. The meaning of a comma is decided by the whole column; where both readings
 * fit (`1,234`), semicolons between the cells indicate a decimal comma.
 */
export function numbersIn(cells: readonly string[], delimiter: Delimiter | null): Numbers | null {
  const written = cells.map((cell) => (isBlank(cell) ? '' : cell.trim().replace(/^[−–]/, '-')));
  const filled = written.filter((cell) => cell !== '');
  if (filled.length === 0) return null;
  if (filled.every((cell) => plainNumber.test(cell) && Number.isFinite(Number(cell)))) {
    return { texts: written, style: 'plain' };
  }
  const byPoint = filled.every((cell) => plainNumber.test(cell) || grouped.test(cell));
  const byComma = filled.every((cell) => whole.test(cell) || withComma.test(cell) || groupedByPoints.test(cell));
  if (!byPoint && !byComma) return null;
  const isPoint = byPoint && !(byComma && delimiter === ';');
  const without = isPoint ? /[,'’\s]/g : /[.'’\s]/g;
  const texts = written.map((cell) => cell.replace(without, '').replace(',', '.'));
  if (!texts.every((text) => Number.isFinite(Number(text)))) return null;
  return { texts, style: isPoint || !filled.some((cell) => cell.includes(',')) ? 'thousands' : 'decimalComma' };
}
