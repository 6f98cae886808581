/**
 * The logit lens: rows go down through the blocks, columns are positions; to their right, on the same rows, the followed tokens
 * climb. Pointer and arrows preview a cell, click and Enter follow its token, a heading and space lock the position. Wheel and
 * arrows beyond an edge ask for other positions.
 */
import { chartTabStop } from '../../base/a11y';
import { el, fill, svgEl } from '../../base/dom';
import type { Theme } from '../../base/theme';
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

export interface LensChart {
  update(data: LensData, options: LensOptions): void;
  /** The drawing as it stands, without the cursor. */
  drawing(): SVGSVGElement;
  destroy(): void;
}

interface Cursor {
  row: number;
  column: number;
}

/** Pixels of wheel movement per position. */
const wheelStep = 40;

/** Draws into `container`; call `update` for anything that changes, `destroy` before the container goes. */
export function lensTable(container: HTMLElement, first: LensData, firstOptions: LensOptions): LensChart {
  let data = first;
  let options = firstOptions;
  let layout: LensLayout;
  let cursor: Cursor | null = null;
  let keyboard = false;
  const cells = svgEl('g');
  const over = svgEl('g', { 'pointer-events': 'none' });
  const svg = svgEl('svg', { 'aria-hidden': 'true' }, cells, over);
  const root = el('div', { class: 'lens-table' }, svg);
  container.append(root);

  const spotOf = ({ row, column }: Cursor): LensSpot => ({ row, position: data.columns[column]?.position ?? null });

  const band = (row: number, stroke: string, width: number, dash?: string) =>
    svgEl('rect', {
      x: layout.left - 1,
      y: layout.top + row * layout.rowHeight - 1,
      width: layout.axis.right + 8 - layout.left,
      height: layout.rowHeight + 1,
      fill: 'none',
      stroke,
      'stroke-width': width,
      'stroke-dasharray': dash,
    });

  const drawOver = () => {
    const { theme } = options;
    const place = cursor && layout.columns[cursor.column];
    const box =
      cursor && place && cursor.row >= 0
        ? svgEl('rect', {
            x: place.x - 1,
            y: layout.top + cursor.row * layout.rowHeight - 1,
            width: place.width,
            height: layout.rowHeight + 1,
            fill: 'none',
            stroke: theme.foreground,
            'stroke-width': 1.5,
          })
        : null;
    const row = cursor && cursor.row >= 0 && !place ? band(cursor.row, theme.foreground, 1, '2 2') : null;
    fill(over, data.row !== null && band(data.row, theme.focus, 2), box, row);
  };

  const preview = (at: Cursor | null, byKeyboard: boolean) => {
    if (at?.row === cursor?.row && at?.column === cursor?.column) return;
    cursor = at;
    keyboard = byKeyboard;
    drawOver();
    const spot = at && at.row >= 0 ? spotOf(at) : null;
    options.onPreview(spot, spot ? over.lastElementChild : null, byKeyboard);
  };

  const under = (event: MouseEvent): Cursor | null => {
    const area = svg.getBoundingClientRect();
    return lensCellAt(layout, event.clientX - area.left, event.clientY - area.top);
  };
  svg.addEventListener('pointermove', (event) => preview(under(event), false));
  svg.addEventListener('pointerleave', () => preview(null, false));
  svg.addEventListener('click', (event) => {
    const at = under(event);
    if (!at || at.column < 0) return;
    if (at.row < 0) options.onLock(data.columns[at.column].position);
    else options.onFollow(spotOf(at));
  });
  let turned = 0;
  root.addEventListener('wheel', (event) => {
    const sideways = event.deltaX || (event.shiftKey ? event.deltaY : 0);
    if (Math.abs(sideways) < Math.abs(event.shiftKey ? 0 : event.deltaY)) return;
    event.preventDefault();
    turned += sideways;
    const step = Math.trunc(turned / wheelStep);
    turned -= step * wheelStep;
    if (step) options.onScroll(step);
  });
  root.addEventListener('blur', () => preview(null, false));
  root.addEventListener('keydown', (event) => {
    if (event.key !== ' ' || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    const { position } = spotOf(start());
    if (position !== null) options.onLock(position);
  });
  const start = (): Cursor =>
    cursor && cursor.column >= 0 && cursor.row >= 0 ? cursor : { row: data.rows - 1, column: data.origin };
  const release = chartTabStop(root, {
    label: options.label,
    onMove(dx, dy) {
      const from = start();
      const column = from.column + dx;
      const inside = Math.max(0, Math.min(data.columns.length - 1, column));
      if (column !== inside) options.onScroll(column - inside);
      // Other positions may have scrolled into this column, so the cell under the cursor is announced again.
      cursor = null;
      preview({ row: Math.max(0, Math.min(data.rows - 1, from.row + dy)), column: inside }, true);
    },
    onActivate: () => options.onFollow(spotOf(start())),
    onEdge(end) {
      options.onScroll(end * Number.MAX_SAFE_INTEGER);
      cursor = null;
      preview({ row: start().row, column: end < 0 ? 0 : data.columns.length - 1 }, true);
    },
  });

  let drawn: unknown[] = [];
  const draw = () => {
    layout = lensLayout(options.width, data.rows, data.columns.length, data.origin);
    root.setAttribute('aria-label', options.label);
    svg.setAttribute('width', String(layout.width));
    svg.setAttribute('height', String(layout.height));
    if (cursor && cursor.column >= data.columns.length) cursor = null;
    const { theme, width } = options;
    const inputs = [data.columns, data.series, data.origin, data.locked, data.tint, theme, width];
    if (inputs.some((input, index) => input !== drawn[index]))
      fill(cells, ...lensCells(theme, layout, data), ...lensTrajectories(theme, layout, data.series, data.vocabulary));
    drawn = inputs;
    drawOver();
  };
  draw();

  return {
    update(next, nextOptions) {
      data = next;
      options = nextOptions;
      draw();
      // A card opened by the keyboard follows whatever cell is now under its cursor.
      if (cursor && keyboard && cursor.row >= 0) options.onPreview(spotOf(cursor), over.lastElementChild, false);
    },
    drawing() {
      const copy = svg.cloneNode(true) as SVGSVGElement;
      copy.lastElementChild?.replaceChildren();
      return copy;
    },
    destroy() {
      release();
      root.remove();
    },
  };
}
