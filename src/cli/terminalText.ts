/**
 * Text for a terminal: colours, widths, bars, tables. Text from prompts and models is shown with its control characters made
 * visible, so that no file can move the cursor or change the window's title.
 */

import { probability } from '../protocol/numberText';

/** `flag`: an option of the command line; `shell`: text that has a meaning only on the command line. */
export type Style = 'dim' | 'bold' | 'green' | 'yellow' | 'red' | 'cyan' | 'flag' | 'shell';

const codes: Partial<Record<Style, number>> = { bold: 1, dim: 2, red: 31, green: 32, yellow: 33, cyan: 36 };

export interface Paint {
  (style: Style, text: string): string;
  /** For a program that reads the text: tables have no padding or bars and are marked as tables. */
  readonly compact?: boolean;
}

export function painter(colour: boolean): Paint {
  return (style, text) => {
    const code = codes[style];
    return colour && text !== '' && code !== undefined ? `\u001b[${code}m${text}\u001b[0m` : text;
  };
}

/** Paints without colours, with flags as parameter names, and with tables between marks that no visible or harmless text contains. */
export const compactPaint: Paint = Object.assign(
  (style: Style, text: string) => {
    if (style === 'shell') return '';
    return style === 'flag' ? parameterName(text.replace(/^--/, '')) : text;
  },
  { compact: true },
);

/** `max-tokens` → `maxTokens`, the name that commander gives to a flag's value. */
export function parameterName(flag: string): string {
  return flag.replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase());
}

/** The text as a sentence: with a capital, and with a full stop where it ends without one. */
export function asSentence(text: string): string {
  const begun = text[0].toUpperCase() + text.slice(1);
  return /[.?]\)?$/.test(begun) ? begun : `${begun}.`;
}

/** A probability as people read it, or for a program with three digits that any language can parse. */
export function probabilityText(p: number, paint: Paint): string {
  return paint.compact ? String(Number(p.toPrecision(3))) : probability(p);
}

const tableBegins = '\u001e';
const tableEnds = '\u001f';

export type TextBlock = { kind: 'words'; text: string } | { kind: 'table'; head: string | null; rows: string[] };

/** The blocks of a text that was written with `compactPaint`, in order; no block is empty. */
export function textBlocks(text: string): TextBlock[] {
  return text
    .split(new RegExp(`(${tableBegins}[^${tableEnds}]*${tableEnds})`))
    .filter((part) => part !== '')
    .map((part): TextBlock => {
      if (!part.startsWith(tableBegins)) return { kind: 'words', text: part };
      const [head, ...rows] = part.slice(1, -1).split('\n');
      return { kind: 'table', head: head === '' ? null : head, rows };
    });
}

/** C0 and C1 controls, and the marks that reorder text. */
const controls = /[\p{Cc}\p{Bidi_Control}]/gu;
/**
 * Characters that take a place or break a line without showing: spaces that do not break or have no width, word joiners, soft hyphens, line
 * and paragraph separators, the byte order mark.
 */
const unseen = /[\p{Zl}\p{Zp}\u00a0\u00ad\u180e\u200b\u2007\u202f\u2060-\u2064\ufeff]/gu;
/** Joiners and variation selectors belong to the characters around them; alone they draw nothing. */
const lonely = /^(?:\u200c|\u200d|[\ufe00-\ufe0f])+$/;
/** A mark without its letter would be drawn on the character before the table's cell. */
const leadingMark = /^(?![\ufe00-\ufe0f])\p{M}/u;
const pictures: Record<string, string> = { '\n': '⏎', '\t': '⇥', '\r': '␍' };

/** A token on one line: spaces appear as `·`, line ends and tabs as signs, other controls by their code. */
export function visible(text: string): string {
  if (lonely.test(text)) return [...text].map(code).join('');
  return text
    .replace(leadingMark, '◌$&')
    .replace(/ /g, '·')
    .replace(controls, (character) => pictures[character] ?? code(character))
    .replace(unseen, code);
}

/** Running text, in which line ends and tabs stay. */
export function harmless(text: string): string {
  return text.replace(controls, (character) => (/[\n\t]/.test(character) ? character : code(character)));
}

