/**
 * A patching map: the share of the difference at every place as a cell, exact values filled, first-order previews hollow. Pointer
 * and arrow keys preview a place, click and Enter choose it.
 */
import { interpolateLab } from 'd3';
import { type Child, fill, svgEl } from '../../base/dom';
import { fixed } from '../../base/format';
import type { Theme } from '../../base/theme';
import { type DrawnChart, mountChart, type Now, placeIn, sizeSvg, within } from '../chart';
import {
  bestKnown,
  hatch,
  labelledColumns,
  numberedColumns,
  type PatchAxis,
  type PatchCell,
  type PatchGrid,
  type PatchLayout,
  patchCells,
  patchLayout,
  turnedLabel,
  uprightLabel,
} from './mapLayout';

export interface PatchMapData {
  grid: PatchGrid;
  columns: PatchAxis;
  /** Names of the rows, from the top. */
  rows: readonly string[];
  /** The column outlined through all rows, and the chosen place; null for none. */
  column: number | null;
  place: { row: number; column: number } | null;
}

export interface PatchMapOptions {
  /** Content width in CSS pixels. */
  width: number;
  theme: Theme;
  label: string;
  /** `anchor` is where a card may be put; `byKeyboard`: the place should be announced. */
  onPreview: (cell: PatchCell | null, anchor: Element | null, byKeyboard: boolean) => void;
  onChoose: (cell: PatchCell) => void;
}

export interface PatchMapChart extends DrawnChart<PatchMapData, PatchMapOptions> {
  /** True if it prints numbers. */
  numbers(): boolean;
}

/** A share below this is drawn as an empty cell. */
export const NOTHING = 0.005;
/** From here on a value counts as beyond the scale; the margin above 1 allows for rounding. */
const BEYOND = 1.02;
/** Smaller shares print no number. */
const LEAST_NUMBER = 0.015;
/** A cell with text uses only the part of the ramp on which the theme's own text colour is readable. */
const TEXT_SHARE = 0.42;

/** Two decimals without the leading zero: `.97`, `−.03`, `1.02`. */
export function shareText(share: number): string {
  return fixed(share).replace(/^(\u2212?)0\./, '$1.');
}

/** The colour for 0 … ±1 of the limit. */
export function patchColour(theme: Theme, part: number, withText: boolean): string {
  const strength = Math.min(1, Math.abs(part)) * (withText ? TEXT_SHARE : 1);
  return part >= 0 ? theme.seq(strength) : interpolateLab(theme.background, theme.negative)(strength);
}

function cellMarks(theme: Theme, layout: PatchLayout, cell: PatchCell, column: number, limit: number): SVGElement[] {
  const value = bestKnown(cell);
  const exact = cell.exact !== null;
  const [x, y] = [layout.left + column * layout.cell, layout.top + cell.row * layout.row];
  const [width, height] = [layout.cell - 1, layout.row - 1];
  if (value === null)
    return [svgEl('rect', { x: x + width / 2 - 0.5, y: y + height / 2 - 0.5, width: 1, height: 1, fill: theme.faint })];
  if (Math.abs(value) < NOTHING) return [];
  const colour = patchColour(theme, value / limit, layout.numbers && exact);
  const marks: SVGElement[] = [];
  if (exact) marks.push(svgEl('rect', { x, y, width, height, fill: colour }));
  else if (layout.numbers)
    marks.push(
      svgEl('rect', { x: x + 1.5, y: y + 1.5, width: width - 3, height: height - 3, fill: 'none', stroke: colour }),
    );
  else
    marks.push(
      svgEl('rect', { x: x + width / 4, y: y + height / 4, width: width / 2, height: height / 2, fill: colour }),
    );
  if (value < 0 && exact)
    for (const [x1, y1, x2, y2] of hatch(x, y, width, height, 4))
      marks.push(svgEl('line', { x1, y1, x2, y2, stroke: theme.background, 'stroke-width': 1 }));
  if (Math.abs(value) > limit * BEYOND) {
    const at = value > 0 ? y : y + height - 1.5;
    marks.push(svgEl('rect', { x, y: at, width, height: 1.5, fill: theme.foreground }));
  }
  if (layout.numbers && Math.abs(value) >= LEAST_NUMBER)
    marks.push(cellNumber(theme, value, exact, x + width / 2, y + height - 4));
  return marks;
}

function cellNumber(theme: Theme, value: number, exact: boolean, x: number, y: number): SVGElement {
  const text = shareText(value);
  return svgEl(
    'text',
    {
      x,
      y,
      'text-anchor': 'middle',
      style: { fill: exact ? theme.foreground : theme.muted },
      // Hatching behind a number would break it up, so a halo in the background colour keeps the two apart.
      ...(value < 0 ? { stroke: theme.background, 'stroke-width': 3, 'paint-order': 'stroke' } : {}),
    },
    exact ? text : `≈${text}`,
  );
}

function columnLabels(theme: Theme, layout: PatchLayout, axis: PatchAxis): SVGElement[] {
  if (axis.kind === 'numbers')
    return numberedColumns(layout, axis).map((column) =>
      svgEl(
        'text',
        { x: centre(layout, column), y: layout.top - 5, 'text-anchor': 'middle', style: { fill: theme.muted } },
        axis.labels[column * layout.span][0],
      ),
    );
  if (layout.numbers) return axis.labels.flatMap((lines, column) => uprightLabels(theme, layout, axis, lines, column));
  return labelledColumns(layout, axis, 12).map((column) => {
    const from = column * layout.span;
    const inside = axis.marked.slice(from, from + layout.span).indexOf(true);
    const source = from + Math.max(0, inside);
    const x = centre(layout, column) + 4;
    return svgEl(
      'text',
      {
        'font-family': theme.fonts.token,
        transform: `translate(${x} ${layout.top - 4}) rotate(-90)`,
        style: { fill: axis.marked[source] ? theme.foreground : theme.muted },
        'xml:space': 'preserve',
      },
      turnedLabel(axis.labels[source]),
    );
  });
}

