/**
 * One head's attention, or several heads' maximum, as a triangle: queries down, keys across. Cells on a canvas, everything else
 * in SVG over it. Pointer and arrow keys preview a cell, click and Enter lock its query token.
 */
import { type Child, el, fill, svgEl } from '../../base/dom';
import type { Theme } from '../../base/theme';
import { type Chart, mountChart, type Now, placeIn, sizeSvg, within } from '../chart';
import {
  cellColours,
  headLetters,
  leastLettered,
  leastMarked,
  leastWoven,
  type MatrixLayout,
  matrixLayout,
  share,
  weave,
} from './matrixLayout';
import { matrixMarks } from './matrixParts';
import type { Line } from './text';
import { type PooledMatrix, pooled } from './weights';

export interface AttentionMatrixData {
  tokens: number;
  /** [T, T] weights as shown: queries by keys, row-major. */
  weights: Float32Array;
  /** [T, T] index of the head that gave each weight; null for one head. */
  winner: Uint8Array | null;
  /** Upper end of the colour scale. */
  largest: number;
  lines: readonly Line[];
  /** Tokens as lists show them. */
  names: readonly string[];
  /** Token whose row and column are outlined; null for none. */
  origin: number | null;
  /** Token previewed anywhere on the page. */
  hover: number | null;
}

export interface AttentionMatrixOptions {
  /** Content width in CSS pixels. */
  width: number;
  theme: Theme;
  gamma: number;
  label: string;
  /** `byKeyboard`: the preview should be announced. */
  onPreview: (cell: MatrixCell | null, byKeyboard: boolean) => void;
  onLock: (token: number) => void;
}

/** One weight; for a pooled cell the strongest it holds. */
export interface MatrixCell {
  query: number;
  key: number;
  weight: number;
  head: number | null;
}

export interface AttentionMatrix extends Chart<AttentionMatrixData, AttentionMatrixOptions> {
  /** Tokens a cell covers each way, the side of the picture in pixels, and its left edge. */
  size(): { span: number; side: number; left: number };
}

/** The weave of each head as a repeating tile in the background colour. */
function weaves(context: CanvasRenderingContext2D, background: string, scale: number): (CanvasPattern | null)[] {
  return headLetters.map((_, head) => {
    const open = weave(head);
    if (open.length === 0) return null;
    const tile = el('canvas', { width: 4 * scale, height: 4 * scale });
    const inner = tile.getContext('2d');
    if (!inner) return null;
    inner.fillStyle = background;
    for (const [x, y] of open) inner.fillRect(x * scale, y * scale, scale, scale);
    return context.createPattern(tile, 'repeat');
  });
}

function paintCells(
  canvas: HTMLCanvasElement,
  layout: MatrixLayout,
  cells: PooledMatrix,
  data: AttentionMatrixData,
  { theme, gamma }: AttentionMatrixOptions,
): void {
  const scale = Math.max(1, Math.round(devicePixelRatio));
  canvas.width = canvas.height = layout.side * scale;
  canvas.style.width = canvas.style.height = `${layout.side}px`;
  canvas.style.left = `${layout.left}px`;
  canvas.style.top = `${layout.top}px`;
  const context = canvas.getContext('2d');
  if (!context) return;
  const colour = cellColours(theme, data.winner !== null);
  const tiles = data.winner && layout.cell >= leastWoven ? weaves(context, theme.background, scale) : [];
  const edge = (index: number) => Math.round(index * layout.cell * scale);
  context.font = `600 ${9 * scale}px ${theme.fonts.text}`;
  context.textAlign = 'center';
  context.textBaseline = 'middle';
  for (let row = 0; row < cells.cells; row++)
    for (let column = 0; column <= row; column++) {
      const index = row * cells.cells + column;
      const part = share(cells.weights[index], data.largest, gamma);
      const head = data.winner?.[cells.source[index]] ?? 0;
      const [left, top] = [edge(column), edge(row)];
      const [width, height] = [edge(column + 1) - left, edge(row + 1) - top];
      context.fillStyle = colour(part, head);
      context.fillRect(left, top, width, height);
      const tile = part > leastMarked ? tiles[head] : null;
      if (tile) {
        context.fillStyle = tile;
        context.fillRect(left, top, width, height);
      }
      if (data.winner && layout.cell >= leastLettered && part > leastMarked) {
        context.fillStyle = theme.foreground;
        context.fillText(headLetters[head] ?? '', left + width / 2, top + height / 2);
      }
    }
}

