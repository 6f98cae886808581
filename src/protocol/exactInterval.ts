/** What a counted share could be. Leaf: engine and page say the same. */

/** Clopper & Pearson 1934; at the ends one-sided. */
export function exactInterval(hits: number, of: number): { low: number; high: number } {
  if (hits === 0) return { low: 0, high: 1 - 0.05 ** (1 / of) };
  if (hits === of) return { low: 0.05 ** (1 / of), high: 1 };
  return {
    low: bisect((p) => 1 - atMost(hits - 1, of, p) < 0.025),
    high: bisect((p) => atMost(hits, of, p) > 0.025),
  };
}

/** Largest p in [0, 1] for which `holds`, which holds from 0 up to it. */
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
