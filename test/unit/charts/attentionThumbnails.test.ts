import { expect, test } from 'vitest';
import {
  gridLayout,
  paintThumbnail,
  rampTable,
  thumbnailAt,
  thumbnailUnder,
} from '../../../webview/charts/attention/thumbnails';

test('thirty blocks stand side by side, in a wide panel and in a narrow one', () => {
  expect(gridLayout(848, 30, 9, 57)).toMatchObject({ bands: 1, perBand: 30, cell: 27 });
  expect(gridLayout(496, 30, 9, 57)).toMatchObject({ bands: 1, cell: 15 });
  expect(gridLayout(1200, 30, 9, 57).cell).toBe(34);
});

test('a panel too narrow for readable pictures wraps the blocks, and so does a long prompt', () => {
  const narrow = gridLayout(300, 30, 9, 57);
  expect(narrow.bands).toBe(2);
  expect(narrow.perBand).toBe(15);
  const long = gridLayout(848, 30, 9, 600);
  expect(long.bands).toBe(2);
  expect(long.cell).toBeGreaterThanOrEqual(36);
  expect(long.height).toBe(2 * long.bandHeight);
});

test('a point in a picture leads back to its head, in every band; between and beyond there is none', () => {
  const layout = gridLayout(848, 30, 9, 600);
  for (const layer of [0, 14, 15, 29])
    for (const row of [0, 8]) {
      const { x, y } = thumbnailAt(layout, layer, row);
      expect(thumbnailUnder(layout, 30, 9, x + 1, y + 1)).toEqual({ layer, row });
    }
  expect(thumbnailUnder(layout, 30, 9, 5, 40)).toBeNull();
  expect(thumbnailUnder(layout, 30, 9, 40, 3)).toBeNull();
  expect(thumbnailUnder(layout, 29, 9, layout.width - 2, layout.bandHeight + 20)).toBeNull();
});

/** Red from 0 to 255 for a share from 0 to 1. */
const red = (share: number) => `rgb(${Math.round(share * 255)}, 0, 0)`;

function painted(side: number, weights: number[], size: number) {
  const pixels = new Uint8ClampedArray(side * side * 4);
  paintThumbnail({ pixels, width: side }, 0, 0, side, Float32Array.from(weights), size, rampTable(red, 1));
  return Array.from({ length: side * side }, (_, i) => (pixels[i * 4 + 3] === 0 ? null : pixels[i * 4]));
}

test('a weight colours its cell, more weight more, and the future stays empty', () => {
  const [first, future, low, high] = painted(2, [0.1, 0, 0.4, 1], 2);
  expect(future).toBeNull();
  expect(first).toBeLessThan(low ?? 0);
  expect(low).toBeLessThan(high ?? 0);
});

test('fewer pixels than cells: a pixel shows the strongest of its cells', () => {
  const weights = Array.from({ length: 16 }, () => 0);
  weights[4 * 3 + 1] = 1;
  const [, , lowerLeft, lowerRight] = painted(2, weights, 4);
  expect(lowerLeft).toBe(rampTable(red, 1)[255 * 3]);
  expect(lowerRight).toBe(rampTable(red, 1)[0]);
});

test('more pixels than cells: cells grow, the triangle keeps its steps', () => {
  const pixels = painted(4, [1, 0, 0.5, 0.5], 2);
  expect(pixels.filter((value) => value === null)).toHaveLength(4);
  expect(pixels[0]).toBe(pixels[5]);
});
