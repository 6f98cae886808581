/**
 * Points in a plane with their names: the same points move when the layer changes. A loop drawn by hand chooses several; arrows
 * go from point to point, Enter locks, Space adds to the choice.
 */
import { line, ticks } from 'd3';
import { type Child, fill, svgEl } from '../../base/dom';
import { fixed } from '../../base/format';
import type { Theme } from '../../base/theme';
import { type DrawnChart, mountChart, type Now, placeIn, sizeSvg } from '../chart';
import {
  type Frame,
  nameWidth,
  nextPoint,
  type PlaneScale,
  planeScale,
  pointNear,
  pointsWithin,
  type Spot,
} from './layout';
import { drawMarks, drawNames, type Movement } from './scatterMarks';

export interface ScatterPoint {
  x: number;
  y: number;
  name: string;
  /** Index of its group; −1 without. */
  group: number;
  /** Shown only for comparison. */
  beside: boolean;
}

export interface ScatterData {
  /** A different value means different points, which do not move from the places of the earlier ones. */
  key: unknown;
  points: readonly ScatterPoint[];
  /** Names of the axes; null where they mean nothing, in which case they have no numbers either. */
  axes: [string, string] | null;
  /** Text in the corner where the axes mean nothing. */
  corner: string;
  locked: readonly number[];
  chosen: readonly number[];
}

export interface ScatterOptions {
  width: number;
  height: number;
  theme: Theme;
  label: string;
  /** Length of the movement; 0 = at once. */
  durationMs: number;
  onPreview: (point: number | null, anchor: Element | null, byKeyboard: boolean) => void;
  onLock: (point: number) => void;
  /** Several points at once; `more`: in addition to those already chosen. */
  onChoose: (points: number[], more: boolean) => void;
}

export type ScatterChart = DrawnChart<ScatterData, ScatterOptions>;

const reach = 14;

type ScatterNow = Now<ScatterData, ScatterOptions, number>;
/** The path of the pointer in px while it draws a loop. */
type Loop = [number, number][];

export function embeddingScatter(
  container: HTMLElement,
  first: ScatterData,
  firstOptions: ScatterOptions,
): ScatterChart {
  let spots: Spot[] = [];
  /** Where the marks are drawn; `spots` holds where they are going. */
  let moving: Movement = { at: [], stop() {} };
  let stopNames = () => {};
  let frame: Frame;
  let scale: PlaneScale;
  let loop: Loop | null = null;
  let drawn: { key: unknown; width: number } | null = null;
  const [ground, marks, names] = [svgEl('g', {}), svgEl('g', {}), svgEl('g', {})];
  const over = svgEl('g', { fill: 'none' });
  const root = svgEl('svg', { class: 'embed-scatter', 'font-size': 11 }, ground, marks, names, over);
  const start = ({ data, cursor }: ScatterNow) => cursor ?? data.locked.find((index) => index < spots.length) ?? 0;
  const chart = mountChart<ScatterData, ScatterOptions, number>(container, first, firstOptions, {
    root,
    layout({ data, options }) {
      frame = frameOf(data, options);
      sizeSvg(root, options.width, options.height);
      const [xs, ys] = [data.points.map(({ x }) => x), data.points.map(({ y }) => y)];
      scale = planeScale(xs, ys, frame, { x: Math.min(60, frame.width / 7), y: data.axes ? 28 : 36 });
      spots = data.points.map(({ x, y }) => ({ x: scale.x(x), y: scale.y(y) }));
    },
    exists: (index) => index < spots.length,
    inputs: ({ data, options: { theme, width, height } }) => [data.key, data.points, theme, width, height],
    draw({ data, options: { theme, width, durationMs } }) {
      const moves = drawn?.key === data.key && drawn?.width === width ? durationMs : 0;
      drawn = { key: data.key, width };
      fill(ground, ...axes(theme, frame, scale, data));
      moving = drawMarks(marks, data.points, theme, spots, moving, moves);
      stopNames();
      stopNames = drawNames(names, data.points, theme, spots, frame, captions(data, frame), moves);
    },
    mark(next) {
      const at = next.cursor === null ? null : ring(spots[next.cursor], 9, next.options.theme.foreground, 1.5);
      fill(over, ...chosenRings(spots, next), at, loop && loopShape(loop, next.options.theme));
      return at;
    },
    under: (event) => pointNear(spots, ...placeIn(root, event), reach),
    point(index) {
      if (!loop) chart.show(index, false);
    },
    show: ({ options, cursor }, anchor, byKeyboard) => options.onPreview(cursor, anchor, byKeyboard),
    step(next, dx, dy) {
      if (spots.length === 0 || next.cursor === null) return spots.length === 0 ? null : start(next);
      return nextPoint(spots, next.cursor, Math.sign(dx), Math.sign(dy));
    },
    edge: (_, end) => (spots.length === 0 ? null : end < 0 ? 0 : spots.length - 1),
    choose(next, index, click) {
      if (!click && spots.length > 0) next.options.onLock(index ?? start(next));
    },
    key({ options, cursor }, { key }) {
      if (key !== ' ' || cursor === null) return false;
      options.onChoose([cursor], true);
      return true;
    },
  });
  drawLoops(root, {
    onDraw(path) {
      loop = path;
      const begun = path !== null && travelled(path) > reach;
      if (begun) chart.show(null, false);
      if (begun || !path) chart.mark();
    },
    onEnd(path, event) {
      const { options } = chart.now;
      const index = pointNear(spots, ...placeIn(root, event), reach);
      if (travelled(path) > reach) options.onChoose(pointsWithin(spots, path), event.shiftKey);
      else if (index === null) options.onChoose([], false);
      else if (event.shiftKey) options.onChoose([index], true);
      else options.onLock(index);
    },
  });
  return {
    ...chart,
    drawing: () => root,
    destroy() {
      moving.stop();
      stopNames();
      chart.destroy();
    },
  };
}

