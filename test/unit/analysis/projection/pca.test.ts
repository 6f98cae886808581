import { describe, expect, it } from 'vitest';
import { principalAxes, project } from '../../../../src/analysis/embeddings/pca';
import { seededRandom } from '../../../../src/analysis/shared/random';
import sheet from '../../../fixtures/projection/sheet.json';

const points = Float32Array.from(sheet.points);

describe('principal components', () => {
  it("are scikit-learn's up to the sign of each axis", () => {
    const pca = principalAxes(points, sheet.width);
    const xy = project(points, pca);
    for (const axis of [0, 1]) {
      const theirs = sheet.pca.xy.map((row) => row[axis]);
      const ours = theirs.map((_, point) => xy[point * 2 + axis]);
      const sign = Math.sign(theirs.reduce((sum, value, point) => sum + value * ours[point], 0));
      theirs.forEach((value, point) => {
        expect(Math.abs(sign * ours[point] - value)).toBeLessThan(1e-4);
      });
      expect(pca.variance[axis]).toBeCloseTo(sheet.pca.variance[axis], 8);
    }
  });

  it('are orthonormal, and the same from run to run', () => {
    const first = principalAxes(points, sheet.width, 5);
    const dot = (a: Float64Array, b: Float64Array) => a.reduce((sum, value, at) => sum + value * b[at], 0);
    first.axes.forEach((a, i) => {
      first.axes.forEach((b, j) => {
        expect(dot(a, b)).toBeCloseTo(i === j ? 1 : 0, 10);
      });
    });
    expect(principalAxes(points, sheet.width, 5)).toEqual(first);
  });

  it('find as many axes as the points span', () => {
    const line = Float32Array.from({ length: 30 }, (_, at) => (at % 3 === 0 ? Math.floor(at / 3) : 2));
    expect(principalAxes(line, 3).variance).toHaveLength(1);
    expect(principalAxes(new Float32Array(12).fill(3), 3)).toMatchObject({ axes: [], variance: [] });
    expect(principalAxes(Float32Array.of(1, 2, 3), 3).axes).toEqual([]);
    const two = principalAxes(Float32Array.of(0, 0, 0, 3, 0, 4), 3);
    expect(two.variance).toEqual([expect.closeTo(1)]);
    expect(Array.from(two.axes[0])).toEqual([0.6, 0, 0.8].map((value) => expect.closeTo(value)));
  });

  it("take moments for five hundred points of a model's width", () => {
    const random = seededRandom(3);
    const many = Float32Array.from({ length: 500 * 576 }, () => random() - 0.5);
    const { variance } = principalAxes(many, 576);
    expect(variance[0]).toBeGreaterThan(variance[1]);
    expect(variance[0]).toBeLessThan(0.02);
  });
});
