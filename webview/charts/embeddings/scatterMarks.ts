/** The marks of a scatter picture and their names; both move when the same points get other places. */
import { easeCubicInOut, interrupt, select } from 'd3';
import { fill, svgEl } from '../../base/dom';
import type { Theme } from '../../base/theme';
import { groupStyle, markLook } from './groupMark';
import { type Frame, placeNames, type Spot } from './layout';
import type { ScatterPoint } from './scatter';

/** Marks by the number of points: with few points they are large. */
const sizes = { few: { area: 96, radius: 6 }, many: { area: 44, radius: 4.5 }, beside: { area: 22, radius: 3 } };
const few = 45;

/** The size of each point's mark. */
function sizesOf(points: readonly ScatterPoint[]): (point: ScatterPoint) => { area: number; radius: number } {
  const own = points.filter(({ beside }) => !beside).length > few ? sizes.many : sizes.few;
  return ({ beside }) => (beside ? sizes.beside : own);
}

const placed = ({ x, y }: Spot) => `translate(${x.toFixed(1)},${y.toFixed(1)})`;

/**
 * Draws the marks, which move for `durationMs` from the places `now`, or stand at once for 0. Returns the places where they are
 * drawn at this moment, an array that the movement keeps up to date.
 */
export function drawMarks(
  marks: SVGElement,
  points: readonly ScatterPoint[],
  theme: Theme,
  spots: Spot[],
  now: readonly Spot[],
  durationMs: number,
): Spot[] {
  const sizeOf = sizesOf(points);
  const look = ({ group, beside }: ScatterPoint) =>
    beside
      ? {
          fill: theme.background,
          stroke: group < 0 ? theme.muted : groupStyle(theme, group).colour,
          'stroke-width': 1.25,
        }
      : markLook(theme, group);
  const nodes = select(marks)
    .selectAll<SVGPathElement, Spot>('path')
    .data(spots)
    .join('path')
    .attr('d', (_, index) => groupStyle(theme, points[index].group).path(sizeOf(points[index]).area))
    .each(function (_, index) {
      for (const [name, value] of Object.entries(look(points[index]))) this.setAttribute(name, String(value));
    });
  for (const node of nodes.nodes()) interrupt(node);
  if (durationMs === 0) {
    nodes.attr('transform', placed);
    return spots;
  }
  // The movement starts from the current places, which may lie on the way elsewhere.
  const moving = spots.map((spot, index) => now[index] ?? spot);
  nodes
    .transition()
    .duration(durationMs)
    .ease(easeCubicInOut)
    .attrTween('transform', (end, index) => {
      const start = now[index] ?? end;
      return (time) => {
        moving[index] = { x: start.x + (end.x - start.x) * time, y: start.y + (end.y - start.y) * time };
        return placed(moving[index]);
      };
    });
  return moving;
}

/** Draws the names, which hide no mark and none of the frames `taken`; they appear once the marks have moved. */
export function drawNames(
  names: SVGElement,
  points: readonly ScatterPoint[],
  theme: Theme,
  spots: readonly Spot[],
  frame: Frame,
  taken: Frame[],
  durationMs: number,
): void {
  const sizeOf = sizesOf(points);
  const many = points.some(({ beside }) => beside);
  const named = points.map((point, index) => ({
    ...spots[index],
    name: point.name,
    strong: !point.beside,
    radius: sizeOf(point).radius,
  }));
  const all = placeNames(named, frame, taken);
  fill(
    names,
    ...all.map(
      ({ index, leader }) =>
        leader &&
        svgEl('line', { x1: spots[index].x, y1: spots[index].y, x2: leader.x, y2: leader.y, stroke: theme.muted }),
    ),
    ...all.map(({ index, x, y, strong }) => {
      const place = { x: x.toFixed(1), y: (y + 3.7).toFixed(1) };
      const bold = strong && many;
      const font = { 'font-family': bold ? null : theme.fonts.token, 'font-weight': bold ? 600 : null };
      const style = { fill: strong ? theme.foreground : theme.muted };
      return svgEl('text', { ...place, ...font, style }, points[index].name);
    }),
  );
  interrupt(names);
  const group = select(names);
  if (durationMs === 0) group.attr('opacity', null);
  else
    group
      .attr('opacity', 0)
      .transition()
      .delay(durationMs)
      .duration(durationMs / 3)
      .attr('opacity', 1);
}
