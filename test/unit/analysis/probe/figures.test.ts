import { describe, expect, it } from 'vitest';
import { accuracy, auroc, calibration, correlation, withInterval } from '../../../../src/analysis/probe/figures';
import linear from '../../../fixtures/probe/linear.json';

const held = linear.train.map((one, row) => ({ one, row })).filter(({ one }) => one === 0);

describe('figures of a probe', () => {
  it("have scikit-learn's area under the ROC curve", () => {
    const scores = held.map(({ row }) => linear.logistic.scores[row]);
    const labels = held.map(({ row }) => linear.label[row]);
    expect(auroc(scores, labels)).toBeCloseTo(linear.logistic.auroc, 10);
  });

  it('count ties half, and say nothing of one class', () => {
    expect(auroc([1, 1, 1, 1], [true, false, true, false])).toBe(0.5);
    expect(auroc([0, 1, 2], [-1, 1, 1])).toBe(1);
    expect(auroc([1, 2], [true, true])).toBeNull();
  });

  it('correlate and count', () => {
    expect(correlation([1, 2, 3], [2, 4, 6])).toBeCloseTo(1, 12);
    expect(correlation([1, 2, 3], [1, 1, 1])).toBe(0);
    expect(accuracy([1, -1, 0, 2], [true, false, true, false])).toBe((1 + 1 + 0.5 + 0) / 4);
  });

  it('have intervals over whole groups, wider than over rows', () => {
    const scores = Array.from({ length: 60 }, (_, row) => Math.sin(row) + (Math.floor(row / 20) - 1));
    const groups = scores.map((_, row) => Math.floor(row / 20));
    const mean = (rows: readonly number[]) => rows.reduce((sum, row) => sum + scores[row], 0) / rows.length;
    const byRow = withInterval(60, null, mean);
    const byGroup = withInterval(60, groups, mean);
    expect(byRow.low).toBeLessThan(byRow.value);
    expect(byRow.high).toBeGreaterThan(byRow.value);
    expect(byGroup.high - byGroup.low).toBeGreaterThan(2 * (byRow.high - byRow.low));
    expect(withInterval(60, groups, mean)).toEqual(byGroup);
  });

  it('are calibrated where what is predicted is what is seen', () => {
    const perfect = calibration([0.25, 0.25, 0.25, 0.25], [true, false, false, false]);
    expect(perfect).toEqual({ error: 0, bins: [{ predicted: 0.25, observed: 0.25, count: 4 }] });
    expect(calibration([1, 1], [true, false]).error).toBe(0.5);
  });
});
