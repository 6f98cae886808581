/**
 * Positions of points and their names: scales with the same unit on both axes, names that hide nothing, the next point in a
 * direction, and the points inside a loop drawn by hand. Pure.
 */
import { extent, polygonContains } from 'd3';

export interface Frame {
  left: number;
  top: number;
  width: number;
  height: number;
}

export interface PlaneScale {
  x(value: number): number;
  y(value: number): number;
  /** Values at the edges. */
  xDomain: [number, number];
  yDomain: [number, number];
}

/** Fits all points inside the frame less `margin` on each side; one unit has the same length across as up. */
export function planeScale(
  xs: readonly number[],
  ys: readonly number[],
  frame: Frame,
  margin: { x: number; y: number },
): PlaneScale {
  const [x0, x1] = span(xs);
  const [y0, y1] = span(ys);
  const width = Math.max(1, frame.width - 2 * margin.x);
  const height = Math.max(1, frame.height - 2 * margin.y);
  // Even if all points lie at one place, a unit is needed.
  const unit = Math.max((x1 - x0) / width, (y1 - y0) / height) || 1 / Math.min(width, height);
  const middle = { x: (x0 + x1) / 2, y: (y0 + y1) / 2 };
  const centre = { x: frame.left + frame.width / 2, y: frame.top + frame.height / 2 };
  const half = { x: (unit * frame.width) / 2, y: (unit * frame.height) / 2 };
  return {
    x: (value) => centre.x + (value - middle.x) / unit,
    y: (value) => centre.y - (value - middle.y) / unit,
    xDomain: [middle.x - half.x, middle.x + half.x],
    yDomain: [middle.y - half.y, middle.y + half.y],
  };
}

function span(values: readonly number[]): [number, number] {
  const [least, most] = extent(values);
  return [least ?? 0, most ?? 0];
}

export interface Spot {
  x: number;
  y: number;
}

export interface Named extends Spot {
  name: string;
  /** Placed first and shown in bold. */
  strong: boolean;
  /** Half the mark's width. */
  radius: number;
}

export interface PlacedName {
  index: number;
  x: number;
  y: number;
  strong: boolean;
  /** Ends of a line from the mark to a name too far away to belong to it visibly; null for the others. */
  leader: { x: number; y: number } | null;
}

const lineHeight = 12;

/** Width of 11 px text; Chinese and similar characters are as wide as high. */
export function nameWidth(name: string, strong: boolean): number {
  let width = 0;
  for (const character of name)
    width += /[\u2e80-\u9fff\uac00-\ud7ff\uf900-\ufaff\uff00-\uffef]/.test(character) ? 11.5 : 6.7;
  return width * (strong ? 1.05 : 1);
}

/**
 * Puts names beside their points where they cover neither a point nor another name, nor leave the frame; the other points get
 * none.
 */
export function placeNames(points: readonly Named[], frame: Frame, taken: readonly Frame[]): PlacedName[] {
  const boxes: Frame[] = [
    ...taken,
    ...points.map(({ x, y, radius }) => ({ left: x - radius, top: y - radius, width: 2 * radius, height: 2 * radius })),
  ];
  const placed: PlacedName[] = [];
  const order = points.map((_, index) => index).sort((a, b) => Number(points[b].strong) - Number(points[a].strong));
  for (const index of order) {
    const { x, y, name, strong, radius } = points[index];
    if (name === '') continue;
    const width = nameWidth(name, strong);
    const boxAt = ([dx, dy]: [number, number]): Frame => ({
      left: x + dx,
      top: y + dy - lineHeight / 2,
      width,
      height: lineHeight,
    });
    const isFree = (offset: [number, number]) => {
      const box = boxAt(offset);
      return inside(box, frame) && !boxes.some((other) => overlaps(box, other));
    };
    // A name nearer to another mark would be read as that mark's name.
    const isOwn = (offset: [number, number]) => {
      const box = boxAt(offset);
      const own = distanceTo(box, points[index]);
      return points.every((other, i) => i === index || other.radius < radius || distanceTo(box, other) > own);
    };
    const near = offsets(width, radius).find((offset) => isFree(offset) && isOwn(offset));
    const far = near || !strong ? [] : farOffsets(width).filter(isFree);
    const free = near ?? far.find(isOwn) ?? far[0];
    if (!free) continue;
    const box = boxAt(free);
    boxes.push(box);
    const leader = near
      ? null
      : { x: clamp(x, box.left, box.left + width), y: clamp(y, box.top, box.top + lineHeight) };
    placed.push({ index, x: box.left, y: y + free[1], strong, leader });
  }
  return placed;
}

const clamp = (value: number, least: number, most: number) => Math.max(least, Math.min(most, value));

