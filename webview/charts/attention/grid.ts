/**
 * The layer × head grid: one picture per head, one column per block. One canvas holds all pictures, one SVG over it the numbers
 * and outlines. Pointing previews a head, a click chooses it, and with Ctrl, Cmd or space it joins the chosen ones.
 */
import { announce, chartTabStop } from '../../base/a11y';
import { el, fill, svgEl } from '../../base/dom';
import type { Theme } from '../../base/theme';
import { headLetters } from './matrixLayout';
import type { HeadRef } from './ranking';
import { type GridLayout, gridLayout, paintThumbnail, rampTable, thumbnailAt, thumbnailUnder } from './thumbnails';

export interface AttentionGridData {
  layers: number;
  heads: number;
  tokens: number;
  /** Cells per side of a thumbnail. */
  size: number;
  /** [layers, heads, size, size] weights, queries by keys. */
  thumbnails: Float32Array;
  /** `order[layer][row]` is the head shown there. */
  order: number[][];
  /** Heads outlined as the best. */
  best: readonly HeadRef[];
  /** The main head first. */
  chosen: readonly HeadRef[];
  /** True if the user locked it; only then does it get the focus border. */
  locked: boolean;
}

export interface AttentionGridOptions {
  /** Content width in CSS pixels. */
  width: number;
  theme: Theme;
  gamma: number;
  label: string;
  /** True if rows count ranks from 1 instead of head numbers from 0. */
  rowsAreRanks: boolean;
  /** The words for a head on hover and for a screen reader. */
  describe: (ref: HeadRef) => string;
  onPreview: (ref: HeadRef | null) => void;
  onChoose: (ref: HeadRef, add: boolean) => void;
}

export interface AttentionGrid {
  update(data: AttentionGridData, options: AttentionGridOptions): void;
  destroy(): void;
}

function paint(canvas: HTMLCanvasElement, layout: GridLayout, data: AttentionGridData, options: AttentionGridOptions) {
  const scale = Math.max(1, Math.round(devicePixelRatio));
  canvas.width = layout.width * scale;
  canvas.height = layout.height * scale;
  canvas.style.width = `${layout.width}px`;
  canvas.style.height = `${layout.height}px`;
  const context = canvas.getContext('2d');
  if (!context) return;
  const image = context.createImageData(canvas.width, canvas.height);
  const table = rampTable(options.theme.seq, options.gamma);
  const area = data.size * data.size;
  data.order.forEach((column, layer) => {
    column.forEach((head, row) => {
      const { x, y } = thumbnailAt(layout, layer, row);
      const start = (layer * data.heads + head) * area;
      const weights = data.thumbnails.subarray(start, start + area);
      const target = { pixels: image.data, width: canvas.width };
      paintThumbnail(target, x * scale, y * scale, layout.side * scale, weights, data.size, table);
    });
  });
  context.putImageData(image, 0, 0);
}

/** Block numbers above each band (every fifth and the last), head numbers or ranks at its left. */
export function gridAxes(
  layout: GridLayout,
  data: { layers: number; heads: number },
  rowsAreRanks: boolean,
): SVGElement[] {
  const step = layout.cell >= 24 && data.layers <= 12 ? 1 : 5;
  const labels: SVGElement[] = [];
  for (let layer = 0; layer < data.layers; layer++) {
    const { x, y } = thumbnailAt(layout, layer, 0);
    const first = layer % layout.perBand === 0;
    const last = layer === data.layers - 1;
    const crowded = !last && data.layers - 1 - layer < 3 && layer !== 0;
    if ((layer % step === 0 && !crowded) || first || last)
      labels.push(svgEl('text', { class: 'm', x: x + layout.side / 2, y: y - 6, 'text-anchor': 'middle' }, layer));
  }
  for (let band = 0; band < layout.bands; band++)
    for (let row = 0; row < data.heads; row += layout.cell >= 24 && data.heads <= 4 ? 1 : 2) {
      const y = thumbnailAt(layout, band * layout.perBand, row).y + layout.side / 2;
      const text = rowsAreRanks ? row + 1 : row;
      labels.push(svgEl('text', { class: 'm', x: layout.left - 8, y, dy: '.35em', 'text-anchor': 'end' }, text));
    }
  return labels;
}

export function gridOutline(
  layout: GridLayout,
  at: { layer: number; row: number },
  stroke: string,
  width: number,
  dash?: string,
) {
  const { x, y } = thumbnailAt(layout, at.layer, at.row);
  const out = width;
  const size = layout.side + 2 * out;
  return svgEl('rect', {
    x: x - out,
    y: y - out,
    width: size,
    height: size,
    fill: 'none',
    stroke,
    'stroke-width': width,
    'stroke-dasharray': dash,
  });
}

