import { describe, expect, it } from 'vitest';
import { type Column, fitColumns } from '../../../../src/analysis/probe/linearModels';
import linear from '../../../fixtures/probe/linear.json';
import sheet from '../../../fixtures/projection/sheet.json';
import { plainProducts } from './plainProducts';

const { width } = sheet;
const features = Float32Array.from(sheet.points);
const train = Uint8Array.from(linear.train);
const signs = Float64Array.from(linear.label, (label) => (label === 1 ? 1 : -1));
const fitted = (columns: Column[], loss: 'logistic' | 'squared', lambda: number) =>
  fitColumns(plainProducts, features, width, columns, { loss, lambda, tolerance: 1e-8, maxSteps: 500 });

describe('linear models fitted together', () => {
  it("are scikit-learn's logistic regression on standardised features", async () => {
    const { scores } = await fitted([{ train, labels: signs }], 'logistic', linear.logistic.lambda);
    linear.logistic.scores.forEach((score, row) => {
      expect(Math.abs(scores[0][row] - score)).toBeLessThan(1e-3);
    });
  });

  it("are scikit-learn's ridge regression", async () => {
    const labels = Float64Array.from(linear.number);
    const { scores } = await fitted([{ train, labels }], 'squared', linear.ridge.lambda);
    linear.ridge.scores.forEach((score, row) => {
      expect(Math.abs(scores[0][row] - score)).toBeLessThan(1e-3);
    });
  });

  it('do not depend on their neighbours', async () => {
    const others = Uint8Array.from(train, (one, row) => (row % 5 === 0 ? 0 : one));
    const columns = [
      { train, labels: signs },
      { train: others, labels: signs.map((sign) => -sign) },
    ];
    const both = await fitted(columns, 'logistic', 1);
    const alone = await fitted([columns[1]], 'logistic', 1);
    both.scores[1].forEach((score, row) => {
      expect(score).toBeCloseTo(alone.scores[0][row], 4);
    });
  });

  it('give weights and bias in the features own units', async () => {
    const { weights, bias, scores } = await fitted([{ train, labels: signs }], 'logistic', 3);
    for (const row of [0, 1, 50]) {
      const score = weights[0].reduce((sum, weight, d) => sum + weight * features[row * width + d], bias[0]);
      expect(score).toBeCloseTo(scores[0][row], 4);
    }
  });

  it('take features that do not vary, and stop when asked', async () => {
    const flat = Float32Array.from({ length: 30 }, (_, at) => (at % 3 === 0 ? 4 : Math.sin(at)));
    const column = {
      train: new Uint8Array(10).fill(1),
      labels: Float64Array.from({ length: 10 }, (_, i) => (i % 2 ? 1 : -1)),
    };
    const { weights } = await fitColumns(plainProducts, flat, 3, [column], { loss: 'logistic', lambda: 1 });
    expect(weights[0][0]).toBe(0);
    expect(weights[0].every(Number.isFinite)).toBe(true);
    const pause = () => Promise.reject(new Error('enough'));
    await expect(fitColumns(plainProducts, flat, 3, [column], { loss: 'logistic', lambda: 1, pause })).rejects.toThrow(
      'enough',
    );
  });
});
