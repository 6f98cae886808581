/**
 * Deletion curves: the target as more and more units are taken away, one line per method against the band of random orders, with
 * each line's mean height beside it. One tab stop: arrows move over the fractions. D3 scales and paths, sends no messages.
 */
import { area, extent, line, scaleLinear } from 'd3';
import type { SaliencyMethod } from '../../../src/analysis/saliency/contract';
import { svgEl } from '../../base/dom';
import { fixed } from '../../base/format';
import { t } from '../../base/strings';
import type { Theme } from '../../base/theme';
import { type Chart, mountChart, nextIndex, placeIn, sizeSvg } from '../chart';
import { nearestIndex } from '../shared/stepChart';
import { labelWidth } from './layout';
import { lineLooks } from './scores';

type Curve = readonly (number | null)[];

export interface DeletionCurve {
  method: SaliencyMethod;
  label: string;
  mostFirst: Curve;
  leastFirst: Curve;
  /** Mean heights. */
  area: { mostFirst: number; leastFirst: number };
}

export interface DeletionData {
  /** Share of the units taken away: 0 … 1. */
  fractions: readonly number[];
  /** The area between the first curve's two lines is shaded. */
  curves: readonly DeletionCurve[];
  random: { mean: Curve; spread: Curve; area: number };
}

export type DeletionOrder = 'most' | 'least' | 'both';

export interface DeletionOptions {
  theme: Theme;
  /** px. */
  width: number;
  order: DeletionOrder;
  label: string;
  /** Label under the axis. */
  axis: string;
  /** The words for a step. */
  describe: (step: number) => string;
  announce: (text: string) => void;
  onHover: (step: number | null, anchor: Element | null) => void;
}

const HEIGHT = 200;
const TOP = 8;
const FOOT = 24;
const LEFT = 34;
const ROW = 24;
/** Up to this many points are marked and labelled under the axis, because nothing was measured between them. */
const FEW_POINTS = 6;
const QUARTERS = [0, 0.25, 0.5, 0.75, 1];

/** The lines drawn; `least` is thin and pale beside `most` if both are shown. */
function linesOf(curve: DeletionCurve, order: DeletionOrder): { values: Curve; faint: boolean }[] {
  if (order === 'both')
    return [
      { values: curve.leastFirst, faint: true },
      { values: curve.mostFirst, faint: false },
    ];
  return [{ values: order === 'most' ? curve.mostFirst : curve.leastFirst, faint: false }];
}

interface Scales {
  x: (fraction: number) => number;
  y: (value: number) => number;
  left: number;
  right: number;
  ticks: number[];
}

function scales(data: DeletionData, { width, order }: DeletionOptions): Scales {
  const band = data.random.mean.flatMap((mean, i) => {
    const spread = data.random.spread[i];
    return mean === null || spread === null ? [] : [mean - spread, mean + spread];
  });
  const values = data.curves.flatMap((curve) => linesOf(curve, order).flatMap(({ values: own }) => own));
  const [low = 0, high = 1] = extent([...band, ...values.filter((value) => value !== null)]) as [number?, number?];
  const y = scaleLinear([low, high === low ? low + 1 : high], [HEIGHT - FOOT, TOP]).nice(5);
  const right = width - legendWidth(data, order);
  return { x: scaleLinear([0, 1], [LEFT, Math.max(LEFT + 60, right)]), y, left: LEFT, right, ticks: y.ticks(5) };
}

/** Width of the legend beside the curves: a sample of the line, the name, and one number, or three for both orders. */
function legendWidth({ curves, random }: DeletionData, order: DeletionOrder): number {
  const longest = Math.max(38, ...curves.map(({ label }) => labelWidth(label, 6.2)));
  const numbers = [random.area, ...curves.flatMap(({ area }) => [area.mostFirst, area.leastFirst])].map((area) =>
    labelWidth(fixed(area), 6.2),
  );
  return 12 + 26 + longest + (order === 'both' ? 3 * 50 : Math.max(40, 10 + Math.max(...numbers)));
}