/** The letter of a chosen head, where several are chosen, in the empty half of its picture. */
function letter(layout: GridLayout, at: { layer: number; row: number }, index: number, theme: Theme) {
  const { x, y } = thumbnailAt(layout, at.layer, at.row);
  const place = { x: x + layout.side - 1, y: y + Math.min(10, layout.side - 2), 'text-anchor': 'end' };
  return svgEl(
    'text',
    { ...place, fill: theme.foreground, 'font-weight': 600, class: 'attention-letter' },
    headLetters[index],
  );
}

/** Draws into `container`; call `update` for anything that changes, `destroy` before the container goes. */
export function attentionGrid(
  container: HTMLElement,
  first: AttentionGridData,
  firstOptions: AttentionGridOptions,
): AttentionGrid {
  let data = first;
  let options = firstOptions;
  let layout = gridLayout(options.width, data.layers, data.heads, data.tokens);
  let cursor: { layer: number; row: number } | null = null;
  const canvas = el('canvas', { 'aria-hidden': 'true' });
  const over = svgEl('svg', { 'aria-hidden': 'true', class: 'attention-over' });
  const root = el('div', { class: 'attention-grid' }, canvas, over);
  container.append(root);

  const headAt = (at: { layer: number; row: number }): HeadRef => ({
    layer: at.layer,
    head: data.order[at.layer][at.row],
  });
  const place = (ref: HeadRef) => ({ layer: ref.layer, row: data.order[ref.layer]?.indexOf(ref.head) ?? -1 });

  const drawOver = () => {
    const { theme } = options;
    over.setAttribute('width', String(layout.width));
    over.setAttribute('height', String(layout.height));
    const [main, ...others] = data.chosen;
    const border = data.locked ? theme.focus : theme.foreground;
    const letters = others.length > 0 ? data.chosen.map((ref, index) => letter(layout, place(ref), index, theme)) : [];
    fill(
      over,
      ...gridAxes(layout, data, options.rowsAreRanks),
      ...data.best.map((ref) => gridOutline(layout, place(ref), theme.foreground, 1)),
      ...others.map((ref) => gridOutline(layout, place(ref), border, 2, '3 2')),
      main && gridOutline(layout, place(main), border, 2),
      ...letters,
      cursor && gridOutline(layout, cursor, theme.foreground, 1.5, '2 2'),
    );
  };

  const preview = (at: { layer: number; row: number } | null, say: boolean) => {
    if (at?.layer === cursor?.layer && at?.row === cursor?.row) return;
    cursor = at;
    drawOver();
    options.onPreview(at && headAt(at));
    if (at && say) announce(options.describe(headAt(at)));
  };

  const under = (event: MouseEvent) => {
    const box = canvas.getBoundingClientRect();
    return thumbnailUnder(layout, data.layers, data.heads, event.clientX - box.left, event.clientY - box.top);
  };
  canvas.addEventListener('pointermove', (event) => preview(under(event), false));
  canvas.addEventListener('pointerleave', () => preview(null, false));
  canvas.addEventListener('click', (event) => {
    const at = under(event);
    if (at) options.onChoose(headAt(at), event.ctrlKey || event.metaKey);
  });
  root.addEventListener('blur', () => preview(null, false));
  root.addEventListener('keydown', (event) => {
    if (event.key !== ' ' && !(event.key === 'Enter' && (event.ctrlKey || event.metaKey))) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    if (cursor) options.onChoose(headAt(cursor), true);
  });
  const start = () => cursor ?? (data.chosen[0] ? place(data.chosen[0]) : { layer: 0, row: 0 });
  const release = chartTabStop(root, {
    label: options.label,
    onMove(dx, dy) {
      const at = start();
      const layer = Math.min(data.layers - 1, Math.max(0, at.layer + dx));
      preview({ layer, row: Math.min(data.heads - 1, Math.max(0, at.row + dy)) }, true);
    },
    onActivate: () => options.onChoose(headAt(start()), false),
    onEdge: (end) => preview({ layer: end < 0 ? 0 : data.layers - 1, row: start().row }, true),
  });

  let painted: unknown[] = [];
  const draw = () => {
    layout = gridLayout(options.width, data.layers, data.heads, data.tokens);
    root.setAttribute('aria-label', options.label);
    root.style.height = `${layout.height}px`;
    root.style.width = `${layout.width}px`;
    // These are the only inputs of the pictures: a new choice or cursor must not paint 270 of them again.
    const inputs = [data.thumbnails, data.order, options.theme, options.gamma, options.width];
    if (inputs.some((input, index) => input !== painted[index])) paint(canvas, layout, data, options);
    painted = inputs;
    drawOver();
  };
  draw();

  return {
    update(next, nextOptions) {
      data = next;
      options = nextOptions;
      if (cursor && (cursor.layer >= data.layers || cursor.row >= data.heads)) cursor = null;
      draw();
    },
    destroy() {
      release();
      root.remove();
    },
  };
}
