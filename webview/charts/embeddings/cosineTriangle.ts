/**
 * Cosine similarity of every pair of points, in the full space: a triangle with its numbers for a few points, cells alone for
 * more.
 */
import { lab } from 'd3';
import { fill, svgEl } from '../../base/dom';
import { fixed } from '../../base/format';
import type { Theme } from '../../base/theme';
import { type DrawnChart, mountChart, placeIn, sizeSvg, within } from '../chart';
import { groupMark } from './groupMark';
import { nameWidth } from './layout';

export interface TriangleData {
  /** [M][M], in the order drawn. */
  cosine: readonly (readonly number[])[];
  names: readonly string[];
  groups: readonly number[];
  /** Where the ramp begins; it ends at 1. */
  least: number;
  /** Rows outlined. */
  locked: readonly number[];
}

export interface TriangleOptions {
  width: number;
  theme: Theme;
  label: string;
  onPreview: (pair: [number, number] | null, anchor: Element | null, byKeyboard: boolean) => void;
  onLock: (row: number) => void;
}

export type TriangleChart = DrawnChart<TriangleData, TriangleOptions>;

/** Up to this many points, every cell shows its number. */
export const mostNumbers = 10;
/** Beyond this part of the ramp, text in the theme's own colour is hard to read. */
const rampShare = 0.5;
/** Height of a triangle without numbers. */
const tallest = 340;

/** Three decimals without the leading zero: `.952`, `−.031`, `1`. */
export function cosineText(value: number): string {
  return fixed(value, 3)
    .replace(/^(\u2212?)0\./, '$1.')
    .replace(/^1\.000$/, '1');
}

export function cosineColour(theme: Theme, value: number, least: number, numbers: boolean): string {
  const share = Math.max(0, Math.min(1, (value - least) / (1 - least || 1)));
  return theme.seq(share * (numbers ? rampShare : 1));
}

interface Layout {
  size: number;
  /** True if the cells show their numbers. */
  numbers: boolean;
  left: number;
  top: number;
  /** Width and height of a cell. */
  cell: number;
  row: number;
}

function layoutOf({ names }: TriangleData, { width }: TriangleOptions): Layout {
  const size = names.length;
  const numbers = size <= mostNumbers;
  const widest = Math.max(0, ...names.map((name) => nameWidth(name, false)));
  const left = numbers ? Math.min(112, widest + 24) : 20;
  const room = Math.floor((width - left) / size);
  const cell = numbers ? Math.min(72, room) : Math.max(3, Math.min(14, room, Math.floor(tallest / size)));
  const row = numbers ? Math.min(40, Math.max(22, Math.round(cell * 0.56))) : cell;
  return { size, numbers, left, top: numbers ? 20 : 12, cell, row };
}

export function cosineTriangle(
  container: HTMLElement,
  first: TriangleData,
  firstOptions: TriangleOptions,
): TriangleChart {
  let layout: Layout;
  const ground = svgEl('g', {});
  const over = svgEl('g', { fill: 'none' });
  const root = svgEl('svg', { class: 'embed-cosine', 'font-size': 11 }, ground, over);
  const chart = mountChart<TriangleData, TriangleOptions, [row: number, column: number]>(
    container,
    first,
    firstOptions,
    {
      root,
      layout({ data, options }) {
        layout = layoutOf(data, options);
        sizeSvg(root, options.width, layout.top + layout.size * layout.row);
      },
      exists: ([row]) => row < layout.size,
      draw: ({ data, options: { theme } }) =>
        fill(ground, ...cells(data, theme, layout), ...names(data, theme, layout)),
      mark({ data, options: { theme }, cursor }) {
        const { left, cell, row, top, size } = layout;
        const box = (r: number, c: number, width: number, attributes: Record<string, string | number>) =>
          svgEl('rect', { x: left + c * cell - 0.5, y: top + r * row - 0.5, width, height: row, ...attributes });
        const at = cursor && box(...cursor, cell, { stroke: theme.foreground, 'stroke-width': 1.5 });
        const locked = data.locked.filter((r) => r < size);
        fill(over, ...locked.map((r) => box(r, 0, (r + 1) * cell, { stroke: theme.focus, 'stroke-width': 2 })), at);
        return at;
      },
      under(event) {
        const [x, y] = placeIn(root, event);
        const r = Math.floor((y - layout.top) / layout.row);
        const c = Math.floor((x - layout.left) / layout.cell);
        return r >= 0 && r < layout.size && c >= 0 && c <= r ? [r, c] : null;
      },
      show: ({ options, cursor }, anchor, byKeyboard) => options.onPreview(cursor, anchor, byKeyboard),
      step({ cursor }, dx, dy) {
        const [r, c] = cursor ?? [0, 0];
        const next = within(r + dy, layout.size);
        return [next, within(c + dx, next + 1)];
      },
      choose: ({ options }, spot) => options.onLock(spot?.[0] ?? 0),
    },
  );
  return { ...chart, drawing: () => root };
}

function cells(data: TriangleData, theme: Theme, { numbers, left, top, cell, row }: Layout): SVGElement[] {
  const gapped = numbers ? 2 : cell > 5 ? 1 : 0;
  return data.cosine.flatMap((values, r) =>
    values.slice(0, r + 1).flatMap((value, c) => {
      const own = r === c;
      const ground = own ? theme.track : cosineColour(theme, value, data.least, numbers);
      const [x, y] = [left + c * cell, top + r * row];
      const rect = svgEl('rect', { x, y, width: cell - gapped, height: row - gapped, fill: ground });
      if (!numbers) return [rect];
      const at = { x: x + cell / 2 - 1, y: y + row / 2 + 3, 'text-anchor': 'middle', 'font-size': cell < 40 ? 11 : 12 };
      const style = { fill: own ? theme.muted : readable(theme, ground) };
      return [rect, svgEl('text', { ...at, style }, own ? '1' : cosineText(value))];
    }),
  );
}

/** Names at the left and the marks of the groups. */
function names(data: TriangleData, theme: Theme, { numbers, left, top, cell, row }: Layout): SVGElement[] {
  const grouped = data.groups.some((group) => group >= 0);
  const small = numbers ? 40 : Math.min(40, row * 3);
  return data.names.flatMap((name, index) => {
    const y = top + index * row + row / 2 - 1;
    const mark = (size: number, x: number, at: number) => groupMark(theme, data.groups[index], size, x, at);
    const marks = grouped ? [mark(small, 8, y)] : [];
    if (!numbers) return marks;
    if (grouped) marks.push(mark(40, left + index * cell + cell / 2 - 1, 9));
    const place = { x: grouped ? 18 : 0, y: y + 4, style: { fill: theme.foreground } };
    return [...marks, svgEl('text', place, clipped(name, left - 22))];
  });
}

/** The theme's text colour if it stands out from the cell, else black or white. */
function readable(theme: Theme, ground: string): string {
  const there = lab(ground).l;
  if (Math.abs(there - lab(theme.foreground).l) > 42) return theme.foreground;
  return there > 50 ? '#000' : '#fff';
}

function clipped(name: string, width: number): string {
  if (nameWidth(name, false) <= width) return name;
  let text = name;
  while (text.length > 1 && nameWidth(`${text}…`, false) > width) text = text.slice(0, -1);
  return `${text}…`;
}