function uprightLabels(
  theme: Theme,
  layout: PatchLayout,
  axis: PatchAxis,
  lines: readonly string[],
  column: number,
): SVGElement[] {
  return lines.map((text, line) =>
    svgEl(
      'text',
      {
        x: centre(layout, column),
        y: 11 + line * 14,
        'text-anchor': 'middle',
        'font-family': line ? theme.fonts.token : null,
        style: { fill: line && axis.marked[column] ? theme.foreground : theme.muted },
        'xml:space': 'preserve',
      },
      uprightLabel(text, layout.cell),
    ),
  );
}

function centre(layout: PatchLayout, column: number): number {
  return layout.left + (column + 0.5) * layout.cell;
}

function rowLabels(theme: Theme, layout: PatchLayout, rows: readonly string[]): SVGElement[] {
  const step = rows.length > 12 ? 5 : 1;
  return rows.flatMap((text, row) => {
    const shown = row % step === 0 || row === rows.length - 1;
    const y = layout.top + (row + 0.5) * layout.row + 4;
    return shown
      ? [svgEl('text', { x: layout.left - 6, y, 'text-anchor': 'end', style: { fill: theme.muted } }, text)]
      : [];
  });
}

interface Spot {
  row: number;
  column: number;
}
type MapNow = Now<PatchMapData, PatchMapOptions, Spot>;

export function patchMap(container: HTMLElement, first: PatchMapData, firstOptions: PatchMapOptions): PatchMapChart {
  let layout: PatchLayout;
  let cells: PatchCell[][] = [];
  const ground = svgEl('g', {});
  const over = svgEl('g', {});
  const root = svgEl('svg', { class: 'patch-map', 'font-size': 11 }, ground, over);
  const start = ({ data: { place }, cursor }: MapNow): Spot =>
    cursor ?? (place ? { row: place.row, column: Math.floor(place.column / layout.span) } : { row: 0, column: 0 });
  const chart = mountChart<PatchMapData, PatchMapOptions, Spot>(container, first, firstOptions, {
    root,
    layout({ data, options }) {
      layout = patchLayout(options.width, data.rows.length, data.columns);
    },
    exists: ({ row, column }) => row < layout.rows && column < layout.columns,
    inputs: ({ data, options: { theme, width } }) => [data.grid, data.columns, data.rows, theme, width],
    draw({ data, options: { theme } }) {
      cells = patchCells(data.grid, layout.span);
      sizeSvg(root, layout.width, layout.height);
      fill(
        ground,
        outline(layout, 0, 0, layout.rows, { width: layout.columns * layout.cell, stroke: theme.faint }),
        ...cells.flat().flatMap((cell) => {
          const column = Math.floor(cell.column / layout.span);
          return cellMarks(theme, layout, cell, column, data.grid.limit);
        }),
        ...columnLabels(theme, layout, data.columns),
        ...rowLabels(theme, layout, data.rows),
      );
    },
    mark(now) {
      const { cursor, options } = now;
      const look = { stroke: options.theme.foreground, 'stroke-width': 1.5 };
      const at = cursor && outline(layout, cursor.row, cursor.column, 1, look);
      fill(over, ...chosenMarks(layout, now), at);
      return at;
    },
    under(event) {
      const [x, y] = placeIn(root, event);
      const column = Math.floor((x - layout.left) / layout.cell);
      const row = Math.floor((y - layout.top) / layout.row);
      return row >= 0 && row < layout.rows && column >= 0 && column < layout.columns ? { row, column } : null;
    },
    show: ({ options, cursor }, anchor, byKeyboard) =>
      options.onPreview(cursor && cells[cursor.row][cursor.column], anchor, byKeyboard),
    step(now, dx, dy) {
      const { row, column } = start(now);
      return { row: within(row + dy, layout.rows), column: within(column + dx, layout.columns) };
    },
    edge: (now, end) => ({ row: start(now).row, column: end < 0 ? 0 : layout.columns - 1 }),
    choose(now, spot) {
      const { row, column } = spot ?? start(now);
      now.options.onChoose(cells[row][column]);
    },
  });
  return { ...chart, drawing: () => root, numbers: () => layout.numbers };
}

/** A frame around one column's cells in some rows. */
function outline(layout: PatchLayout, row: number, column: number, rows: number, look: Record<string, unknown>) {
  const { left, top, cell } = layout;
  const place = { x: left + column * cell - 0.5, y: top + row * layout.row - 0.5, width: cell };
  return svgEl('rect', { ...place, height: rows * layout.row, fill: 'none', ...look });
}

/** The column outlined through all rows, and the chosen place. */
function chosenMarks(layout: PatchLayout, { data: { column, place }, options: { theme } }: MapNow): Child[] {
  const look = { stroke: theme.focus, 'stroke-width': 2 };
  const drawn = (at: number) => Math.floor(at / layout.span);
  return [
    column !== null && outline(layout, 0, drawn(column), layout.rows, look),
    place && outline(layout, place.row, drawn(place.column), 1, look),
  ];
}
