/**
 * One curve over an amount: accuracy on the surest share of the statements, or a probe's figure over the number of rows it was
 * trained on. Some points are named in the picture. One tab stop over the points.
 */
import { extent, line, scaleLinear } from 'd3';
import { svgEl } from '../../base/dom';
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
import { tickText } from './probeCurve';

export interface SharePoint {
  at: number;
  value: number;
}

export interface ShareCurveData {
  points: readonly SharePoint[];
  /** Points named beside the curve, each with its value. */
  named: readonly (SharePoint & { label: string; filled: boolean })[];
  /** The least range of the y axis. */
  range: readonly [number, number];
  /** Horizontal line of chance; null for none. */
  chance: number | null;
}

export interface ShareCurveOptions extends StepOptions {
  axis: string;
  /** The tick label for a place on the axis. */
  tick: (at: number) => string;
  /** px. */
  height?: number;
}

const LEFT = 32;
const RIGHT = 16;
const TOP = 10;
const FOOT = 20;

export function shareCurve(
  container: HTMLElement,
  data: ShareCurveData,
  options: ShareCurveOptions,
): StepChart<ShareCurveData, ShareCurveOptions> {
  return stepChart(container, 'share-curve', data, options, draw);
}

function draw(data: ShareCurveData, options: ShareCurveOptions, cursor: number | null): Drawing {
  const { points, named, range, chance } = data;
  const { theme, width, axis, tick: text, height = 168 } = options;
  const bottom = height - FOOT;
  const values = [...range, ...points.map(({ value }) => value), ...(chance === null ? [] : [chance])];
  const [low = 0, high = 1] = extent(values) as [number?, number?];
  const x = scaleLinear([0, Math.max(...points.map(({ at }) => at))], [LEFT, width - RIGHT]);
  const y = scaleLinear([low, high], [bottom, TOP]).nice(4);
  const ticks = y.ticks(4);
  const path = line<SharePoint>()
    .x(({ at }) => x(at))
    .y(({ value }) => y(value));
  const places = points.map(({ at }) => x(at));
  const across = x.ticks(4).filter((at) => at > 0);
  const nodes = [
    ...ticks.flatMap((tick) => [
      ruleLine(theme.track, [LEFT, y(tick)], [width - RIGHT, y(tick)]),
      words(theme, tickText(tick, ticks), { x: LEFT - 6, y: y(tick), dy: '.32em', 'text-anchor': 'end' }),
    ]),
    ...(chance === null ? [] : [ruleLine(theme.faint, [LEFT, y(chance)], [width - RIGHT, y(chance)])]),
    ...across.map((at) => words(theme, text(at), { x: x(at), y: height - 6, 'text-anchor': 'middle' })),
    svgEl('path', { d: path([...points]), fill: 'none', stroke: theme.foreground, 'stroke-width': 1.5 }),
    ...points.map(({ at, value }) => svgEl('circle', { cx: x(at), cy: y(value), r: 2, fill: theme.foreground })),
    ...named.flatMap(({ at, value, label, filled }) => {
      // A falling curve leaves room above it on the right and below it on the left.
      const full = x(at) + 8 + textWidth(label) > width;
      return [
        svgEl('circle', {
          ...{ cx: x(at), cy: y(value), r: 4 },
          ...{ fill: filled ? theme.foreground : theme.background, stroke: theme.foreground },
        }),
        words(theme, label, {
          x: x(at) + (full ? 4 : 6),
          y: y(value) + (full ? 18 : -8),
          'text-anchor': full ? 'end' : 'start',
          pale: false,
          over: true,
        }),
      ];
    }),
    words(theme, axis, { x: (LEFT + width - RIGHT) / 2, y: height + 8, 'text-anchor': 'middle' }),
  ];
  const chosen = cursor === null ? undefined : points[cursor];
  if (chosen)
    nodes.push(
      svgEl('circle', {
        class: 'cursor',
        ...{ cx: x(chosen.at), cy: y(chosen.value), r: 6, fill: 'none', stroke: theme.foreground },
      }),
    );
  return { height: height + 12, nodes, steps: points.length, nearest: (at) => nearestIndex(places, at) };
}
