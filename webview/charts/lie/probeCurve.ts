/**
 * A figure by layer: the score of a probe at each layer against the band of shuffled labels, or its verdict on one statement.
 * Layers that the verdict reads are filled; layers where nothing can be read are shaded. One tab stop over the layers.
 */
import { area, extent, line, scaleLinear } from 'd3';
import { svgEl } from '../../base/dom';
import { fixed } from '../../base/format';
import type { Theme } from '../../base/theme';
import {
  type Drawing,
  nearestIndex,
  ruleLine,
  type StepChart,
  type StepOptions,
  stepChart,
  textWidth,
  words,
} from '../shared/stepChart';

export interface ProbeCurveData {
  /** Ascending. */
  layers: readonly number[];
  /** [N] of `layers`. */
  values: readonly number[];
  /** [N] one standard deviation of each value. */
  spread: readonly number[] | null;
  /** [N] range of the scores with shuffled labels. */
  band: { low: readonly number[]; high: readonly number[]; label: string } | null;
  lines: readonly { value: number; label: string }[];
  /** Layers whose points are filled and larger. */
  marked: readonly number[];
  /** [N] true where the probe reads no more than chance. */
  blank: readonly boolean[] | null;
  /** The least range of the y axis, which grows with the data. */
  range: readonly [low: number, high: number];
  /** The upper limit of the measure: a deviation or a band beyond it is drawn only up to there. */
  most?: number;
}

export interface ProbeCurveOptions extends StepOptions {
  /** Label under the axis. */
  axis: string;
  /** Label in the blank layers. */
  blankLabel?: string;
  /** Labels above and below the middle, for signed values. */
  ends?: readonly [above: string, below: string];
}

const HEIGHT = 168;
const TOP = 10;
const FOOT = 20;
const LEFT = 32;
const RIGHT = 12;
/** Height of a line of text in px. */
const LINE = 13;

export function probeCurve(
  container: HTMLElement,
  data: ProbeCurveData,
  options: ProbeCurveOptions,
): StepChart<ProbeCurveData, ProbeCurveOptions> {
  return stepChart(container, 'probe-curve', data, options, draw);
}

interface Scales {
  x: (layer: number) => number;
  y: (value: number) => number;
  ticks: number[];
  right: number;
}

function scales(data: ProbeCurveData, width: number): Scales {
  const { layers, values, band, range, lines, spread, most = Number.POSITIVE_INFINITY } = data;
  const reached = (value: number) => Math.min(value, most);
  const all = [
    ...range,
    ...values.flatMap((value, i) => [value - (spread?.[i] ?? 0), value + (spread?.[i] ?? 0)]),
    ...(band?.low ?? []),
    ...(band?.high ?? []),
    ...lines.map(({ value }) => value),
  ];
  const [low = 0, high = 1] = extent(all.map(reached)) as [number?, number?];
  const y = scaleLinear([low, high], [HEIGHT - FOOT, TOP]).nice(5);
  const right = width - RIGHT;
  const [first = 0, last = 1] = [layers[0], layers.at(-1)];
  const x = scaleLinear([first, Math.max(last, first + 1)], [LEFT, right]);
  return { x, y: (value) => y(reached(value)), ticks: y.ticks(5), right };
}

function draw(data: ProbeCurveData, options: ProbeCurveOptions, cursor: number | null): Drawing {
  const at = scales(data, options.width);
  const { theme } = options;
  const places = data.layers.map(at.x);
  const nodes = [
    ...frame(data, at, options),
    ...bandNodes(data, at, options),
    ...lineNodes(data, at, theme),
    ...spreadNodes(data, at, theme),
    ...curve(data, at, options),
    ...lineNames(data, at, theme),
  ];
  if (cursor !== null) {
    const [x, y] = [places[cursor], at.y(data.values[cursor])];
    nodes.push(
      ruleLine(theme.faint, [x, TOP], [x, HEIGHT - FOOT]),
      svgEl('circle', { class: 'cursor', cx: x, cy: y, r: 5, fill: 'none', stroke: theme.foreground }),
    );
  }
  return { height: HEIGHT + 12, nodes, steps: places.length, nearest: (x) => nearestIndex(places, x) };
}

function frame({ layers, blank }: ProbeCurveData, at: Scales, options: ProbeCurveOptions): SVGElement[] {
  const { theme, axis } = options;
  const { x, y, ticks, right } = at;
  const signed = options.ends !== undefined;
  const step = Math.max(1, Math.ceil((layers.at(-1) ?? 1) / 3 / 5) * 5);
  const marks = layers.filter((layer) => layer % step === 0);
  const half = layers.length > 1 ? (x(layers[1]) - x(layers[0])) / 2 : 0;
  const shades = layers.flatMap((layer, i) =>
    blank?.[i]
      ? [
          svgEl('rect', {
            x: Math.max(LEFT, x(layer) - half),
            width: Math.min(right, x(layer) + half) - Math.max(LEFT, x(layer) - half),
            y: TOP,
            height: HEIGHT - FOOT - TOP,
            fill: theme.band,
            'shape-rendering': 'crispEdges',
          }),
        ]
      : [],
  );
  return [
    ...shades,
    ...ticks.flatMap((tick) => [
      ruleLine(tick === 0 ? theme.faint : theme.track, [LEFT, y(tick)], [right, y(tick)]),
      words(theme, tickText(tick, ticks, signed), { x: LEFT - 6, y: y(tick), dy: '.32em', 'text-anchor': 'end' }),
    ]),
    ...marks.map((layer) => words(theme, String(layer), { x: x(layer), y: HEIGHT - 6, 'text-anchor': 'middle' })),
    words(theme, axis, { x: (LEFT + right) / 2, y: HEIGHT + 8, 'text-anchor': 'middle' }),
    ...blankWords(layers, blank, at, options),
    ...(options.ends ?? []).map((text, below) =>
      words(theme, text, { x: right, y: below ? HEIGHT - FOOT - 5 : TOP + 8, 'text-anchor': 'end', pale: false }),
    ),
  ];
}

