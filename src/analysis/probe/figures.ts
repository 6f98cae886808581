/** How good a probe is, in the field's measures, with intervals by resampling. Pure. */

import { seededRandom } from '../shared/random';
import type { Figure } from '../truth/contract';

/** Area under the ROC curve: how often a true row scores above a false one, with ties counting half; null when one side is empty. */
export function auroc(scores: ArrayLike<number>, labels: ArrayLike<number | boolean>): number | null {
  const order = Array.from({ length: scores.length }, (_, at) => at).sort((a, b) => scores[a] - scores[b]);
  let positives = 0;
  let ranks = 0;
  for (let from = 0; from < order.length; ) {
    let to = from + 1;
    while (to < order.length && scores[order[to]] === scores[order[from]]) to++;
    for (let at = from; at < to; at++) {
      if (!isTrue(labels[order[at]])) continue;
      positives++;
      // Ranks count from 1; equal scores share their mean.
      ranks += (from + to + 1) / 2;
    }
    from = to;
  }
  const negatives = order.length - positives;
  if (positives === 0 || negatives === 0) return null;
  return (ranks - (positives * (positives + 1)) / 2) / (positives * negatives);
}

const isTrue = (label: number | boolean): boolean => label === true || (typeof label === 'number' && label > 0);

/** Pearson's r; 0 where one side does not vary. */
export function correlation(a: ArrayLike<number>, b: ArrayLike<number>): number {
  const size = a.length;
  const mean = (values: ArrayLike<number>) => Array.from(values).reduce((sum, value) => sum + value, 0) / size;
  const [ma, mb] = [mean(a), mean(b)];
  let [ab, aa, bb] = [0, 0, 0];
  for (let at = 0; at < size; at++) {
    ab += (a[at] - ma) * (b[at] - mb);
    aa += (a[at] - ma) ** 2;
    bb += (b[at] - mb) ** 2;
  }
  return aa > 0 && bb > 0 ? ab / Math.sqrt(aa * bb) : 0;
}

/** Share of rows whose score has the sign of the label; a score of 0 counts half. */
export function accuracy(scores: ArrayLike<number>, labels: ArrayLike<number | boolean>): number {
  let right = 0;
  for (let at = 0; at < scores.length; at++) {
    if (scores[at] === 0) right += 0.5;
    else if (scores[at] > 0 === isTrue(labels[at])) right++;
  }
  return right / scores.length;
}

const resamples = 500;

/**
 * `measure` over all rows, with the middle 95 % of its values when whole groups (without `groups`, single rows) are drawn again with
 * replacement. Resamples of a single class have no value and are left out.
 */
export function withInterval(
  rows: number,
  groups: readonly unknown[] | null,
  measure: (rows: readonly number[]) => number | null,
  seed = 0,
): Figure {
  const all = Array.from({ length: rows }, (_, row) => row);
  const units = new Map<unknown, number[]>();
  for (const row of all) {
    const unit = groups ? groups[row] : row;
    const members = units.get(unit);
    if (members) members.push(row);
    else units.set(unit, [row]);
  }
  const members = [...units.values()];
  const random = seededRandom(seed);
  const values: number[] = [];
  for (let round = 0; round < resamples; round++) {
    const drawn = members.flatMap(() => members[Math.floor(random() * members.length)]);
    const value = measure(drawn);
    if (value !== null) values.push(value);
  }
  values.sort((a, b) => a - b);
  const value = measure(all) ?? 0.5;
  const at = (share: number) => values[Math.min(values.length - 1, Math.floor(share * values.length))] ?? value;
  return { value, low: at(0.025), high: at(0.975) };
}

export interface Calibration {
  /** Expected calibration error: the mean distance between predicted and observed, weighted by the bins' sizes. */
  error: number;
  bins: { predicted: number; observed: number; count: number }[];
}

/** Calibration in bins of equal width. */
export function calibration(
  probabilities: ArrayLike<number>,
  labels: ArrayLike<number | boolean>,
  binCount = 10,
): Calibration {
  const bins = Array.from({ length: binCount }, () => ({ predicted: 0, observed: 0, count: 0 }));
  for (let at = 0; at < probabilities.length; at++) {
    const bin = bins[Math.min(binCount - 1, Math.floor(probabilities[at] * binCount))];
    bin.predicted += probabilities[at];
    bin.observed += isTrue(labels[at]) ? 1 : 0;
    bin.count++;
  }
  const filled = bins
    .filter(({ count }) => count > 0)
    .map(({ predicted, observed, count }) => ({ predicted: predicted / count, observed: observed / count, count }));
  const error = filled.reduce((sum, bin) => sum + bin.count * Math.abs(bin.predicted - bin.observed), 0);
  return { error: error / probabilities.length, bins: filled };
}