interface Spot {
  row: number;
  column: number;
}
type MatrixNow = Now<AttentionMatrixData, AttentionMatrixOptions, Spot>;

export function attentionMatrix(
  container: HTMLElement,
  first: AttentionMatrixData,
  firstOptions: AttentionMatrixOptions,
): AttentionMatrix {
  let layout: MatrixLayout;
  let cells: PooledMatrix;
  const canvas = el('canvas', { 'aria-hidden': 'true' });
  const over = svgEl('svg', { 'aria-hidden': 'true', class: 'attention-over' });
  const root = el('div', { class: 'attention-matrix' }, canvas, over);
  const start = ({ data, cursor }: MatrixNow): Spot => {
    const row = Math.floor((data.origin ?? data.tokens - 1) / layout.span);
    return cursor ?? { row, column: row };
  };
  const chart = mountChart<AttentionMatrixData, AttentionMatrixOptions, Spot>(container, first, firstOptions, {
    root,
    surface: canvas,
    layout({ data, options }) {
      layout = matrixLayout(options.width, data.tokens, data.lines, data.names);
      root.style.height = `${layout.top + layout.side + layout.bottom}px`;
    },
    exists: ({ row }, { data }) => row < Math.ceil(data.tokens / layout.span),
    inputs: ({ data, options }) => [
      ...[data.weights, data.winner, data.largest],
      ...[options.theme, options.gamma, options.width],
    ],
    draw({ data, options }) {
      cells = pooled(data.weights, data.tokens, layout.span);
      paintCells(canvas, layout, cells, data, options);
    },
    mark(now) {
      sizeSvg(over, now.options.width, layout.top + layout.side + layout.bottom);
      fill(over, ...marks(layout, now));
      return null;
    },
    under(event) {
      const [column, row] = placeIn(canvas, event).map((at) => Math.floor(at / layout.cell));
      return row >= 0 && row < cells.cells && column >= 0 && column <= row ? { row, column } : null;
    },
    show: ({ data, options, cursor }, _, byKeyboard) =>
      options.onPreview(cursor && cellAt(cells, data, cursor), byKeyboard),
    step(now, dx, dy) {
      const from = start(now);
      const row = within(from.row + dy, cells.cells);
      return { row, column: within(from.column + dx, row + 1) };
    },
    edge(now, end) {
      const { row } = start(now);
      return { row, column: end < 0 ? 0 : row };
    },
    choose: (now, spot) => now.options.onLock(cellAt(cells, now.data, spot ?? start(now)).query),
  });
  return { ...chart, size: () => ({ span: layout.span, side: layout.side, left: layout.left }) };
}

function cellAt(cells: PooledMatrix, { tokens, winner }: AttentionMatrixData, { row, column }: Spot): MatrixCell {
  const index = row * cells.cells + column;
  const source = cells.source[index];
  return {
    query: Math.floor(source / tokens),
    key: source % tokens,
    weight: cells.weights[index],
    head: winner?.[source] ?? null,
  };
}

/** Labels and outlines, the previewed token's row, and the cursor. */
function marks(layout: MatrixLayout, { data, options, cursor }: MatrixNow): Child[] {
  const { theme, width } = options;
  const { left, top, cell } = layout;
  const box = (row: number, column: number, columns: number, attributes: Record<string, string | number>) =>
    svgEl('rect', {
      ...{ x: left + column * cell, y: top + row * cell, width: columns * cell, height: cell, fill: 'none' },
      ...attributes,
    });
  const hover = data.hover === null ? null : Math.floor(data.hover / layout.span);
  return [
    ...matrixMarks(theme, layout, data, width),
    hover !== null && box(hover, 0, hover + 1, { stroke: theme.foreground, 'stroke-opacity': 0.6 }),
    cursor && box(cursor.row, cursor.column, 1, { stroke: theme.foreground, 'stroke-width': 2 }),
  ];
}