/** The label in the longest stretch of blank layers, if there is room for it. */
function blankWords(
  layers: readonly number[],
  blank: ProbeCurveData['blank'],
  { x }: Scales,
  { theme, blankLabel }: ProbeCurveOptions,
): SVGElement[] {
  if (!blank || !blankLabel) return [];
  let [best, from] = [[0, 0], -1];
  blank.forEach((is, i) => {
    if (!is) from = -1;
    else if (from < 0) from = i;
    if (is && i - from > best[1] - best[0]) best = [from, i];
  });
  const [start, end] = [x(layers[best[0]]), x(layers[best[1]])];
  if (end - start < textWidth(blankLabel)) return [];
  return [words(theme, blankLabel, { x: (start + end) / 2, y: TOP + 8, 'text-anchor': 'middle' })];
}

export function tickText(tick: number, ticks: readonly number[], signed = false): string {
  const digits = Math.max(0, ...ticks.map((each) => (String(Number(each.toFixed(2))).split('.')[1] ?? '').length));
  const text = fixed(tick, digits).replace(/^(\u2212?)0\./, '$1.');
  return signed && tick > 0 ? `+${text}` : text;
}

function bandNodes({ layers, band }: ProbeCurveData, { x, y }: Scales, { theme }: StepOptions): SVGElement[] {
  if (!band) return [];
  const rows = layers.map((layer, i) => ({ layer, low: band.low[i], high: band.high[i] }));
  const shape = area<(typeof rows)[number]>()
    .x((row) => x(row.layer))
    .y0((row) => y(row.low))
    .y1((row) => y(row.high));
  return [svgEl('path', { class: 'band', d: shape(rows), fill: theme.band })];
}

function lineNodes({ lines }: ProbeCurveData, { y, right }: Scales, theme: Theme): SVGElement[] {
  return lines.map(({ value }) =>
    svgEl('line', {
      ...{ x1: LEFT, x2: right, y1: y(value), y2: y(value) },
      ...{ stroke: theme.muted, 'stroke-dasharray': '2 3' },
    }),
  );
}

/** The names are drawn over everything, set off from the curve where it passes. */
function lineNames({ lines, band }: ProbeCurveData, { y, right }: Scales, theme: Theme): SVGElement[] {
  const names = lines.map(({ value, label }) => words(theme, label, { x: LEFT + 4, y: y(value) - 5, over: true }));
  if (!band) return names;
  const middle = y(((band.low.at(-1) ?? 0) + (band.high.at(-1) ?? 0)) / 2);
  const start = right - 4 - textWidth(band.label);
  const meets = lines.some(
    ({ value, label }) => LEFT + 4 + textWidth(label) > start - 6 && Math.abs(y(value) - 5 - middle) < LINE,
  );
  // The band's name goes under the band if it would meet the name of a line.
  const under = Math.min(HEIGHT - FOOT - 6, y(Math.min(...band.low)) + 9);
  const place = { x: right - 4, y: meets ? under : middle, dy: '.34em', 'text-anchor': 'end' };
  return [...names, words(theme, band.label, place)];
}

function spreadNodes({ layers, values, spread }: ProbeCurveData, { x, y }: Scales, theme: Theme): SVGElement[] {
  if (!spread) return [];
  return layers.map((layer, i) =>
    svgEl('line', {
      x1: x(layer),
      x2: x(layer),
      y1: y(values[i] - spread[i]),
      y2: y(values[i] + spread[i]),
      stroke: theme.faint,
    }),
  );
}

function curve({ layers, values, marked, blank }: ProbeCurveData, { x, y }: Scales, options: ProbeCurveOptions) {
  const { theme, ends } = options;
  const path = line<number>()
    .x((layer) => x(layer))
    .y((_, i) => y(values[i]));
  const colour = (value: number) => (ends && value < 0 ? theme.negative : theme.positive);
  return [
    svgEl('path', { d: path([...layers]), fill: 'none', stroke: theme.foreground, 'stroke-width': 1.5 }),
    ...layers.map((layer, i) => {
      const read = marked.includes(layer);
      const full = read && !(ends && values[i] < 0);
      const stroke = blank?.[i] ? theme.muted : colour(values[i]);
      return svgEl('circle', {
        cx: x(layer),
        cy: y(values[i]),
        r: read ? 4 : 2,
        fill: full ? stroke : theme.background,
        stroke,
        'stroke-width': read ? 1.75 : 1,
      });
    }),
  ];
}