export function deletionCurves(
  container: HTMLElement,
  first: DeletionData,
  firstOptions: DeletionOptions,
): Chart<DeletionData, DeletionOptions> {
  const svg = svgEl('svg', { class: 'deletion-curves' });
  return mountChart<DeletionData, DeletionOptions, number>(container, first, firstOptions, {
    root: svg,
    exists: (step, { data }) => step < data.fractions.length,
    draw({ data, options, cursor }) {
      const at = scales(data, options);
      svg.replaceChildren(...frame(data, at, options), ...shades(data, at, options), ...paths(data, at, options));
      if (cursor !== null) svg.append(...cursorMarks(data, at, options, cursor));
      svg.append(...legend(data, at, options));
      sizeSvg(svg, options.width, HEIGHT + 16);
      svg.setAttribute('color', options.theme.foreground);
    },
    under(event, { data, options }) {
      const at = scales(data, options);
      const [x] = placeIn(svg, event);
      return x > at.right + 8 ? null : nearestIndex(data.fractions.map(at.x), x);
    },
    show({ options: { onHover, announce, describe }, cursor }, anchor, byKeyboard) {
      onHover(cursor, anchor);
      if (byKeyboard) announce(describe(cursor ?? 0));
    },
    step: ({ data, cursor }, dx, dy) => nextIndex(cursor, dx || dy, data.fractions.length),
    edge: ({ data: { fractions } }, end) => nextIndex(0, end * fractions.length, fractions.length),
  });
}

const isCoarse = ({ fractions }: DeletionData): boolean => fractions.length <= FEW_POINTS;

function frame(
  data: DeletionData,
  { x, y, left, right, ticks }: Scales,
  { theme, axis }: DeletionOptions,
): SVGElement[] {
  const label = (text: string, at: Record<string, unknown>) =>
    svgEl('text', { class: 'm', fill: theme.muted, ...at }, text);
  const digits = Math.max(0, ...ticks.map((tick) => (String(Number(tick.toFixed(2))).split('.')[1] ?? '').length));
  return [
    ...ticks.flatMap((tick) => [
      svgEl('line', {
        x1: left,
        x2: right,
        y1: y(tick),
        y2: y(tick),
        stroke: tick === 0 ? theme.faint : theme.track,
        'shape-rendering': 'crispEdges',
      }),
      label(fixed(tick, digits), { x: left - 8, y: y(tick), dy: '.32em', 'text-anchor': 'end' }),
    ]),
    ...(isCoarse(data) ? data.fractions : QUARTERS).map((part) =>
      label(`${Math.round(part * 100)}${part === 1 ? ' %' : ''}`, {
        x: x(part),
        y: HEIGHT - 6,
        'text-anchor': 'middle',
      }),
    ),
    label(axis, { x: (left + right) / 2, y: HEIGHT + 10, 'text-anchor': 'middle' }),
  ];
}

/** Points with a value, at their fraction. */
function points(data: DeletionData, values: Curve): [fraction: number, value: number][] {
  return data.fractions.flatMap((fraction, i) => {
    const value = values[i] ?? null;
    return value === null ? [] : [[fraction, value] as [number, number]];
  });
}

/** The random orders' band, and the area between the first method's two curves. */
function shades(data: DeletionData, { x, y }: Scales, { theme, order }: DeletionOptions): SVGElement[] {
  const { mean, spread } = data.random;
  const between = (low: Curve, high: Curve) => {
    const places = data.fractions.flatMap((fraction, i) => {
      const [bottom, top] = [low[i], high[i]];
      return bottom === null || top === null ? [] : [{ fraction, bottom, top }];
    });
    const shape = area<(typeof places)[number]>()
      .x((place) => x(place.fraction))
      .y0((place) => y(place.bottom))
      .y1((place) => y(place.top));
    return shape(places);
  };
  const off = (sign: number) => mean.map((value, i) => (value === null ? null : value + sign * (spread[i] ?? 0)));
  const band = svgEl('path', { class: 'band', d: between(off(-1), off(1)), fill: theme.band });
  const [first] = data.curves;
  const own =
    order === 'both' && first
      ? [
          svgEl('path', {
            class: 'between',
            d: between(first.mostFirst, first.leastFirst),
            fill: theme.positiveTint,
            opacity: 0.6,
          }),
        ]
      : [];
  const middle = svgEl('path', {
    class: 'random',
    d: stroke(data, mean, x, y),
    fill: 'none',
    stroke: theme.muted,
    'stroke-width': 1,
  });
  return [...own, band, middle];
}

