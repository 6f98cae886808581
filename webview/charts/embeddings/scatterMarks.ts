/** The marks of a scatter picture and their names; both move when the same points get other places. */
import { easeCubicInOut } from 'd3';
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

/** Calls `draw` with 0 … 1 on every frame for some ms, slowly at both ends. Returns a function that stops it. */
function animate(durationMs: number, draw: (share: number) => void): () => void {
  const start = performance.now();
  let frame = 0;
  const next = (now: number) => {
    const share = Math.max(0, Math.min(1, (now - start) / durationMs));
    draw(easeCubicInOut(share));
    if (share < 1) frame = requestAnimationFrame(next);
  };
  next(start);
  return () => cancelAnimationFrame(frame);
}

/** Marks that stand still or are on their way. */
export interface Movement {
  /** Where they are drawn at this moment. */
  at: readonly Spot[];
  stop(): void;
}

/**
 * Draws the marks at `spots`; with a duration they move there from the places of the earlier movement, which may lie on the way
 * elsewhere.
 */
export function drawMarks(
  marks: SVGElement,
  points: readonly ScatterPoint[],
  theme: Theme,
  spots: readonly Spot[],
  before: Movement,
  durationMs: number,
): Movement {
  before.stop();
  const sizeOf = sizesOf(points);
  const nodes = points.map((point, index) => {
    const { group, beside } = point;
    const { path, colour } = groupStyle(theme, group);
    const stroke = group < 0 ? theme.muted : colour;
    const look = beside ? { fill: theme.background, stroke, 'stroke-width': 1.25 } : markLook(theme, group);
    return svgEl('path', { d: path(sizeOf(point).area), ...look, transform: placed(spots[index]) });
  });
  fill(marks, ...nodes);
  if (durationMs === 0) return { at: spots, stop() {} };
  const from = spots.map((spot, index) => before.at[index] ?? spot);
  const at = [...from];
  const stop = animate(durationMs, (share) =>
    spots.forEach((to, index) => {
      const start = from[index];
      at[index] = { x: start.x + (to.x - start.x) * share, y: start.y + (to.y - start.y) * share };
      nodes[index].setAttribute('transform', placed(at[index]));
    }),
  );
  return { at, stop };
}

/**
 * Draws the names, which hide no mark and none of the frames `taken`; they appear once the marks have moved. Returns a function
 * that ends their appearing.
 */
export function drawNames(
  names: SVGElement,
  points: readonly ScatterPoint[],
  theme: Theme,
  spots: readonly Spot[],
  frame: Frame,
  taken: Frame[],
  durationMs: number,
): () => void {
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
  names.removeAttribute('opacity');
  if (durationMs === 0) return () => {};
  names.setAttribute('opacity', '0');
  let fading = () => {};
  const wait = setTimeout(() => {
    fading = animate(durationMs / 3, (share) => names.setAttribute('opacity', String(share)));
  }, durationMs);
  return () => {
    clearTimeout(wait);
    fading();
  };
}
