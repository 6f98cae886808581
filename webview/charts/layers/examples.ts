/**
 * Attention of the last position on each example's label word, block by block: one line per example with its own dash and marker,
 * beside the weight of an even spread. Pointer and arrows preview a point, click and Enter open its head.
 */
import { type ScaleLinear, scaleLinear } from 'd3';
import { announce } from '../../base/a11y';
import { el, fill, svgEl } from '../../base/dom';
import { probability } from '../../base/format';
import type { Theme } from '../../base/theme';
import { type DrawnChart, mountChart, type Now, placeIn, sizeSvg, within, withoutMarks } from '../chart';
import { lineStyle, markerAt, styledLine } from '../lens/lines';

export interface ExampleLine {
  /** Index of the hue, dash and marker. */
  style: number;
  /** [L] weights. */
  weights: readonly number[];
}

export interface ExamplesChartData {
  lines: readonly ExampleLine[];
  /** Weight of an even spread over all tokens; null to leave it out. */
  even: number | null;
  evenWords: string;
  /** Upper end of the axis. */
  largest: number;
  /** The locked block; null for none. */
  layer: number | null;
}

export interface ExamplesChartOptions {
  /** Content width in CSS pixels. */
  width: number;
  theme: Theme;
  label: string;
  describe: (spot: ExampleSpot) => string;
  onPreview: (spot: ExampleSpot | null, anchor: Element | null) => void;
  onOpen: (spot: ExampleSpot) => void;
}

export interface ExampleSpot {
  /** Index into the lines. */
  line: number;
  layer: number;
}

export type ExamplesChart = DrawnChart<ExamplesChartData, ExamplesChartOptions>;

const height = 168;
const margin = { left: 32, right: 10, top: 10, bottom: 20 };
const markerStep = 5;

interface Scales {
  x: ScaleLinear<number, number>;
  y: ScaleLinear<number, number>;
}
type Place = Scales & { theme: Theme; width: number };

const layersOf = ({ lines }: ExamplesChartData): number => lines[0]?.weights.length ?? 0;

function placeOf(data: ExamplesChartData, { theme, width }: ExamplesChartOptions): Place {
  const x = scaleLinear([0, Math.max(1, layersOf(data) - 1)], [margin.left + 6, width - margin.right]);
  return { theme, width, x, y: scaleLinear([0, data.largest || 1], [height - margin.bottom, margin.top]) };
}

/** Where the arrow keys begin. */
const start = ({ data, cursor }: Now<ExamplesChartData, ExamplesChartOptions, ExampleSpot>): ExampleSpot =>
  cursor ?? { line: 0, layer: data.layer ?? layersOf(data) - 1 };

export function examplesChart(
  container: HTMLElement,
  first: ExamplesChartData,
  firstOptions: ExamplesChartOptions,
): ExamplesChart {
  const drawing = svgEl('g');
  const over = svgEl('g', { 'pointer-events': 'none' });
  const svg = svgEl('svg', { 'aria-hidden': 'true' }, drawing, over);
  const root = el('div', { class: 'examples-chart' }, svg);
  const chart = mountChart<ExamplesChartData, ExamplesChartOptions, ExampleSpot>(container, first, firstOptions, {
    root,
    surface: svg,
    exists: ({ line, layer }, { data }) => line < data.lines.length && layer < layersOf(data),
    draw({ data, options }) {
      sizeSvg(svg, options.width, height);
      const place = placeOf(data, options);
      fill(drawing, ...axes(data, place), ...evenLine(data, place), ...lines(data, place));
    },
    mark({ data, options, cursor }) {
      fill(over, ...(cursor ? cursorMarks(data, placeOf(data, options), cursor) : []));
      return over.lastElementChild;
    },
    under: (event, { data, options }) => nearest(data, placeOf(data, options), ...placeIn(svg, event)),
    show({ options, cursor }, anchor, byKeyboard) {
      options.onPreview(cursor, anchor);
      if (cursor && byKeyboard) announce(options.describe(cursor));
    },
    step(now, dx, dy) {
      const { line, layer } = start(now);
      return {
        layer: within(layer + dx, layersOf(now.data)),
        line: within(line + Math.sign(dy), now.data.lines.length),
      };
    },
    edge: (now, end) => ({ ...start(now), layer: end < 0 ? 0 : layersOf(now.data) - 1 }),
    choose: (now, spot) => now.options.onOpen(spot ?? start(now)),
  });
  return { ...chart, drawing: () => withoutMarks(svg) };
}

