import { describe, expect, it } from 'vitest';
import { planes } from '../../../../src/analysis/embeddings/project';
import { seededRandom } from '../../../../src/analysis/shared/random';
import sheet from '../../../fixtures/projection/sheet.json';

const { width } = sheet;
const points = Float32Array.from(sheet.points);
const options = { method: 'pca', width, basisLayer: null, axis: null, seed: 1 } as const;
const size = points.length / width;

/** Share of near neighbours in the picture that are near in the full space (Venna & Kaski 2001), as scikit-learn counts it. */
function trustworthiness(x: readonly number[], y: readonly number[], k: number): number {
  const order = (distance: (other: number) => number, own: number) =>
    Array.from({ length: size }, (_, other) => other)
      .filter((other) => other !== own)
      .sort((a, b) => distance(a) - distance(b));
  let penalty = 0;
  for (let i = 0; i < size; i++) {
    const full = order((j) => {
      let sum = 0;
      for (let d = 0; d < width; d++) sum += (points[i * width + d] - points[j * width + d]) ** 2;
      return sum;
    }, i);
    const picture = order((j) => (x[i] - x[j]) ** 2 + (y[i] - y[j]) ** 2, i);
    for (const j of picture.slice(0, k)) penalty += Math.max(0, full.indexOf(j) + 1 - k);
  }
  return 1 - (2 / (size * k * (2 * size - 3 * k - 1))) * penalty;
}

describe('pictures of states', () => {
  it.each(['umap', 'tsne'] as const)(
    '%s keeps neighbourhoods as well as scikit-learn does, and repeats',
    async (method) => {
      const draw = async () => (await planes(new Map([[3, points]]), { ...options, method }))[0];
      const { x, y, variance } = await draw();
      const { neighbours, tsne } = sheet.trustworthiness;
      expect(Math.abs(trustworthiness(x, y, neighbours) - tsne)).toBeLessThan(0.03);
      expect(variance).toBeNull();
      expect(await draw()).toMatchObject({ x, y });
    },
  );

  it.each(['umap', 'tsne'] as const)('%s lays equal points on one place', async (method) => {
    const random = seededRandom(11);
    const twelve = Float32Array.from({ length: 12 * 16 }, () => random() - 0.5);
    // The copies differ in the last digits, as they would from another batch.
    const copies = Float32Array.from([...twelve, ...twelve.map((value) => value * (1 + 1e-6 * (random() - 0.5)))]);
    const [{ x, y }] = await planes(new Map([[3, copies]]), { ...options, width: 16, method });
    const nearest = x.map((_, own) => {
      const others = x.map((_, other) => other).filter((other) => other !== own);
      const distance = (other: number) => Math.hypot(x[own] - x[other], y[own] - y[other]);
      return others.reduce((best, other) => (distance(other) < distance(best) ? other : best));
    });
    expect(nearest).toEqual(x.map((_, own) => (own + 12) % 24));
    expect(x.slice(0, 12)).toEqual(x.slice(12));
    expect(new Set(x).size).toBe(12);
  });

  it.each(['pca', 'umap', 'tsne'] as const)('%s lays eight equal points on one place', async (method) => {
    const row = Float32Array.from({ length: 16 }, (_, d) => Math.sin(d) * 40);
    const eight = Float32Array.from({ length: 8 * 16 }, (_, at) => row[at % 16]);
    const [{ x, y }] = await planes(new Map([[3, eight]]), { ...options, width: 16, method });
    for (const value of [...x, ...y]) expect(value).toBeCloseTo(0, 6);
  });

  it('of few different points are PCA, however many copies there are', async () => {
    const random = seededRandom(3);
    const three = Array.from({ length: 3 * 16 }, () => random() - 0.5);
    const nine = Float32Array.from([...three, ...three, ...three]);
    const [{ x, variance }] = await planes(new Map([[3, nine]]), { ...options, width: 16, method: 'umap' });
    expect(variance?.[0]).toBeGreaterThan(0.5);
    expect(x.slice(0, 3)).toEqual(x.slice(3, 6));
  });

  it('lie like the one before: a mirrored layer is drawn the same', async () => {
    const mirrored = points.map((value) => -value);
    const [first, second] = await planes(
      new Map([
        [0, points],
        [1, mirrored],
      ]),
      options,
    );
    second.x.forEach((value, point) => {
      expect(value).toBeCloseTo(first.x[point], 4);
      expect(second.y[point]).toBeCloseTo(first.y[point], 4);
    });
  });

  it('turn where axes mean nothing', async () => {
    const random = seededRandom(5);
    const moved = points.map((value) => value + 0.01 * (random() - 0.5));
    const [first, second] = await planes(
      new Map([
        [0, points],
        [1, moved],
      ]),
      { ...options, method: 'tsne' },
    );
    const dots = first.x.reduce((sum, x, at) => sum + x * second.x[at] + first.y[at] * second.y[at], 0);
    expect(dots / (Math.hypot(...first.x, ...first.y) * Math.hypot(...second.x, ...second.y))).toBeGreaterThan(0.5);
  });

  it('stay on the axes of one layer when asked', async () => {
    const doubled = points.map((value) => 2 * value);
    const [first, second] = await planes(
      new Map([
        [4, points],
        [5, doubled],
      ]),
      { ...options, basisLayer: 4 },
    );
    second.x.forEach((value, point) => {
      expect(value).toBeCloseTo(2 * first.x[point], 3);
    });
    expect(second.variance?.[0]).toBeCloseTo(first.variance?.[0] ?? 0, 6);
  });

  it('keep the sign of a given direction, whatever the layer before looks like', async () => {
    const axis = Array.from({ length: width }, (_, d) => (d === 2 ? 5 : 0));
    const mirrored = points.map((value) => -value);
    const [one, other] = await planes(
      new Map([
        [0, points],
        [1, mirrored],
      ]),
      { ...options, axis },
    );
    for (const [i, x] of one.x.entries()) expect(other.x[i]).toBeCloseTo(-x, 6);
  });

  it('have a given direction as their first axis', async () => {
    const axis = Array.from({ length: width }, (_, d) => (d === 2 ? 5 : 0));
    const [{ x, y, variance }] = await planes(new Map([[0, points]]), { ...options, axis });
    const third = Array.from({ length: size }, (_, point) => points[point * width + 2]);
    const middle = third.reduce((sum, value) => sum + value, 0) / size;
    x.forEach((value, point) => {
      expect(value).toBeCloseTo(third[point] - middle, 4);
    });
    // The second axis keeps nothing of the direction, so both shares together stay below the whole variance.
    expect((variance?.[0] ?? 1) + (variance?.[1] ?? 1)).toBeLessThan(1);
    expect(Math.hypot(...y)).toBeGreaterThan(0);
  });

  it('draw one point, and points that do not vary', async () => {
    const [one] = await planes(new Map([[0, points.slice(0, width)]]), { ...options, method: 'umap' });
    expect(one).toMatchObject({ x: [0], y: [0], variance: [0, 0] });
    const [same] = await planes(new Map([[0, new Float32Array(3 * width).fill(1)]]), options);
    expect(same).toMatchObject({ x: [0, 0, 0], y: [0, 0, 0] });
  });

  it('stop between layers', async () => {
    const pause = () => Promise.reject(new Error('enough'));
    await expect(planes(new Map([[0, points]]), { ...options, pause })).rejects.toThrow('enough');
  });
});
