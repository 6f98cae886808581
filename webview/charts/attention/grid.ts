/**
 * The layer × head grid: one picture per head, one column per block. One canvas holds all pictures, one SVG over it the numbers
 * and outlines. Pointing previews a head, a click chooses it, and with Ctrl, Cmd or space it joins the chosen ones.
 */
import { announce } from '../../base/a11y';
import { type Child, el, fill, svgEl } from '../../base/dom';
import type { Theme } from '../../base/theme';
import { type Chart, mountChart, type Now, placeIn, sizeSvg, within } from '../chart';
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

export type AttentionGrid = Chart<AttentionGridData, AttentionGridOptions>;

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

interface Spot {
  layer: number;
  row: number;
}
type GridNow = Now<AttentionGridData, AttentionGridOptions, Spot>;

/** The head shown at a spot, and the spot where a head is shown. */
const headAt = ({ order }: AttentionGridData, { layer, row }: Spot): HeadRef => ({ layer, head: order[layer][row] });
const place = ({ order }: AttentionGridData, { layer, head }: HeadRef): Spot => ({
  layer,
  row: order[layer]?.indexOf(head) ?? -1,
});

export function attentionGrid(
  container: HTMLElement,
  first: AttentionGridData,
  firstOptions: AttentionGridOptions,
): AttentionGrid {
  let layout: GridLayout;
  const canvas = el('canvas', { 'aria-hidden': 'true' });
  const over = svgEl('svg', { 'aria-hidden': 'true', class: 'attention-over' });
  const root = el('div', { class: 'attention-grid' }, canvas, over);
  const start = ({ data, cursor }: GridNow): Spot =>
    cursor ?? (data.chosen[0] ? place(data, data.chosen[0]) : { layer: 0, row: 0 });
  return mountChart<AttentionGridData, AttentionGridOptions, Spot>(container, first, firstOptions, {
    root,
    surface: canvas,
    layout({ data, options }) {
      layout = gridLayout(options.width, data.layers, data.heads, data.tokens);
      root.style.height = `${layout.height}px`;
      root.style.width = `${layout.width}px`;
    },
    exists: ({ layer, row }, { data }) => layer < data.layers && row < data.heads,
    // These are the only inputs of the pictures: a new choice or cursor must not paint 270 of them again.
    inputs: ({ data, options }) => [data.thumbnails, data.order, options.theme, options.gamma, options.width],
    draw: ({ data, options }) => paint(canvas, layout, data, options),
    mark(now) {
      sizeSvg(over, layout.width, layout.height);
      fill(over, ...gridMarks(layout, now));
      return null;
    },
    under: (event, { data }) => thumbnailUnder(layout, data.layers, data.heads, ...placeIn(canvas, event)),
    show({ data, options, cursor }, _, byKeyboard) {
      options.onPreview(cursor && headAt(data, cursor));
      if (cursor && byKeyboard) announce(options.describe(headAt(data, cursor)));
    },
    step(now, dx, dy) {
      const { layer, row } = start(now);
      return { layer: within(layer + dx, now.data.layers), row: within(row + dy, now.data.heads) };
    },
    edge: (now, end) => ({ layer: end < 0 ? 0 : now.data.layers - 1, row: start(now).row }),
    choose: (now, spot, click) =>
      now.options.onChoose(headAt(now.data, spot ?? start(now)), (click?.ctrlKey || click?.metaKey) ?? false),
    key({ data, options, cursor }, { key, ctrlKey, metaKey }) {
      const adds = key === ' ' || (key === 'Enter' && (ctrlKey || metaKey));
      if (adds && cursor) options.onChoose(headAt(data, cursor), true);
      return adds;
    },
  });
}

/** Numbers at the edges, outlines of the best and the chosen heads, and the cursor. */
function gridMarks(layout: GridLayout, { data, options, cursor }: GridNow): Child[] {
  const { theme, rowsAreRanks } = options;
  const [main, ...others] = data.chosen;
  const border = data.locked ? theme.focus : theme.foreground;
  const at = (ref: HeadRef) => place(data, ref);
  return [
    ...gridAxes(layout, data, rowsAreRanks),
    ...data.best.map((ref) => gridOutline(layout, at(ref), theme.foreground, 1)),
    ...others.map((ref) => gridOutline(layout, at(ref), border, 2, '3 2')),
    main && gridOutline(layout, at(main), border, 2),
    ...(others.length > 0 ? data.chosen.map((ref, index) => letter(layout, at(ref), index, theme)) : []),
    cursor && gridOutline(layout, cursor, theme.foreground, 1.5, '2 2'),
  ];
}