/** Follows the pointer from press to release; null: no loop is being drawn any more. */
function drawLoops(
  root: SVGElement,
  { onDraw, onEnd }: { onDraw: (path: Loop | null) => void; onEnd: (path: Loop, event: PointerEvent) => void },
): void {
  let path: Loop | null = null;
  root.addEventListener('pointerdown', (event) => {
    if (event.button !== 0) return;
    path = [placeIn(root, event)];
    onDraw(path);
    root.setPointerCapture?.(event.pointerId);
  });
  root.addEventListener('pointermove', (event) => {
    if (!path) return;
    path.push(placeIn(root, event));
    onDraw(path);
  });
  root.addEventListener('pointerup', (event) => {
    const done = path;
    path = null;
    if (!done) return;
    onDraw(null);
    onEnd(done, event);
  });
  root.addEventListener('pointercancel', () => {
    path = null;
    onDraw(null);
  });
}

/** The plane within the picture, without the room for axes. */
function frameOf({ axes }: ScatterData, { width, height }: ScatterOptions): Frame {
  const left = axes ? 34 : 0;
  return { left, top: 0.5, width: width - left - 1, height: height - (axes ? 20 : 1) };
}

/** The room that the captions take: names must not stand there. */
function captions({ axes, corner }: ScatterData, { left, width, height }: Frame): Frame[] {
  const below = nameWidth(axes ? axes[0] : corner, false);
  const box = { left: left + width - below - 12, top: height - 22, width: 400, height: 22 };
  return axes ? [box, { left, top: 0, width: 24, height: nameWidth(axes[1], false) + 12 }] : [box, box];
}

function ring({ x, y }: Spot, r: number, stroke: string, width: number, dash?: string): SVGElement {
  return svgEl('circle', { cx: x, cy: y, r, stroke, 'stroke-dasharray': dash, 'stroke-width': width });
}

function chosenRings(spots: readonly Spot[], { data, options: { theme } }: ScatterNow): Child[] {
  const known = (index: number) => index < spots.length;
  return [
    ...data.chosen.filter(known).map((index) => ring(spots[index], 9, theme.focus, 1.5, '3 2')),
    ...data.locked.filter(known).map((index) => ring(spots[index], 10, theme.focus, 2)),
  ];
}

function loopShape(loop: Loop, theme: Theme): Child {
  const d = loop.length > 1 && `${line()(loop)}Z`;
  return d && svgEl('path', { d, stroke: theme.focus, fill: theme.band, 'stroke-width': 1.5 });
}

function travelled(path: readonly [number, number][]): number {
  const [[x, y]] = path;
  return Math.max(...path.map(([px, py]) => Math.hypot(px - x, py - y)));
}

function axes(theme: Theme, frame: Frame, scale: PlaneScale, data: ScatterData): SVGElement[] {
  const { left, top, width, height } = frame;
  const bottom = top + height;
  const box = svgEl('rect', { x: left, y: top, width, height, fill: 'none', stroke: theme.faint });
  const corner = (text: string, attributes: Record<string, unknown>) =>
    svgEl('text', { 'text-anchor': 'end', style: { fill: theme.foreground }, ...attributes }, text);
  if (!data.axes)
    return [box, corner(data.corner, { x: left + width - 8, y: bottom - 8, style: { fill: theme.muted } })];
  const digits = (values: readonly number[]) => (values.some((value) => value % 1 !== 0) ? 1 : 0);
  const xs = ticks(...scale.xDomain, 6);
  const ys = ticks(...scale.yDomain, 6).filter((value) => scale.y(value) > top + 6);
  const label = { style: { fill: theme.muted } };
  return [
    box,
    ...xs.flatMap((value) => [
      svgEl('line', { x1: scale.x(value), x2: scale.x(value), y1: bottom, y2: bottom + 4, stroke: theme.faint }),
      svgEl('text', { x: scale.x(value), y: bottom + 16, 'text-anchor': 'middle', ...label }, fixed(value, digits(xs))),
    ]),
    ...ys.flatMap((value) => [
      svgEl('line', { x1: left - 4, x2: left, y1: scale.y(value), y2: scale.y(value), stroke: theme.faint }),
      svgEl('text', { x: left - 6, y: scale.y(value) + 4, 'text-anchor': 'end', ...label }, fixed(value, digits(ys))),
    ]),
    corner(data.axes[0], { x: left + width - 8, y: bottom - 8 }),
    corner(data.axes[1], { transform: `translate(${left + 16},${top + 8}) rotate(-90)` }),
  ];
}
