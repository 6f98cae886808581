/**
 * How much logits [V] that should be the same differ, and the log-probabilities computed from them:
 *
 *   |z_v − z′_v|          |log p_v − log p′_v|,   log p = z − log Σ_v e^{z_v}          sums in double precision
 */

export interface Difference {
  /** 0 where nothing differs. */
  value: number;
  /** The entry that differs most, the lowest id among equals. */
  id: number;
}

export interface RowDifference {
  logits: Difference;
  logprob: Difference;
}

/** log Σ e^z. */
export function logSum(logits: Float32Array): number {
  let highest = Number.NEGATIVE_INFINITY;
  for (const logit of logits) if (logit > highest) highest = logit;
  let sum = 0;
  for (const logit of logits) sum += Math.exp(logit - highest);
  return highest + Math.log(sum);
}

/** Equal entries, including infinite ones, differ by 0 in their logit. */
export function rowDifference(first: Float32Array, other: Float32Array): RowDifference {
  const result = { logits: { value: 0, id: 0 }, logprob: { value: 0, id: 0 } };
  if (first.every((logit, id) => logit === other[id])) return result;
  const shift = logSum(other) - logSum(first);
  first.forEach((logit, id) => {
    const moved = other[id] === logit ? 0 : other[id] - logit;
    keepLarger(result.logits, Math.abs(moved), id);
    if (Number.isFinite(logit)) keepLarger(result.logprob, Math.abs(moved - shift), id);
  });
  return result;
}

function keepLarger(largest: Difference, value: number, id: number): void {
  if (value <= largest.value) return;
  largest.value = value;
  largest.id = id;
}

/** The likeliest entry and the next, the lowest ids among equals, and the lead of the first: z₁ − z₂ = log p₁ − log p₂. */
export function lead(logits: Float32Array): { first: number; second: number; gap: number } {
  let first = 0;
  let second = -1;
  for (let id = 1; id < logits.length; id++) {
    if (logits[id] > logits[first]) {
      second = first;
      first = id;
    } else if (second < 0 || logits[id] > logits[second]) second = id;
  }
  return { first, second, gap: logits[first] - logits[second] };
}
