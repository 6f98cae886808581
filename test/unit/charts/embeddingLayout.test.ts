import { describe, expect, it } from 'vitest';
import {
  carried,
  nextPoint,
  placeNames,
  planeScale,
  pointNear,
  pointsWithin,
} from '../../../webview/charts/embeddings/layout';

const frame = { left: 0, top: 0, width: 400, height: 200 };
const margin = { x: 20, y: 20 };

describe('the scale of a plane', () => {
  it('has the same unit on both axes and holds every point', () => {
    const scale = planeScale([-3, 5], [0, 10], frame, margin);
    expect(scale.x(1) - scale.x(0)).toBeCloseTo(scale.y(0) - scale.y(1), 9);
    expect(scale.y(10)).toBeGreaterThanOrEqual(20);
    expect(scale.y(0)).toBeLessThanOrEqual(180);
    expect((scale.xDomain[1] - scale.xDomain[0]) / (scale.yDomain[1] - scale.yDomain[0])).toBeCloseTo(2, 9);
  });

  it('puts points that all lie at one place in the middle', () => {
    const scale = planeScale([7, 7], [1, 1], frame, margin);
    expect([scale.x(7), scale.y(1)]).toEqual([200, 100]);
  });
});

describe('names', () => {
  const named = (x: number, y: number, name: string, strong = true) => ({ x, y, name, strong, radius: 6 });

  it('cover neither marks nor each other, nor leave the frame', () => {
    const points = [named(60, 60, 'bank 1'), named(66, 64, 'bank 2'), named(72, 60, 'bank 3'), named(396, 100, 'edge')];
    const placed = placeNames(points, frame, []);
    const boxes = placed.map(({ index, x, y }) => ({ x, y: y - 6, width: points[index].name.length * 6.7 }));
    boxes.forEach((a, i) => {
      expect(a.x).toBeGreaterThanOrEqual(0);
      expect(a.x + a.width).toBeLessThanOrEqual(400);
      for (const b of boxes.slice(i + 1))
        expect(a.x + a.width <= b.x || b.x + b.width <= a.x || Math.abs(a.y - b.y) >= 12).toBe(true);
      for (const { x, y } of points)
        expect(x > a.x - 6 && x < a.x + a.width + 6 && y > a.y - 6 && y < a.y + 18).toBe(false);
    });
    expect(placed).toHaveLength(4);
  });

  it('beside a crowd are led to their mark by a line', () => {
    const crowd = Array.from({ length: 9 }, (_, i) => named(180 + (i % 3) * 14, 90 + Math.floor(i / 3) * 14, `p${i}`));
    const middle = placeNames(crowd, frame, []).find(({ index }) => index === 4);
    expect(middle?.leader).not.toBeNull();
  });

  it('of small points give way', () => {
    const points = [
      named(100, 100, 'small', false),
      ...Array.from({ length: 9 }, (_, i) => named(80 + (i % 3) * 20, 80 + Math.floor(i / 3) * 20, 'large')),
    ];
    expect(placeNames(points, frame, []).some(({ index }) => index === 0)).toBe(false);
  });
});

describe('finding points', () => {
  const points = [
    { x: 10, y: 10 },
    { x: 50, y: 12 },
    { x: 12, y: 60 },
    { x: 10, y: 10 },
  ];

  it('goes to the next one in a direction', () => {
    expect(nextPoint(points, 3, 1, 0)).toBe(1);
    expect(nextPoint(points, 3, 0, 1)).toBe(2);
    expect(nextPoint(points, 1, 1, 0)).toBeNull();
  });

  it('reaches a point that lies on another one', () => {
    expect(nextPoint(points, 0, 1, 0)).toBe(3);
  });

  it('takes the one under the pointer, within reach', () => {
    expect(pointNear(points, 48, 14, 10)).toBe(1);
    expect(pointNear(points, 200, 100, 10)).toBeNull();
  });

  it('takes those inside a loop', () => {
    const loop: [number, number][] = [
      [0, 0],
      [60, 0],
      [60, 30],
      [0, 30],
    ];
    expect(pointsWithin(points, loop)).toEqual([0, 1, 3]);
    expect(pointsWithin(points, loop.slice(0, 2))).toEqual([]);
  });
});

it('carries a picture along with the turn, mirror and shift of another', () => {
  const own = { x: [0, 2, 1], y: [0, 1, 3] };
  const from = { x: [0, 4, 0, 1], y: [0, 0, 2, 1] };
  // The move is a quarter turn, mirrored and shifted by (5, −1).
  const move = ({ x, y }: { x: number[]; y: number[] }) => ({ x: y.map((v) => v + 5), y: x.map((v) => v - 1) });
  const result = carried(own, from, move(from));
  const expected = move(own);
  for (const [i, value] of result.x.entries()) expect(value).toBeCloseTo(expected.x[i], 9);
  for (const [i, value] of result.y.entries()) expect(value).toBeCloseTo(expected.y[i], 9);
});
