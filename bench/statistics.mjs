// Medians, spreads and growth of the samples. Pure.

/** The q-quantile, 0 ≤ q ≤ 1, interpolated linearly between neighbours; NaN when there are no values. */
export function quantile(values, q) {
  if (values.length === 0) return Number.NaN;
  const sorted = [...values].sort((a, b) => a - b);
  const place = q * (sorted.length - 1);
  const below = Math.floor(place);
  const above = Math.ceil(place);
  return sorted[below] + (place - below) * (sorted[above] - sorted[below]);
}

export const median = (values) => quantile(values, 0.5);

/**
 * @param {number[]} samples
 * @returns {{median: number, low: number, high: number, samples: number[]}} low and high are the quartiles
 */
export function summary(samples) {
  return { median: median(samples), low: quantile(samples, 0.25), high: quantile(samples, 0.75), samples };
}

/** The b of the least-squares fit y = a·x^b, a line through the logarithms. Needs at least two different x, all values positive. */
export function exponent(points) {
  const logs = points.map(([x, y]) => [Math.log(x), Math.log(y)]);
  const mean = (index) => logs.reduce((sum, each) => sum + each[index], 0) / logs.length;
  const [meanX, meanY] = [mean(0), mean(1)];
  const covariance = logs.reduce((sum, [x, y]) => sum + (x - meanX) * (y - meanY), 0);
  const variance = logs.reduce((sum, [x]) => sum + (x - meanX) ** 2, 0);
  return covariance / variance;
}

/** Largest absolute difference between two lists of the same length. */
export function largestDifference(a, b) {
  if (a.length !== b.length) throw new Error(`${a.length} and ${b.length} values cannot be compared`);
  return a.reduce((most, value, index) => Math.max(most, Math.abs(value - b[index])), 0);
}
