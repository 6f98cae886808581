/**
 * One number per head as a layer × head map: one column per block, as in the grid of attention. Blue and solid supports the
 * target, orange and hatched works against it; hollow is an estimate, and a dot means not known yet. Pointer and arrows preview,
 * click and Enter open.
 */
import { interpolateLab } from 'd3';
import { announce } from '../../base/a11y';
import { type Child, el, fill, svgEl } from '../../base/dom';
import type { Theme } from '../../base/theme';
import { gridAxes, gridOutline } from '../attention/grid';
import type { HeadRef } from '../attention/ranking';
import { type GridLayout, gridLayout, thumbnailAt, thumbnailUnder } from '../attention/thumbnails';
import { strength } from '../attention/weights';
import { type DrawnChart, mountChart, type Now, placeIn, sizeSvg, within, withoutMarks } from '../chart';

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

export type HeadMapChart = DrawnChart<HeadMapData, HeadMapOptions>;

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

interface Spot {
  layer: number;
  row: number;
}
const headAt = ({ layer, row }: Spot): HeadRef => ({ layer, head: row });
const place = ({ layer, head }: HeadRef): Spot => ({ layer, row: head });

export function headMap(container: HTMLElement, first: HeadMapData, firstOptions: HeadMapOptions): HeadMapChart {
  let layout: GridLayout;
  const cells = svgEl('g');
  const over = svgEl('g', { 'pointer-events': 'none' });
  const svg = svgEl('svg', { 'aria-hidden': 'true' }, cells, over);
  const root = el('div', { class: 'head-map' }, svg);
  const start = ({ data, cursor }: Now<HeadMapData, HeadMapOptions, Spot>): Spot =>
    cursor ?? place(data.chosen ?? data.best[0] ?? { layer: 0, head: 0 });
  const chart = mountChart<HeadMapData, HeadMapOptions, Spot>(container, first, firstOptions, {
    root,
    surface: svg,
    layout({ data, options }) {
      layout = gridLayout(options.width, data.layers, data.heads, 0);
      sizeSvg(svg, layout.width, layout.height);
    },
    exists: ({ layer, row }, { data }) => layer < data.layers && row < data.heads,
    draw: ({ data, options }) => fill(cells, ...mapParts(layout, data, options)),
    mark({ options, cursor }) {
      fill(over, cursor && gridOutline(layout, cursor, options.theme.foreground, 1.5, '2 2'));
      return over.lastElementChild;
    },
    under: (event, { data }) => thumbnailUnder(layout, data.layers, data.heads, ...placeIn(svg, event)),
    show({ options, cursor }, anchor, byKeyboard) {
      options.onPreview(cursor && headAt(cursor), anchor);
      if (cursor && byKeyboard) announce(options.describe(headAt(cursor)));
    },
    step(now, dx, dy) {
      const { layer, row } = start(now);
      return { layer: within(layer + dx, now.data.layers), row: within(row + dy, now.data.heads) };
    },
    edge: (now, end) => ({ layer: end < 0 ? 0 : now.data.layers - 1, row: start(now).row }),
    choose: (now, spot) => now.options.onOpen(headAt(spot ?? start(now))),
  });
  return { ...chart, drawing: () => withoutMarks(svg) };
}

function mapParts(layout: GridLayout, data: HeadMapData, { theme, gamma }: HeadMapOptions): Child[] {
  const { signed, largest, best, chosen } = data;
  const paint = {
    colour: headColour(theme, signed, largest, gamma),
    share: (value: number) => strength(Math.abs(value), largest, gamma),
  };
  return [
    svgEl('defs', {}, hatchPattern(theme)),
    ...gridAxes(layout, data, false),
    ...data.cells.flatMap((column, layer) =>
      column.flatMap((cell, row) => cellParts(layout, { layer, row }, cell, signed, paint, theme)),
    ),
    ...best.map((ref) => gridOutline(layout, place(ref), theme.foreground, 1)),
    chosen && gridOutline(layout, place(chosen), theme.focus, 2),
  ];
}
