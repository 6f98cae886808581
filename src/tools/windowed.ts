/** Results too long for one answer are cut to the requested part, with a note on the cut. */
import type { TextBlock } from '../cli/terminalText';

export interface Window {
  /** The most rows of each table and items of each list. */
  most: number;
  /** The first row or item of those that are too long, from 0. */
  start: number;
}

/** The most characters of a line when running text is cut like a table. */
const lineLength = 200;

/** Running text longer than this is split into lines, which are cut like rows. */
const longestWords = 2000;

export function asRows(block: TextBlock): TextBlock {
  if (block.kind === 'table' || block.text.length <= longestWords) return block;
  const rows = block.text.trim().match(new RegExp(`[^\\n]{1,${lineLength}}|(?<=\\n)(?=\\n)`, 'gu')) ?? [];
  return { kind: 'table', head: null, rows };
}

/** The text of the blocks; under each table that is cut, a line says which rows it holds, and which parameter shows the others. */
export function windowedText(blocks: readonly TextBlock[], window: Window, parameter: string): string {
  return blocks.map((block) => (block.kind === 'words' ? block.text : tableText(block, window, parameter))).join('');
}

function tableText({ head, rows }: Extract<TextBlock, { kind: 'table' }>, window: Window, parameter: string): string {
  const { first, shown } = slice(rows, window);
  const lines = [...(head === null ? [] : [head]), ...shown];
  if (shown.length < rows.length) lines.push(shownRows(first, shown.length, rows.length, parameter));
  return `${lines.join('\n')}\n`;
}

function shownRows(first: number, shown: number, all: number, parameter: string): string {
  const next = first + shown < all ? first + shown + 1 : 1;
  return `[rows ${first + 1} to ${first + shown} of ${all}; more with ${parameter}: ${next}]`;
}

/** A short list is shown whole, wherever the others begin. */
function slice<T>(items: readonly T[], { most, start }: Window): { first: number; shown: readonly T[] } {
  if (items.length <= most) return { first: 0, shown: items };
  const first = Math.min(start, items.length - 1);
  return { first, shown: items.slice(first, first + most) };
}

/** A list that was cut: its place, its number of items, and the first and last that are shown, from 0. */
export interface LeftOut {
  field: string;
  items: number;
  shown: [first: number, last: number] | null;
}

/** A copy of plain data whose lists have at most `most` items each; each cut is reported once per field. */
export function windowedData(data: unknown, window: Window): { data: unknown; leftOut: LeftOut[] } {
  const leftOut = new Map<string, LeftOut>();
  const cut = (value: unknown, field: string): unknown => {
    if (Array.isArray(value)) {
      const { first, shown } = slice(value, window);
      if (shown.length < value.length)
        leftOut.set(field, {
          field,
          items: value.length,
          shown: shown.length === 0 ? null : [first, first + shown.length - 1],
        });
      return shown.map((each) => cut(each, `${field}[]`));
    }
    if (typeof value === 'string') return shortened(value, window);
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(
      Object.entries(value).map(([key, each]) => [key, cut(each, field === '' ? key : `${field}.${key}`)]),
    );
  };
  return { data: cut(data, ''), leftOut: [...leftOut.values()] };
}

const shortest = 100;
/** The number of characters of a text that count as one item of a list. */
export const charactersPerItem = 8;

function shortened(text: string, { most }: Window): string {
  const length = Math.max(shortest, charactersPerItem * most);
  return text.length > length ? `${text.slice(0, length)}…` : text;
}
