/**
 * Points in a plane with their names: the same points move when the layer changes. A loop drawn by hand chooses several; arrows
 * go from point to point, Enter locks, Space adds to the choice.
 */
import { easeCubicInOut, interrupt, line, select, ticks } from 'd3';
import { chartTabStop } from '../../base/a11y';
import { fill, svgEl } from '../../base/dom';
import { fixed } from '../../base/format';
import type { Theme } from '../../base/theme';
import { groupStyle, markLook } from './groupMark';
import {
  type Frame,
  nameWidth,
  nextPoint,
  type PlaneScale,
  placeNames,
  planeScale,
  pointNear,
  pointsWithin,
  type Spot,
} from './layout';

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

export interface ScatterChart {
  update(data: ScatterData, options: ScatterOptions): void;
  destroy(): void;
  drawing(): SVGSVGElement;
}

const reach = 14;
/** Marks by the number of points: with few points they are large. */
const markSizes = { few: { area: 96, radius: 6 }, many: { area: 44, radius: 4.5 }, beside: { area: 22, radius: 3 } };
const few = 45;

export function embeddingScatter(
  container: HTMLElement,
  first: ScatterData,
  firstOptions: ScatterOptions,
): ScatterChart {
  let data = first;
  let options = firstOptions;
  let spots: Spot[] = [];
  /** Where the marks are drawn at this moment; `spots` holds where they are going. */
  let now: Spot[] = [];
  let frame: Frame = { left: 0, top: 0, width: 0, height: 0 };
  let cursor: number | null = null;
  let loop: [number, number][] | null = null;
  let drawn: unknown = null;
  const ground = svgEl('g', {});
  const marks = svgEl('g', {});
  const names = svgEl('g', {});
  const over = svgEl('g', { fill: 'none' });
  const root = svgEl('svg', { class: 'embed-scatter', 'font-size': 11 }, ground, marks, names, over);
  container.append(root);

  const drawOver = (): SVGElement | null => {
    const { theme } = options;
    const ring = (index: number, size: number, attributes: Record<string, string | number>) =>
      svgEl('circle', { cx: spots[index].x, cy: spots[index].y, r: size, ...attributes });
    const known = (index: number) => index < spots.length;
    const at = cursor === null ? null : ring(cursor, 9, { stroke: theme.foreground, 'stroke-width': 1.5 });
    fill(
      over,
      ...data.chosen
        .filter(known)
        .map((index) => ring(index, 9, { stroke: theme.focus, 'stroke-dasharray': '3 2', 'stroke-width': 1.5 })),
      ...data.locked.filter(known).map((index) => ring(index, 10, { stroke: theme.focus, 'stroke-width': 2 })),
      at,
      loop && loop.length > 1
        ? svgEl('path', { d: `${line()(loop)}Z`, stroke: theme.focus, fill: theme.band, 'stroke-width': 1.5 })
        : null,
    );
    return at;
  };

  const preview = (index: number | null, byKeyboard: boolean) => {
    if (index === cursor) return;
    cursor = index;
    options.onPreview(index, drawOver(), byKeyboard);
  };

  const position = (event: MouseEvent): [number, number] => {
    const area = root.getBoundingClientRect();
    return [event.clientX - area.left, event.clientY - area.top];
  };
  root.addEventListener('pointerdown', (event) => {
    if (event.button !== 0) return;
    loop = [position(event)];
    root.setPointerCapture?.(event.pointerId);
  });
  root.addEventListener('pointermove', (event) => {
    const at = position(event);
    if (!loop) return preview(pointNear(spots, ...at, reach), false);
    loop.push(at);
    if (travelled(loop) > reach) {
      preview(null, false);
      drawOver();
    }
  });
  root.addEventListener('pointerup', (event) => {
    const path = loop;
    loop = null;
    if (!path) return;
    if (travelled(path) > reach) options.onChoose(pointsWithin(spots, path), event.shiftKey);
    else {
      const index = pointNear(spots, ...position(event), reach);
      if (index === null) options.onChoose([], false);
      else if (event.shiftKey) options.onChoose([index], true);
      else options.onLock(index);
    }
    drawOver();
  });
  root.addEventListener('pointercancel', () => {
    loop = null;
    drawOver();
  });
  root.addEventListener('pointerleave', () => loop || preview(null, false));
  root.addEventListener('blur', () => preview(null, false));
  // This listener comes before the tab stop's own, which treats Space and Enter alike.
  root.addEventListener('keydown', (event) => {
    if (event.key !== ' ' || cursor === null) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    options.onChoose([cursor], true);
  });
  const start = () => cursor ?? data.locked.find((index) => index < spots.length) ?? 0;
  const release = chartTabStop(root, {
    label: options.label,
    onMove(dx, dy) {
      if (spots.length === 0) return;
      if (cursor === null) return preview(start(), true);
      const next = nextPoint(spots, cursor, Math.sign(dx), Math.sign(dy));
      if (next !== null) preview(next, true);
    },
    onActivate: () => spots.length > 0 && options.onLock(start()),
    onEdge: (end) => spots.length > 0 && preview(end < 0 ? 0 : spots.length - 1, true),
  });

  const sizeOf = (beside: boolean) => {
    if (beside) return markSizes.beside;
    return data.points.filter((point) => !point.beside).length > few ? markSizes.many : markSizes.few;
  };

  const drawPoints = (animate: boolean) => {
    const { theme, durationMs } = options;
    const look = (index: number) => {
      const { group, beside } = data.points[index];
      const { colour } = groupStyle(theme, group);
      return beside
        ? { fill: theme.background, stroke: group < 0 ? theme.muted : colour, 'stroke-width': 1.25 }
        : markLook(theme, group);
    };
    const nodes = select(marks)
      .selectAll<SVGPathElement, Spot>('path')
      .data(spots)
      .join('path')
      .attr('d', (_, index) => {
        const { group, beside } = data.points[index];
        return groupStyle(theme, group).path(sizeOf(beside).area);
      })
      .each(function (_, index) {
        for (const [name, value] of Object.entries(look(index))) this.setAttribute(name, String(value));
      });
    const place = ({ x, y }: Spot) => `translate(${x.toFixed(1)},${y.toFixed(1)})`;
    for (const node of nodes.nodes()) interrupt(node);
    if (!animate) {
      now = spots;
      nodes.attr('transform', place);
      return;
    }
    // The movement starts from the current places, which may lie on the way elsewhere.
    const from = now;
    const to = spots;
    const moving = to.map((spot, index) => from[index] ?? spot);
    now = moving;
    nodes
      .transition()
      .duration(durationMs)
      .ease(easeCubicInOut)
      .attrTween('transform', (end, index) => {
        const start = from[index] ?? end;
        return (time) => {
          moving[index] = { x: start.x + (end.x - start.x) * time, y: start.y + (end.y - start.y) * time };
          return place(moving[index]);
        };
      });
  };

  const drawNames = (animate: boolean, taken: Frame[]) => {
    const { theme, durationMs } = options;
    const named = data.points.map(({ name, beside }, index) => ({
      ...spots[index],
      name,
      strong: !beside,
      radius: sizeOf(beside).radius,
    }));
    const placed = placeNames(named, frame, taken);
    const many = data.points.some(({ beside }) => beside);
    fill(
      names,
      ...placed.flatMap(({ index, leader }) =>
        leader
          ? [svgEl('line', { x1: spots[index].x, y1: spots[index].y, x2: leader.x, y2: leader.y, stroke: theme.muted })]
          : [],
      ),
      ...placed.map(({ index, x, y, strong }) =>
        svgEl(
          'text',
          {
            x: x.toFixed(1),
            y: (y + 3.7).toFixed(1),
            'font-family': strong && many ? null : theme.fonts.token,
            'font-weight': strong && many ? 600 : null,
            style: { fill: strong ? theme.foreground : theme.muted },
          },
          data.points[index].name,
        ),
      ),
    );
    // The names appear when the points arrive.
    interrupt(names);
    const all = select(names);
    if (animate)
      all
        .attr('opacity', 0)
        .transition()
        .delay(durationMs)
        .duration(durationMs / 3)
        .attr('opacity', 1);
    else all.attr('opacity', null);
  };

  const draw = () => {
    const { theme, width, height, durationMs } = options;
    const left = data.axes ? 34 : 0;
    frame = { left, top: 0.5, width: width - left - 1, height: height - (data.axes ? 20 : 1) };
    root.setAttribute('width', String(width));
    root.setAttribute('height', String(height));
    root.setAttribute('aria-label', options.label);
    const scale = planeScale(
      data.points.map(({ x }) => x),
      data.points.map(({ y }) => y),
      frame,
      { x: Math.min(60, frame.width / 7), y: data.axes ? 28 : 36 },
    );
    spots = data.points.map(({ x, y }) => ({ x: scale.x(x), y: scale.y(y) }));
    if (cursor !== null && cursor >= spots.length) cursor = null;
    const inputs = { key: data.key, points: data.points, theme, width, height };
    const before = drawn as typeof inputs | null;
    const same = before && (Object.keys(inputs) as (keyof typeof inputs)[]).every((key) => inputs[key] === before[key]);
    if (!same) {
      const animate = durationMs > 0 && before !== null && before.key === data.key && before.width === width;
      drawn = inputs;
      fill(ground, ...axes(theme, frame, scale, data));
      drawPoints(animate);
      const corner = data.axes ? data.axes[0] : data.corner;
      const box = {
        left: left + frame.width - nameWidth(corner, false) - 12,
        top: frame.height - 22,
        width: 400,
        height: 22,
      };
      const side = data.axes ? { left, top: 0, width: 24, height: nameWidth(data.axes[1], false) + 12 } : box;
      drawNames(animate, [box, side]);
    }
    drawOver();
  };
  draw();

  return {
    update(next, nextOptions) {
      data = next;
      options = nextOptions;
      draw();
    },
    destroy() {
      release();
      root.remove();
    },
    drawing: () => root,
  };
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
