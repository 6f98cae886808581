/**
 * One head's attention, or several heads' maximum, as a triangle: queries down, keys across. Cells on a canvas, everything else
 * in SVG over it. Pointer and arrow keys preview a cell, click and Enter lock its query token.
 */
import { chartTabStop } from '../../base/a11y';
import { el, fill, svgEl } from '../../base/dom';
import type { Theme } from '../../base/theme';
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

export interface AttentionMatrix {
  update(data: AttentionMatrixData, options: AttentionMatrixOptions): void;
  destroy(): void;
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

/** Draws into `container`; call `update` for anything that changes, `destroy` before the container goes. */
export function attentionMatrix(
  container: HTMLElement,
  first: AttentionMatrixData,
  firstOptions: AttentionMatrixOptions,
): AttentionMatrix {
  let data = first;
  let options = firstOptions;
  let layout = matrixLayout(options.width, data.tokens, data.lines, data.names);
  let cells = pooled(data.weights, data.tokens, layout.span);
  let cursor: { row: number; column: number } | null = null;
  const canvas = el('canvas', { 'aria-hidden': 'true' });
  const over = svgEl('svg', { 'aria-hidden': 'true', class: 'attention-over' });
  const root = el('div', { class: 'attention-matrix' }, canvas, over);
  container.append(root);

  const cellAt = (at: { row: number; column: number }): MatrixCell => {
    const index = at.row * cells.cells + at.column;
    const source = cells.source[index];
    return {
      query: Math.floor(source / data.tokens),
      key: source % data.tokens,
      weight: cells.weights[index],
      head: data.winner?.[source] ?? null,
    };
  };

  const box = (
    row: number,
    column: number,
    width: number,
    height: number,
    attributes: Record<string, string | number>,
  ) =>
    svgEl('rect', {
      x: layout.left + column * layout.cell,
      y: layout.top + row * layout.cell,
      width: width * layout.cell,
      height: height * layout.cell,
      fill: 'none',
      ...attributes,
    });

  const drawOver = () => {
    const { theme, width } = options;
    over.setAttribute('width', String(width));
    over.setAttribute('height', String(layout.top + layout.side + layout.bottom));
    const hover = data.hover === null ? null : Math.floor(data.hover / layout.span);
    fill(
      over,
      ...matrixMarks(theme, layout, data, width),
      hover !== null && box(hover, 0, hover + 1, 1, { stroke: theme.foreground, 'stroke-opacity': 0.6 }),
      cursor && box(cursor.row, cursor.column, 1, 1, { stroke: theme.foreground, 'stroke-width': 2 }),
    );
  };

  const preview = (at: { row: number; column: number } | null, byKeyboard: boolean) => {
    if (at?.row === cursor?.row && at?.column === cursor?.column) return;
    cursor = at;
    drawOver();
    options.onPreview(at && cellAt(at), byKeyboard);
  };

  const under = (event: MouseEvent) => {
    const area = canvas.getBoundingClientRect();
    const column = Math.floor((event.clientX - area.left) / layout.cell);
    const row = Math.floor((event.clientY - area.top) / layout.cell);
    return row >= 0 && row < cells.cells && column >= 0 && column <= row ? { row, column } : null;
  };
  canvas.addEventListener('pointermove', (event) => preview(under(event), false));
  canvas.addEventListener('pointerleave', () => preview(null, false));
  canvas.addEventListener('click', (event) => {
    const at = under(event);
    if (at) options.onLock(cellAt(at).query);
  });
  root.addEventListener('blur', () => preview(null, false));
  const start = () => {
    const row = Math.floor((data.origin ?? data.tokens - 1) / layout.span);
    return cursor ?? { row, column: row };
  };
  const release = chartTabStop(root, {
    label: options.label,
    onMove(dx, dy) {
      const from = start();
      const row = Math.max(0, Math.min(cells.cells - 1, from.row + dy));
      preview({ row, column: Math.max(0, Math.min(row, from.column + dx)) }, true);
    },
    onActivate: () => options.onLock(cellAt(start()).query),
    onEdge: (end) => preview({ row: start().row, column: end < 0 ? 0 : start().row }, true),
  });

  let painted: unknown[] = [];
  const draw = () => {
    layout = matrixLayout(options.width, data.tokens, data.lines, data.names);
    const inputs = [data.weights, data.winner, data.largest, options.theme, options.gamma, options.width];
    if (inputs.some((input, index) => input !== painted[index])) {
      cells = pooled(data.weights, data.tokens, layout.span);
      if (cursor && cursor.row >= cells.cells) cursor = null;
      paintCells(canvas, layout, cells, data, options);
    }
    painted = inputs;
    root.setAttribute('aria-label', options.label);
    root.style.height = `${layout.top + layout.side + layout.bottom}px`;
    drawOver();
  };
  draw();

  return {
    update(next, nextOptions) {
      data = next;
      options = nextOptions;
      draw();
    },
    destroy() {
      release();
      root.remove();
    },
    size: () => ({ span: layout.span, side: layout.side, left: layout.left }),
  };
}
