/**
 * The logit lens: rows go down through the blocks, columns are positions; to their right, on the same rows, the followed tokens
 * climb. Pointer and arrows preview a cell, click and Enter follow its token, a heading and space lock the position. Wheel and
 * arrows beyond an edge ask for other positions.
 */
import { type Child, el, fill, svgEl } from '../../base/dom';
import type { Theme } from '../../base/theme';
import { type DrawnChart, mountChart, type Now, placeIn, sizeSvg, within, withoutMarks } from '../chart';
import { type LensTableData, lensCells } from './cells';
import { type LensLayout, lensCellAt, lensLayout } from './layout';
import { type LensSeries, lensTrajectories } from './trajectories';

export interface LensData extends LensTableData {
  series: readonly LensSeries[];
  /** The number of tokens in the model: the largest rank. */
  vocabulary: number;
  /** The row locked across table and trajectories; null for none. */
  row: number | null;
}

/** `position` is null over the trajectories. */
export interface LensSpot {
  row: number;
  position: number | null;
}

export interface LensOptions {
  /** Content width in CSS pixels. */
  width: number;
  theme: Theme;
  label: string;
  onPreview: (spot: LensSpot | null, anchor: Element | null, byKeyboard: boolean) => void;
  onFollow: (spot: LensSpot) => void;
  onLock: (position: number) => void;
  /** Asks to move the window by this many positions. */
  onScroll: (step: number) => void;
}

export type LensChart = DrawnChart<LensData, LensOptions>;

interface Cursor {
  row: number;
  column: number;
}

/** Pixels of wheel movement per position. */
const wheelStep = 40;

type LensNow = Now<LensData, LensOptions, Cursor>;

const spotOf = ({ columns }: LensData, { row, column }: Cursor): LensSpot => ({
  row,
  position: columns[column]?.position ?? null,
});

/** Where the arrow keys begin: the cursor, unless it is on a heading or over the trajectories. */
const start = ({ data, cursor }: LensNow): Cursor =>
  cursor && cursor.column >= 0 && cursor.row >= 0 ? cursor : { row: data.rows - 1, column: data.origin };

export function lensTable(container: HTMLElement, first: LensData, firstOptions: LensOptions): LensChart {
  let layout: LensLayout;
  let keyboard = false;
  const cells = svgEl('g');
  const over = svgEl('g', { 'pointer-events': 'none' });
  const svg = svgEl('svg', { 'aria-hidden': 'true' }, cells, over);
  const root = el('div', { class: 'lens-table' }, svg);
  const chart = mountChart<LensData, LensOptions, Cursor>(container, first, firstOptions, {
    root,
    surface: svg,
    layout({ data, options }) {
      layout = lensLayout(options.width, data.rows, data.columns.length, data.origin);
      sizeSvg(svg, layout.width, layout.height);
    },
    exists: ({ column }, { data }) => column < data.columns.length,
    inputs: ({ data, options: { theme, width } }) => [
      ...[data.columns, data.series, data.origin, data.locked, data.tint],
      ...[theme, width],
    ],
    draw({ data, options: { theme } }) {
      const lines = lensTrajectories(theme, layout, data.series, data.vocabulary);
      fill(cells, ...lensCells(theme, layout, data), ...lines);
    },
    mark(now) {
      fill(over, ...marks(layout, now));
      return over.lastElementChild;
    },
    under: (event) => lensCellAt(layout, ...placeIn(svg, event)),
    show({ data, options, cursor }, anchor, byKeyboard) {
      keyboard = byKeyboard;
      const spot = cursor && cursor.row >= 0 ? spotOf(data, cursor) : null;
      options.onPreview(spot, spot ? anchor : null, byKeyboard);
    },
    step(now, dx, dy) {
      const { data, options } = now;
      const { row, column } = start(now);
      const inside = within(column + dx, data.columns.length);
      if (column + dx !== inside) options.onScroll(column + dx - inside);
      return { row: within(row + dy, data.rows), column: inside };
    },
    edge(now, end) {
      now.options.onScroll(end * Number.MAX_SAFE_INTEGER);
      return { row: start(now).row, column: end < 0 ? 0 : now.data.columns.length - 1 };
    },
    choose(now, spot, click) {
      const at = click && spot ? spot : start(now);
      if (at.column < 0) return;
      if (at.row < 0) now.options.onLock(now.data.columns[at.column].position);
      else now.options.onFollow(spotOf(now.data, at));
    },
    key(now, { key, ctrlKey, metaKey, altKey }) {
      if (key !== ' ' || ctrlKey || metaKey || altKey) return false;
      const { position } = spotOf(now.data, start(now));
      if (position !== null) now.options.onLock(position);
      return true;
    },
  });
  turnBy(root, (step) => chart.now.options.onScroll(step));
  return {
    ...chart,
    update(data, options) {
      chart.update(data, options);
      // A card opened by the keyboard follows whatever cell is now under its cursor.
      const { cursor } = chart.now;
      if (cursor && keyboard && cursor.row >= 0) options.onPreview(spotOf(data, cursor), over.lastElementChild, false);
    },
    drawing: () => withoutMarks(svg),
  };
}

/** Calls back with whole positions as the wheel turns sideways, or with Shift. */
function turnBy(root: HTMLElement, onTurn: (step: number) => void): void {
  let turned = 0;
  root.addEventListener('wheel', (event) => {
    const sideways = event.deltaX || (event.shiftKey ? event.deltaY : 0);
    if (Math.abs(sideways) < Math.abs(event.shiftKey ? 0 : event.deltaY)) return;
    event.preventDefault();
    turned += sideways;
    const step = Math.trunc(turned / wheelStep);
    turned -= step * wheelStep;
    if (step) onTurn(step);
  });
}

/** The locked row, and the cell or the row under the cursor. */
function marks(layout: LensLayout, { data, options: { theme }, cursor }: LensNow): Child[] {
  const frame = (row: number, x: number, width: number, look: Record<string, unknown>) =>
    svgEl('rect', {
      ...{ x: x - 1, y: layout.top + row * layout.rowHeight - 1, width, height: layout.rowHeight + 1, fill: 'none' },
      ...look,
    });
  const band = (row: number, look: Record<string, unknown>) =>
    frame(row, layout.left, layout.axis.right + 8 - layout.left, look);
  const locked = data.row !== null && band(data.row, { stroke: theme.focus, 'stroke-width': 2 });
  if (!cursor || cursor.row < 0) return [locked];
  const place = layout.columns[cursor.column];
  const stroke = theme.foreground;
  return [
    locked,
    place
      ? frame(cursor.row, place.x, place.width, { stroke, 'stroke-width': 1.5 })
      : band(cursor.row, { stroke, 'stroke-width': 1, 'stroke-dasharray': '2 2' }),
  ];
}