/** The nearest point in the nearest block. */
function nearest(data: ExamplesChartData, { x, y }: Scales, atX: number, atY: number): ExampleSpot | null {
  if (layersOf(data) === 0) return null;
  const layer = within(Math.round(x.invert(atX)), layersOf(data));
  const distance = (line: number) => Math.abs(y(data.lines[line].weights[layer]) - atY);
  return { line: data.lines.reduce((best, _, line) => (distance(line) < distance(best) ? line : best), 0), layer };
}

function cursorMarks(data: ExamplesChartData, { x, y, theme }: Place, { line, layer }: ExampleSpot): SVGElement[] {
  const at = x(layer);
  const ring = { r: 5, fill: 'none', stroke: theme.foreground, 'stroke-width': 1.5 };
  return [
    svgEl('line', { x1: at, x2: at, y1: margin.top, y2: height - margin.bottom, stroke: theme.muted }),
    svgEl('circle', { cx: at, cy: y(data.lines[line].weights[layer]), ...ring }),
  ];
}

function axes(data: ExamplesChartData, { theme, width, x, y }: Place): SVGElement[] {
  const last = layersOf(data) - 1;
  const style = { fill: theme.muted };
  const rows = y.ticks(3).flatMap((value) => [
    svgEl('line', {
      ...{ x1: margin.left, x2: width - margin.right, y1: y(value), y2: y(value) },
      stroke: value === 0 ? theme.faint : theme.track,
    }),
    svgEl('text', { x: margin.left - 6, y: y(value), dy: '.34em', 'text-anchor': 'end', style }, probability(value)),
  ]);
  const columns = Array.from({ length: last + 1 }, (_, layer) => layer)
    .filter((layer) => layer === last || (layer % 5 === 0 && last - layer >= 2))
    .map((layer) => svgEl('text', { x: x(layer), y: height - 4, 'text-anchor': 'middle', style }, layer));
  if (data.layer === null) return [...rows, ...columns];
  const locked = svgEl('line', {
    ...{ x1: x(data.layer), x2: x(data.layer), y1: margin.top, y2: height - margin.bottom },
    ...{ stroke: theme.focus, 'stroke-width': 2 },
  });
  return [...rows, ...columns, locked];
}

function evenLine({ even, largest, evenWords }: ExamplesChartData, { theme, width, y }: Place): SVGElement[] {
  if (even === null || even > largest) return [];
  const at = y(even);
  return [
    svgEl('line', {
      ...{ x1: margin.left, x2: width - margin.right, y1: at, y2: at },
      ...{ stroke: theme.muted, 'stroke-dasharray': '1 3', 'stroke-linecap': 'round' },
    }),
    svgEl(
      'text',
      {
        ...{ x: margin.left + 4, y: at - 4 },
        ...{ 'paint-order': 'stroke', stroke: theme.background, 'stroke-width': 3, style: { fill: theme.muted } },
      },
      evenWords,
    ),
  ];
}

function lines(data: ExamplesChartData, { theme, x, y }: Place): SVGElement[] {
  return [...data.lines].reverse().flatMap(({ style: index, weights }) => {
    const style = lineStyle(theme, index);
    const points = weights.map((weight, layer): [number, number] => [x(layer), y(weight)]);
    const marked = points.filter((_, layer) => layer % markerStep === 0 || layer === points.length - 1);
    return [styledLine(style, points), ...marked.map(([px, py]) => markerAt(style, px, py, theme))];
  });
}
