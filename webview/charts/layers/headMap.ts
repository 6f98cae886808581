/**
 * One number per head as a layer × head map: one column per block, as in the grid of attention. Blue and solid supports the
 * target, orange and hatched works against it; hollow is an estimate, and a dot means not known yet. Pointer and arrows preview,
 * click and Enter open.
 */
import { interpolateLab } from 'd3';
import { announce, chartTabStop } from '../../base/a11y';
import { el, fill, svgEl } from '../../base/dom';
import type { Theme } from '../../base/theme';
import { gridAxes, gridOutline } from '../attention/grid';
import type { HeadRef } from '../attention/ranking';
import { type GridLayout, gridLayout, thumbnailAt, thumbnailUnder } from '../attention/thumbnails';
import { strength } from '../attention/weights';

export interface HeadCell {
  /** Null while it is not known, or where it is undefined for this prompt. */
  value: number | null;
  /** A first-order estimate, which stands in until the exact value is known. */
  estimate: boolean;
}

export interface HeadMapData {
  layers: number;
  heads: number;
  /** [L][H]. */
  cells: readonly (readonly HeadCell[])[];
  /** True if values have a sign; otherwise they run from 0. */
  signed: boolean;
  /** Upper end of the scale. */
  largest: number;
  /** Heads outlined as the strongest. */
  best: readonly HeadRef[];
  /** The locked head; null for none. */
  chosen: HeadRef | null;
}

export interface HeadMapOptions {
  /** Content width in CSS pixels. */
  width: number;
  theme: Theme;
  gamma: number;
  label: string;
  describe: (ref: HeadRef) => string;
  onPreview: (ref: HeadRef | null, anchor: Element | null) => void;
  onOpen: (ref: HeadRef) => void;
}

export interface HeadMapChart {
  update(data: HeadMapData, options: HeadMapOptions): void;
  /** The drawing as it stands, without the cursor. */
  drawing(): SVGSVGElement;
  destroy(): void;
}

const hatch = 'head-map-hatch';
/** Share of the scale from which a cell against the target is hatched; weaker ones are background. */
const leastHatched = 0.2;

/** The colour of a value: from the empty cell's grey to the hue of its sign, or on the blue ramp. */
export function headColour(theme: Theme, signed: boolean, largest: number, gamma: number): (value: number) => string {
  const towards = (hue: string) => interpolateLab(theme.track, hue);
  const [positive, negative] = [towards(theme.positive), towards(theme.negative)];
  return (value) => {
    const share = strength(Math.abs(value), largest, gamma);
    if (!signed) return theme.seq(0.03 + 0.97 * share);
    return (value < 0 ? negative : positive)(share);
  };
}

/** Lines in the background colour, drawn over cells that work against the target. */
function hatchPattern(theme: Theme): SVGElement {
  return svgEl(
    'pattern',
    { id: hatch, width: 4, height: 4, patternUnits: 'userSpaceOnUse', patternTransform: 'rotate(45)' },
    svgEl('rect', { width: 1.5, height: 4, fill: theme.background }),
  );
}

function cellParts(
  layout: GridLayout,
  at: { layer: number; row: number },
  cell: HeadCell,
  signed: boolean,
  paint: { colour: (value: number) => string; share: (value: number) => number },
  theme: Theme,
): SVGElement[] {
  const { x, y } = thumbnailAt(layout, at.layer, at.row);
  const { side } = layout;
  const { value } = cell;
  if (value === null) return [svgEl('circle', { cx: x + side / 2, cy: y + side / 2, r: 1.25, fill: theme.faint })];
  const against = signed && value < 0;
  const fillColour = paint.colour(value);
  if (cell.estimate) {
    const inset = Math.max(2, side / 5);
    const box = { x: x + inset, y: y + inset, width: side - 2 * inset, height: side - 2 * inset };
    return [
      svgEl('rect', {
        ...box,
        fill: 'none',
        stroke: fillColour,
        'stroke-width': 1.5,
        'stroke-dasharray': against ? '2 1.5' : undefined,
      }),
    ];
  }
  const box = { x, y, width: side, height: side };
  const parts = [svgEl('rect', { ...box, fill: fillColour })];
  if (against && paint.share(value) >= leastHatched) parts.push(svgEl('rect', { ...box, fill: `url(#${hatch})` }));
  return parts;
}

