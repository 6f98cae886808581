/** The interval in which the true value of a counted share lies. Leaf: engine and page use the same. */

/** Clopper & Pearson 1934; one-sided at the ends. */
export function exactInterval(hits: number, of: number): { low: number; high: number } {
  if (hits === 0) return { low: 0, high: 1 - 0.05 ** (1 / of) };
  if (hits === of) return { low: 0.05 ** (1 / of), high: 1 };
  return {
    low: bisect((p) => 1 - atMost(hits - 1, of, p) < 0.025),
    high: bisect((p) => atMost(hits, of, p) > 0.025),
  };
}

/** The largest p in [0, 1] for which `holds` is true; it must be true from 0 up to there. */
function bisect(holds: (p: number) => boolean): number {
  let [low, high] = [0, 1];
  for (let step = 0; step < 40; step++) {
    const middle = (low + high) / 2;
    if (holds(middle)) low = middle;
    else high = middle;
  }
  return low;
}

/** P(X ≤ k) of a binomial variable. */
function atMost(k: number, n: number, p: number): number {
  let sum = 0;
  let logarithm = n * Math.log1p(-p);
  for (let i = 0; i <= k; i++) {
    sum += Math.exp(logarithm);
    logarithm += Math.log(((n - i) / (i + 1)) * (p / (1 - p)));
  }
  return Math.min(1, sum);
}
