/**
 * AUROC figures as distances from chance: right of .5 is better; left of it the direction is turned around (dashed, in the other
 * colour). Each has its interval where one is known. One tab stop over the rows.
 */
import { scaleLinear } from 'd3';
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

export interface Lollipop {
  label: string;
  value: number;
  /** The 95 % interval; null where there is none. */
  interval: readonly [low: number, high: number] | null;
  /** own = this probe, the main row; other = a figure it is compared with; apart = set off below. */
  kind: 'own' | 'part' | 'other' | 'apart';
}

export interface LollipopOptions extends StepOptions {
  /** Label under the line of chance. */
  chance: string;
}

const ROW = 20;
const GAP = 6;
const CHANCE = 0.5;
const VALUES = 36;
/** The least width of the scale in px. */
const LEAST = 72;

export function lollipops(
  container: HTMLElement,
  data: readonly Lollipop[],
  options: LollipopOptions,
): StepChart<readonly Lollipop[], LollipopOptions> {
  return stepChart(container, 'lollipops', data, options, draw);
}

/** Three decimals without the leading zero. */
export function aurocText(value: number): string {
  return value.toFixed(3).replace(/^0/, '');
}

function draw(rows: readonly Lollipop[], options: LollipopOptions, cursor: number | null): Drawing {
  const { theme, width, chance } = options;
  const longest = Math.max(0, ...rows.map(({ label }) => textWidth(label)));
  const left = Math.min(width - VALUES - LEAST, longest + 16);
  const x = scaleLinear([0, 1], [left + 4, width - VALUES - 8]);
  const places: number[] = [];
  rows.forEach(({ kind }, i) => {
    const before = places.at(-1) ?? ROW / 2 - ROW;
    places.push(before + ROW + (i > 0 && kind !== rows[i - 1].kind ? GAP : 0));
  });
  const bottom = (places.at(-1) ?? 0) + ROW / 2;
  const nodes: SVGElement[] = [ruleLine(theme.faint, [x(CHANCE), 2], [x(CHANCE), bottom])];
  rows.forEach((row, i) => {
    if (i === cursor)
      nodes.push(
        svgEl('rect', { class: 'cursor', x: 0, width, y: places[i] - ROW / 2, height: ROW, fill: theme.track }),
      );
    nodes.push(...rowNodes(row, places[i], x, { left, width, theme }));
  });
  nodes.push(words(theme, chance, { x: x(CHANCE), y: bottom + 12, 'text-anchor': 'middle' }));
  return { height: bottom + 18, nodes, steps: rows.length, nearest: (_, y) => nearestIndex(places, y) };
}

function rowNodes(
  { label, value, interval, kind }: Lollipop,
  y: number,
  x: (value: number) => number,
  { left, width, theme }: { left: number; width: number; theme: Theme },
): SVGElement[] {
  const turned = value < CHANCE - 0.02;
  const own = kind === 'own' || kind === 'part';
  const stroke = turned ? theme.negative : own ? theme.positive : theme.muted;
  return [
    words(theme, label, {
      x: left - 8,
      y,
      dy: '.32em',
      'text-anchor': 'end',
      'font-weight': kind === 'own' ? 600 : undefined,
      pale: false,
    }),
    ...(interval
      ? [
          svgEl('rect', {
            x: x(interval[0]),
            width: x(interval[1]) - x(interval[0]),
            y: y - 4,
            height: 8,
            fill: theme.band,
          }),
        ]
      : []),
    svgEl('line', {
      x1: x(CHANCE),
      x2: x(value),
      y1: y,
      y2: y,
      stroke,
      'stroke-width': 2,
      'stroke-dasharray': turned ? '3 2' : undefined,
    }),
    svgEl('circle', {
      cx: x(value),
      cy: y,
      r: kind === 'own' ? 4.5 : 3.5,
      fill: own && !turned ? stroke : theme.background,
      stroke,
      'stroke-width': 1.75,
    }),
    words(theme, aurocText(value), { x: width, y, dy: '.32em', 'text-anchor': 'end', pale: false }),
  ];
}
