/**
 * Reliability diagram: the probability that the probe claims against how often it is true, bins as dots sized by their number of
 * statements, the abstaining range shaded.
 */
import { line, scaleLinear, scaleSqrt } from 'd3';
import { svgEl } from '../../base/dom';
import {
  type Drawing,
  nearestIndex,
  ruleLine,
  type StepChart,
  type StepOptions,
  stepChart,
  words,
} from '../shared/stepChart';

export interface ReliabilityData {
  bins: readonly { predicted: number; observed: number; count: number }[];
  /** Between these probabilities the probe gives no verdict. */
  unsure: readonly [number, number];
}

export interface ReliabilityOptions extends StepOptions {
  claimed: string;
  observed: string;
  unsure: string;
}

const HEIGHT = 168;
const LEFT = 32;
const TOP = 10;
const FOOT = 20;
const WIDEST = 360;

export function reliability(
  container: HTMLElement,
  data: ReliabilityData,
  options: ReliabilityOptions,
): StepChart<ReliabilityData, ReliabilityOptions> {
  return stepChart(container, 'reliability', data, options, draw);
}

function draw({ bins, unsure }: ReliabilityData, options: ReliabilityOptions, cursor: number | null): Drawing {
  const { theme } = options;
  const right = Math.min(options.width - 10, LEFT + WIDEST);
  const x = scaleLinear([0, 1], [LEFT, right]);
  const y = scaleLinear([0, 1], [HEIGHT - FOOT, TOP]);
  const filled = bins.filter(({ count }) => count > 0);
  const r = scaleSqrt([0, Math.max(1, ...filled.map(({ count }) => count))], [1.5, 5]);
  const path = line<(typeof filled)[number]>()
    .x((bin) => x(bin.predicted))
    .y((bin) => y(bin.observed));
  const places = filled.map((bin) => x(bin.predicted));
  const middle = x((unsure[0] + unsure[1]) / 2);
  const nodes = [
    svgEl('rect', {
      x: x(unsure[0]),
      width: x(unsure[1]) - x(unsure[0]),
      y: TOP,
      height: y(0) - TOP,
      fill: theme.band,
    }),
    ...[0, 0.5, 1].flatMap((tick) => [
      ruleLine(theme.track, [LEFT, y(tick)], [right, y(tick)]),
      words(theme, tick === 0.5 ? '.5' : String(tick), { x: LEFT - 6, y: y(tick), dy: '.32em', 'text-anchor': 'end' }),
      words(theme, tick === 0.5 ? '.5' : String(tick), { x: x(tick), y: HEIGHT - 6, 'text-anchor': 'middle' }),
    ]),
    svgEl('line', { x1: x(0), y1: y(0), x2: x(1), y2: y(1), stroke: theme.faint, 'stroke-dasharray': '3 3' }),
    svgEl('path', { d: path(filled), fill: 'none', stroke: theme.foreground }),
    ...filled.map((bin) =>
      svgEl('circle', { cx: x(bin.predicted), cy: y(bin.observed), r: r(bin.count), fill: theme.foreground }),
    ),
    words(theme, options.observed, { x: LEFT + 6, y: TOP + 10 }),
    words(theme, options.unsure, { x: middle, y: y(0) - 6, 'text-anchor': 'middle' }),
    words(theme, options.claimed, { x: (LEFT + right) / 2, y: HEIGHT + 8, 'text-anchor': 'middle' }),
  ];
  if (cursor !== null && filled[cursor]) {
    const { predicted, observed } = filled[cursor];
    nodes.push(
      svgEl('circle', {
        class: 'cursor',
        ...{ cx: x(predicted), cy: y(observed), r: 7, fill: 'none', stroke: theme.foreground },
      }),
    );
  }
  return { height: HEIGHT + 12, nodes, steps: filled.length, nearest: (at) => nearestIndex(places, at) };
}