function distanceTo({ left, top, width, height }: Frame, { x, y }: Spot): number {
  return Math.hypot(x - clamp(x, left, left + width), y - clamp(y, top, top + height));
}

/** Offsets around the mark at some distance, for names that a line leads to. */
function farOffsets(width: number): [number, number][] {
  return [28, 40, 54].flatMap((distance) =>
    Array.from({ length: 12 }, (_, step): [number, number] => {
      const angle = (step * Math.PI) / 6;
      const [dx, dy] = [Math.cos(angle) * distance, Math.sin(angle) * distance];
      return [dx < -1 ? dx - width : dx > 1 ? dx : dx - width / 2, dy];
    }),
  );
}

/** Offsets beside, above and below the mark, then further off. */
function offsets(width: number, radius: number): [number, number][] {
  const r = radius + 3;
  const up = radius + 8;
  return [
    [r, 0],
    [-r - width, 0],
    [-width / 2, -up],
    [-width / 2, up],
    [r, -up + 2],
    [r, up - 2],
    [-r - width, -up + 2],
    [-r - width, up - 2],
    [r, -up - 10],
    [r, up + 10],
    [-width / 2, -up - 12],
    [-width / 2, up + 12],
  ];
}

function overlaps(a: Frame, b: Frame): boolean {
  return a.left < b.left + b.width && b.left < a.left + a.width && a.top < b.top + b.height && b.top < a.top + a.height;
}

function inside(box: Frame, frame: Frame): boolean {
  return (
    box.left >= frame.left + 2 &&
    box.left + box.width <= frame.left + frame.width - 2 &&
    box.top >= frame.top + 2 &&
    box.top + box.height <= frame.top + frame.height - 2
  );
}

/** The nearest point that lies in the direction (within 60° of it); null if there is none. `dy` counts downwards. */
export function nextPoint(points: readonly Spot[], from: number, dx: number, dy: number): number | null {
  const start = points[from];
  const length = Math.hypot(dx, dy) || 1;
  let best: { index: number; distance: number } | null = null;
  points.forEach(({ x, y }, index) => {
    const [ax, ay] = [x - start.x, y - start.y];
    const distance = Math.hypot(ax, ay);
    if (index === from) return;
    // A point at the same place is reached by any arrow, in the order of the points.
    const along = distance < 0.01 ? (index > from ? 1 : 0) : (ax * dx + ay * dy) / (distance * length);
    if (along < 0.5) return;
    const cost = distance * (2 - along);
    if (!best || cost < best.distance) best = { index, distance: cost };
  });
  return (best as { index: number } | null)?.index ?? null;
}

/** The point under the pointer, or the nearest one within reach. */
export function pointNear(points: readonly Spot[], x: number, y: number, reach: number): number | null {
  let best: number | null = null;
  let least = reach;
  points.forEach((point, index) => {
    const distance = Math.hypot(point.x - x, point.y - y);
    if (distance > least) return;
    least = distance;
    best = index;
  });
  return best;
}

export function pointsWithin(points: readonly Spot[], loop: readonly [number, number][]): number[] {
  return loop.length < 3
    ? []
    : points.flatMap(({ x, y }, index) => (polygonContains([...loop], [x, y]) ? [index] : []));
}

export interface Picture {
  x: readonly number[];
  y: readonly number[];
}

/** `picture` turned, mirrored and shifted by the motion that puts `from` onto `to` (orthogonal Procrustes in the plane). */
export function carried(picture: Picture, from: Picture, to: Picture): { x: number[]; y: number[] } {
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / (values.length || 1);
  const [fx, fy, tx, ty] = [mean(from.x), mean(from.y), mean(to.x), mean(to.y)];
  const turnOf = (flip: 1 | -1) => {
    let cos = 0;
    let sin = 0;
    from.x.forEach((value, i) => {
      const [x, y] = [value - fx, flip * (from.y[i] - fy)];
      cos += x * (to.x[i] - tx) + y * (to.y[i] - ty);
      sin += x * (to.y[i] - ty) - y * (to.x[i] - tx);
    });
    return { flip, cos, sin, size: Math.hypot(cos, sin) };
  };
  const { flip, cos, sin, size } = [turnOf(1), turnOf(-1)].reduce((a, b) => (b.size > a.size ? b : a));
  const [c, s] = size > 0 ? [cos / size, sin / size] : [1, 0];
  const x = picture.x.map((value, i) => tx + c * (value - fx) - s * flip * (picture.y[i] - fy));
  const y = picture.x.map((value, i) => ty + s * (value - fx) + c * flip * (picture.y[i] - fy));
  return { x, y };
}