function code(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

const escapes = /\p{Cc}\[\d+m/gu;
const wide =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\ua960-\ua97c\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]|\p{Emoji_Presentation}|[\u{20000}-\u{3fffd}]/u;
const widthless = /^(?:\p{Mn}|\p{Me}|\p{Cf})$/u;

/** Number of columns that a text takes. */
export function displayWidth(text: string): number {
  let width = 0;
  for (const character of text.replace(escapes, '')) {
    if (!widthless.test(character)) width += wide.test(character) ? 2 : 1;
  }
  return width;
}

/** The text cut to at most `columns`, with `…` where it was cut; for plain text without colours. */
export function clipped(text: string, columns: number): string {
  if (displayWidth(text) <= columns) return text;
  let result = '';
  for (const character of text) {
    if (displayWidth(result + character) > columns - 1) break;
    result += character;
  }
  return `${result}…`;
}

const eighths = ['', '▏', '▎', '▍', '▌', '▋', '▊', '▉'];

/** A bar that fills `share` (0 to 1) of `columns`, in eighths of a column. */
export function bar(share: number, columns: number): string {
  const parts = Math.round(Math.min(1, Math.max(0, share)) * columns * 8);
  return '█'.repeat(Math.floor(parts / 8)) + eighths[parts % 8];
}

/**
 * A bar that extends to the left of the middle for values below 0 and to the right for those above; `largest` fills `columns` on either
 * side.
 */
export function signedBar(value: number, largest: number, columns: number, paint: Paint): string {
  const text = largest > 0 ? bar(Math.abs(value) / largest, columns) : '';
  // Eighth blocks fill from the left only, so a bar to the left of the middle is made of whole and half columns.
  const halves = largest > 0 ? Math.round(Math.min(1, Math.abs(value) / largest) * columns * 2) : 0;
  const left = `${halves % 2 ? '▐' : ''}${'█'.repeat(Math.floor(halves / 2))}`.padStart(columns);
  return value < 0 ? `${paint('red', left)}│` : `${' '.repeat(columns)}│${paint('green', text)}`;
}

export interface Column {
  title: string;
  align?: 'left' | 'right';
}

/** Lines with the columns two spaces apart; the last column is not padded. */
export function tableLines(columns: readonly Column[], rows: readonly (readonly string[])[], paint: Paint): string {
  if (paint.compact) return compactTable(columns, rows);
  const titles = columns.map((column) => column.title);
  const widths = columns.map((_, c) => Math.max(...[titles, ...rows].map((row) => displayWidth(row[c] ?? ''))));
  const line = (row: readonly string[]) =>
    columns
      .map(({ align }, c) => {
        const padding = ' '.repeat(widths[c] - displayWidth(row[c] ?? ''));
        return align === 'right' ? padding + (row[c] ?? '') : (row[c] ?? '') + padding;
      })
      .join('  ')
      .trimEnd();
  const head = titles.some((title) => title !== '') ? [paint('dim', line(titles))] : [];
  return [...head, ...rows.map(line)].map((text) => `${text}\n`).join('');
}

/** Bars, and the character between the two directions. */
const bars = /[█▏▎▍▌▋▊▉▐│]/g;

/** One line per row, with a bar character between the cells; columns that hold only pictures are left out. */
function compactTable(columns: readonly Column[], rows: readonly (readonly string[])[]): string {
  const cells = rows.map((row) => columns.map((_, c) => (row[c] ?? '').replace(bars, '').trim()));
  const shown = columns.map((_, c) => c).filter((c) => cells.some((row) => row[c] !== ''));
  const line = (row: readonly string[]) => shown.map((c) => row[c]).join(' | ');
  const titles = columns.map(({ title }) => title);
  const head = shown.some((c) => titles[c] !== '') ? line(titles) : '';
  return `${tableBegins}${[head, ...cells.map(line)].join('\n')}${tableEnds}`;
}

/** The number with its thousands separated. */
export function count(value: number): string {
  return value.toLocaleString('en');
}

export function seconds(milliseconds: number): string {
  return milliseconds < 1000 ? `${Math.round(milliseconds)} ms` : `${(milliseconds / 1000).toFixed(1)} s`;
}
