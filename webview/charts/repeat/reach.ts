/**
 * The lead of each token of a continuation over the next likeliest, on a logarithmic axis, and the reach of each way of
 * computing: a line at twice its largest difference, the farthest one bold over a shaded ground. A lead within that ground can
 * turn over: its mark is a square, the others' a circle. Ways that differ by nothing have no place on the axis; `unmoved` names
 * them. One tab stop over the steps.
 */
import { scaleLog } from 'd3';
import { svgEl } from '../../base/dom';
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
import { differenceText } from './words';

export interface ReachWay {
  label: string;
  /** Twice its largest logit difference; 0 where nothing differs. */
  reach: number;
}

export interface RepeatReachData {
  steps: readonly { gap: number; fragile: boolean }[];
  ways: readonly ReachWay[];
}

export interface RepeatReachOptions extends StepOptions {
  /** Label under the middle of the axis. */
  axis: string;
  /** Labels under the axis' ends: the first step and the last. */
  ends: readonly [first: string, last: string];
}

const HEIGHT = 200;
const TOP = 10;
const BOTTOM = HEIGHT - 24;
const LEFT = 46;
/** px between lines of text. */
const LINE = 14;
/** The least share of the width that the steps take. */
const LEAST = 0.55;

export function repeatReach(
  container: HTMLElement,
  data: RepeatReachData,
  options: RepeatReachOptions,
): StepChart<RepeatReachData, RepeatReachOptions> {
  return stepChart(container, 'repeat-reach', data, options, draw);
}

/** Ways that do not differ at all. */
export function unmoved<W extends { reach: number }>(ways: readonly W[]): W[] {
  return ways.filter(({ reach }) => reach === 0);
}

/** Whole powers of ten around every lead and reach that is not 0. */
export function decades({ steps, ways }: RepeatReachData): [low: number, high: number] {
  const values = [...steps.map(({ gap }) => gap), ...ways.map(({ reach }) => reach)].filter((value) => value > 0);
  if (values.length === 0) return [-1, 1];
  const low = Math.floor(Math.log10(Math.min(...values)));
  return [low, Math.max(low + 1, Math.ceil(Math.log10(Math.max(...values))))];
}

/** The places in ascending order, moved as little as it takes to keep them `room` apart and not beyond `last`. */
export function apart(places: readonly number[], room: number, last: number): number[] {
  const moved: number[] = [];
  for (const place of places) moved.push(Math.max(place, (moved.at(-1) ?? Number.NEGATIVE_INFINITY) + room));
  for (let index = moved.length - 1, most = last; index >= 0 && moved[index] > most; index--, most -= room) {
    moved[index] = most;
  }
  return moved;
}

interface Scales {
  x: (step: number) => number;
  y: (value: number) => number;
  right: number;
}

function draw(data: RepeatReachData, options: RepeatReachOptions, cursor: number | null): Drawing {
  const { theme, width, axis, ends } = options;
  const [low, high] = decades(data);
  const moving = data.ways.filter(({ reach }) => reach > 0).sort((a, b) => b.reach - a.reach);
  const labels = moving.map(({ label, reach }) => `${label} ${differenceText(reach)}`);
  const longest = Math.max(0, ...labels.map(textWidth));
  const right = Math.max(width * LEAST, width - longest - 14);
  const scale = scaleLog([10 ** low, 10 ** high], [BOTTOM, TOP]).clamp(true);
  const at: Scales = {
    x: (step) => LEFT + ((step + 0.5) * (right - LEFT)) / Math.max(1, data.steps.length),
    // A lead of 0 is drawn on the axis.
    y: (value) => scale(Math.max(value, 10 ** low)),
    right,
  };
  const places = data.steps.map((_, step) => at.x(step));
  const foot = { y: HEIGHT - 6 };
  const nodes = [
    ...ground(moving[0], at, theme),
    ...decadeNodes(low, high, at, theme),
    ...reachNodes(moving, labels, at, options),
    ...data.steps.map((step, index) => leadMark(step, at.x(index), at.y(step.gap), theme)),
    words(theme, ends[0], { x: LEFT, ...foot }),
    words(theme, ends[1], { x: right, ...foot, 'text-anchor': 'end' }),
    words(theme, axis, { x: (LEFT + right) / 2, ...foot, 'text-anchor': 'middle' }),
  ];
  if (cursor !== null) {
    const [cx, cy] = [places[cursor], at.y(data.steps[cursor].gap)];
    nodes.push(
      ruleLine(theme.faint, [cx, TOP], [cx, BOTTOM]),
      svgEl('circle', { class: 'cursor', cx, cy, r: 7, fill: 'none', stroke: theme.foreground }),
    );
  }
  return { height: HEIGHT, nodes, steps: places.length, nearest: (x) => nearestIndex(places, x) };
}

function ground(farthest: ReachWay | undefined, { y, right }: Scales, theme: Theme): SVGElement[] {
  if (!farthest) return [];
  const top = y(farthest.reach);
  const box = { x: LEFT, width: right - LEFT, y: top, height: BOTTOM - top };
  return [svgEl('rect', { class: 'reach', ...box, fill: theme.band })];
}

/** One line per decade; where there are many, only every second one is labelled. */
function decadeNodes(low: number, high: number, { y, right }: Scales, theme: Theme): SVGElement[] {
  const exponents = Array.from({ length: high - low + 1 }, (_, index) => low + index);
  const every = exponents.length > 8 ? 2 : 1;
  return exponents.flatMap((exponent) => {
    const place = y(10 ** exponent);
    const named = (high - exponent) % every === 0;
    const text = exponent < -3 ? `1e\u2212${-exponent}` : differenceText(10 ** exponent);
    return [
      ruleLine(theme.track, [LEFT, place], [right, place]),
      ...(named ? [words(theme, text, { x: LEFT - 6, y: place, dy: '.32em', 'text-anchor': 'end' })] : []),
    ];
  });
}

/** `ways` in descending order of their reach. */
function reachNodes(
  ways: readonly ReachWay[],
  labels: readonly string[],
  { y, right }: Scales,
  { theme }: StepOptions,
): SVGElement[] {
  const places = ways.map(({ reach }) => y(reach));
  const beside = apart(places, LINE, BOTTOM);
  return ways.flatMap((_, index) => {
    const farthest = index === 0;
    return [
      svgEl('line', {
        class: 'way',
        ...{ x1: LEFT, x2: right + 4, y1: places[index], y2: places[index] },
        stroke: farthest ? theme.negative : theme.muted,
        'stroke-width': farthest ? 2 : 1,
        'stroke-dasharray': farthest ? undefined : '3 3',
      }),
      words(theme, labels[index], {
        x: right + 8,
        y: beside[index],
        dy: '.32em',
        'font-weight': farthest ? 600 : undefined,
        pale: !farthest,
      }),
    ];
  });
}

function leadMark({ fragile }: { fragile: boolean }, x: number, y: number, theme: Theme): SVGElement {
  return fragile
    ? svgEl('rect', { class: 'lead fragile', x: x - 4, y: y - 4, width: 8, height: 8, fill: theme.negative })
    : svgEl('circle', { class: 'lead', cx: x, cy: y, r: 3.5, fill: theme.positive });
}
