import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  cellText,
  columnsThatFit,
  type LensWindow,
  lensCellAt,
  lensLayout,
  rankTicks,
  windowAfter,
  windowPositions,
} from '../../../webview/charts/lens/layout';

test('wider panels hold more columns, never more than tokens, never none', () => {
  expect(columnsThatFit(496, 57)).toBe(3);
  expect(columnsThatFit(1168, 57)).toBeGreaterThan(columnsThatFit(720, 57));
  expect(columnsThatFit(1168, 2)).toBe(2);
  expect(columnsThatFit(60, 57)).toBe(1);
});

test('table and trajectories stay inside the width and do not overlap', () => {
  for (const width of [488, 600, 720, 1168]) {
    const count = columnsThatFit(width, 57);
    const layout = lensLayout(width, 31, count, count - 1);
    const last = layout.columns[count - 1];
    expect(last.x + last.width).toBeLessThan(layout.axis.left);
    expect(layout.axis.left).toBeLessThan(layout.axis.right);
    expect(layout.axis.right).toBeLessThanOrEqual(width);
    expect(last.width).toBeGreaterThan(layout.columns[0].width);
  }
});

test('the window is a run of positions that always holds the origin', () => {
  expect(windowPositions(57, 5, 52, 56)).toEqual([52, 53, 54, 55, 56]);
  expect(windowPositions(57, 5, 10, 56)).toEqual([10, 11, 12, 13, 56]);
  expect(windowPositions(57, 5, 10, 3)).toEqual([3, 11, 12, 13, 14]);
  expect(windowPositions(0, 0, 0, -1)).toEqual([]);
  const numbers = fc.integer({ min: 1, max: 60 });
  fc.assert(
    fc.property(numbers, numbers, fc.integer({ min: -100, max: 100 }), fc.nat(), (tokens, wanted, first, at) => {
      const count = Math.min(wanted, tokens);
      const origin = at % tokens;
      const positions = windowPositions(tokens, count, first, origin);
      expect(positions).toHaveLength(count);
      expect(positions).toContain(origin);
      expect([...positions].sort((a, b) => a - b)).toEqual(positions);
      expect(new Set(positions).size).toBe(count);
    }),
  );
});

test('the window moves no further than needed', () => {
  const first = (before: LensWindow, origin: number, count = 5) =>
    windowAfter(before, { tokens: 57, count, origin }).first;
  const at = (start: number, origin: number, count = 5) => ({ first: start, count, origin });
  expect(first(at(20, 21), 22)).toBe(20);
  expect(first(at(20, 21), 30)).toBe(26);
  expect(first(at(20, 21), 3)).toBe(3);
  expect(first(at(0, -1, 0), 56)).toBe(52);
});

test('another width keeps the origin in view, but not one that somebody scrolled away from', () => {
  const first = (start: number, width: number, count: number) =>
    windowAfter({ first: start, count: width, origin: 56 }, { tokens: 57, count, origin: 56 }).first;
  expect(first(47, 10, 3)).toBe(54);
  expect(first(54, 3, 10)).toBe(47);
  expect(first(20, 10, 3)).toBe(20);
});

test('long tokens are shortened, square letters count for more', () => {
  expect(cellText('·negative', 80)).toBe('·negative');
  expect(cellText('·predictable', 60)).toMatch(/^·predi?…$/);
  expect(cellText('很无聊太长了', 60).length).toBeLessThan(cellText('abcdefghij', 60).length);
});

test('a point lies in a cell, a heading, the trajectories or nowhere', () => {
  const layout = lensLayout(720, 31, 6, 5);
  const { x } = layout.columns[2];
  expect(lensCellAt(layout, x + 3, layout.top + 4 * layout.rowHeight + 1)).toEqual({ row: 4, column: 2 });
  expect(lensCellAt(layout, x + 3, 10)).toEqual({ row: -1, column: 2 });
  expect(lensCellAt(layout, layout.axis.left + 5, layout.top + 1)).toEqual({ row: 0, column: -1 });
  expect(lensCellAt(layout, layout.axis.left + 5, 3)).toBeNull();
  expect(lensCellAt(layout, 2, layout.top + 5)).toBeNull();
  expect(lensCellAt(layout, x, layout.height + 50)).toBeNull();
});

test('ranks on the axis thin out where they would touch', () => {
  expect(rankTicks(49152, 300)).toEqual([1, 10, 100, 1000, 10000]);
  expect(rankTicks(49152, 120)).toEqual([1, 100, 10000]);
});