/** A cell for or against the target, or an estimate, as a swatch for the legend. */
export function headSwatch(theme: Theme, kind: 'for' | 'against' | 'estimate'): SVGSVGElement {
  const side = 12;
  const layout = { ...gridLayout(side, 1, 1, 0), left: 0, top: 0, cell: side, side, perBand: 1, bandHeight: side };
  const value = kind === 'against' ? -1 : 1;
  const paint = { colour: headColour(theme, true, 1, 1), share: Math.abs };
  const cell = { value, estimate: kind === 'estimate' };
  const parts = cellParts(layout, { layer: 0, row: 0 }, cell, true, paint, theme);
  return svgEl('svg', { width: side, height: side, 'aria-hidden': 'true' }, ...parts);
}

/** Draws into `container`; call `update` for anything that changes, `destroy` before the container goes. */
export function headMap(container: HTMLElement, first: HeadMapData, firstOptions: HeadMapOptions): HeadMapChart {
  let data = first;
  let options = firstOptions;
  let layout = gridLayout(options.width, data.layers, data.heads, 0);
  let cursor: { layer: number; row: number } | null = null;
  const cells = svgEl('g');
  const over = svgEl('g', { 'pointer-events': 'none' });
  const svg = svgEl('svg', { 'aria-hidden': 'true' }, cells, over);
  const root = el('div', { class: 'head-map' }, svg);
  container.append(root);

  const refOf = (at: { layer: number; row: number }): HeadRef => ({ layer: at.layer, head: at.row });
  const place = (ref: HeadRef) => ({ layer: ref.layer, row: ref.head });

  const drawOver = () => {
    const { theme } = options;
    fill(over, cursor && gridOutline(layout, cursor, theme.foreground, 1.5, '2 2'));
  };
  const preview = (at: { layer: number; row: number } | null, say: boolean) => {
    if (at?.layer === cursor?.layer && at?.row === cursor?.row) return;
    cursor = at;
    drawOver();
    options.onPreview(at && refOf(at), at && over.lastElementChild);
    if (at && say) announce(options.describe(refOf(at)));
  };
  const under = (event: MouseEvent) => {
    const box = svg.getBoundingClientRect();
    return thumbnailUnder(layout, data.layers, data.heads, event.clientX - box.left, event.clientY - box.top);
  };
  svg.addEventListener('pointermove', (event) => preview(under(event), false));
  svg.addEventListener('pointerleave', () => preview(null, false));
  svg.addEventListener('click', (event) => {
    const at = under(event);
    if (at) options.onOpen(refOf(at));
  });
  root.addEventListener('blur', () => preview(null, false));
  const start = () => cursor ?? place(data.chosen ?? data.best[0] ?? { layer: 0, head: 0 });
  const release = chartTabStop(root, {
    label: options.label,
    onMove(dx, dy) {
      const at = start();
      const layer = Math.min(data.layers - 1, Math.max(0, at.layer + dx));
      preview({ layer, row: Math.min(data.heads - 1, Math.max(0, at.row + dy)) }, true);
    },
    onActivate: () => options.onOpen(refOf(start())),
    onEdge: (end) => preview({ layer: end < 0 ? 0 : data.layers - 1, row: start().row }, true),
  });

  const draw = () => {
    const { theme, gamma, width, label } = options;
    layout = gridLayout(width, data.layers, data.heads, 0);
    root.setAttribute('aria-label', label);
    svg.setAttribute('width', String(layout.width));
    svg.setAttribute('height', String(layout.height));
    if (cursor && (cursor.layer >= data.layers || cursor.row >= data.heads)) cursor = null;
    const paint = {
      colour: headColour(theme, data.signed, data.largest, gamma),
      share: (value: number) => strength(Math.abs(value), data.largest, gamma),
    };
    fill(
      cells,
      svgEl('defs', {}, hatchPattern(theme)),
      ...gridAxes(layout, data, false),
      ...data.cells.flatMap((column, layer) =>
        column.flatMap((cell, row) => cellParts(layout, { layer, row }, cell, data.signed, paint, theme)),
      ),
      ...data.best.map((ref) => gridOutline(layout, place(ref), theme.foreground, 1)),
      data.chosen && gridOutline(layout, place(data.chosen), theme.focus, 2),
    );
    drawOver();
  };
  draw();

  return {
    update(next, nextOptions) {
      data = next;
      options = nextOptions;
      draw();
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