function stroke(data: DeletionData, values: Curve, x: Scales['x'], y: Scales['y']): string | null {
  return line<[number, number]>()
    .x(([fraction]) => x(fraction))
    .y(([, value]) => y(value))(points(data, values));
}

function paths(data: DeletionData, { x, y }: Scales, { theme, order }: DeletionOptions): SVGElement[] {
  return data.curves.flatMap((curve) => {
    const { hue, dash, width } = lineLooks[curve.method];
    return linesOf(curve, order).flatMap(({ values, faint }) => {
      const opacity = faint ? 0.7 : undefined;
      const path = svgEl('path', {
        class: faint ? 'curve least' : 'curve',
        d: stroke(data, values, x, y),
        fill: 'none',
        stroke: theme[hue],
        'stroke-width': faint ? 1 : width,
        'stroke-dasharray': dash,
        opacity,
      });
      const read = isCoarse(data) ? points(data, values) : [];
      const mark = { class: 'read', r: faint ? 1.75 : 2.5, fill: theme[hue], opacity };
      return [path, ...read.map(([fraction, value]) => svgEl('circle', { ...mark, cx: x(fraction), cy: y(value) }))];
    });
  });
}

function cursorMarks(data: DeletionData, { x, y }: Scales, options: DeletionOptions, step: number): SVGElement[] {
  const { theme, order } = options;
  const at = x(data.fractions[step]);
  const rule = svgEl('line', { class: 'cursor', x1: at, x2: at, y1: TOP, y2: HEIGHT - FOOT, stroke: theme.muted });
  const dots = data.curves.flatMap((curve) =>
    linesOf(curve, order).flatMap(({ values }) => {
      const value = values[step] ?? null;
      const fill = theme[lineLooks[curve.method].hue];
      return value === null ? [] : [svgEl('circle', { cx: at, cy: y(value), r: 3, fill })];
    }),
  );
  return [rule, ...dots];
}

/** The legend, ordered as a ranking: if the most important units go first, the lowest mean height comes first. */
function legend(data: DeletionData, { right }: Scales, { theme, order, width }: DeletionOptions): SVGElement[] {
  const key = order === 'least' ? 'leastFirst' : 'mostFirst';
  const rows = [
    ...data.curves.map((curve) => ({ label: curve.label, height: curve.area[key], curve })),
    { label: t('random'), height: data.random.area, curve: null },
  ].sort((a, b) => (order === 'least' ? b.height - a.height : a.height - b.height));
  const number = (text: string, x: number, y: number, muted = false) =>
    svgEl(
      'text',
      {
        class: muted ? 'm' : '',
        fill: muted ? theme.muted : theme.foreground,
        x,
        y,
        dy: '.32em',
        'text-anchor': 'end',
      },
      text,
    );
  const ends = order === 'both' ? [width - 104, width - 54, width] : [width];
  const drawn = rows.flatMap(({ label, height, curve }, row) => {
    const y = 16 + row * ROW + (order === 'both' ? 16 : 0);
    const look = curve ? lineLooks[curve.method] : { hue: 'muted' as const, dash: null, width: 1 };
    const sample = { x1: right + 12, x2: right + 32, y1: y, y2: y, stroke: theme[look.hue] };
    const name = { x: right + 38, y, dy: '.32em', fill: theme.foreground };
    const both = order === 'both' && curve ? [curve.area.leastFirst, curve.area.leastFirst - curve.area.mostFirst] : [];
    return [
      svgEl('line', { ...sample, 'stroke-width': look.width + 0.25, 'stroke-dasharray': look.dash }),
      svgEl('text', name, label),
      ...[height, ...both].map((value, column) => number(fixed(value), ends[column], y)),
    ];
  });
  const foot = 16 + rows.length * ROW;
  const heads =
    order === 'both'
      ? [t('most'), t('least'), t('between')].map((text, column) => number(text, ends[column], 8, true))
      : [number(t('mean height'), width, foot, true)];
  return [...drawn, ...heads];
}
