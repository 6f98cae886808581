/**
 * From raw logits [V] to the distribution a token is drawn from, by transformers' definitions and in its order:
 *
 *   1. repetition penalty r over every id seen so far (Keskar et al. 2019):  z_v ← z_v / r if z_v > 0, else z_v · r
 *   2. temperature τ:   z_v ← z_v / τ            (τ = 0: the largest logit, nothing below applies)
 *   3. top-k:           keep z_v ≥ the k-th largest
 *   4. top-p:           keep v while the mass of the likelier ones is < p, always the first (Holtzman et al. 2020)
 *   5. min-p:           keep p_v ≥ min-p · p_max                         (Nguyen et al. 2024)
 *
 * The kept candidates are laid end to end on [0, 1), best first; the random number falls on one of them.
 */
import { type Clause, clause, verbatim } from '../../protocol/clauses';
import { ProblemError } from '../../protocol/problem';
import { maxSeed } from '../shared/random';
import type { GenerateOptions } from './contract';

export type Sampling = Pick<GenerateOptions, 'temperature' | 'topK' | 'topP' | 'minP'>;

/** Best first; the probabilities sum to 1. */
export interface Kept {
  ids: number[];
  probabilities: number[];
}

/** Throws `outOfRange`, naming the first invalid setting. */
export function checkSampling(options: Omit<GenerateOptions, 'prefix' | 'top'>): void {
  const within = (name: Clause, value: number, least: number, most: number) => {
    if (!(value >= least && value <= most)) throw new ProblemError('outOfRange', [name, least, most]);
  };
  within(clause('numberOfTokens'), options.maxTokens, 1, 1_000_000);
  within(clause('temperature'), options.temperature, 0, 100);
  within(verbatim('top-k'), options.topK, 0, Number.MAX_SAFE_INTEGER);
  within(verbatim('top-p'), options.topP, Number.MIN_VALUE, 1);
  within(verbatim('min-p'), options.minP, 0, 1);
  within(clause('repetitionPenalty'), options.repetitionPenalty, 0.01, 100);
  within(clause('seed'), options.seed, 0, maxSeed);
}

/** Applies step 1 to a copy; `seen` may repeat ids, and each counts once. */
export function penalise(logits: Float32Array, seen: Iterable<number>, penalty: number): Float32Array {
  if (penalty === 1) return logits;
  const result = logits.slice();
  for (const id of new Set(seen)) result[id] = logits[id] > 0 ? logits[id] / penalty : logits[id] * penalty;
  return result;
}

/** The largest logit's id, the lowest id among equals. */
export function largest(logits: Float32Array): number {
  let best = 0;
  for (let id = 1; id < logits.length; id++) if (logits[id] > logits[best]) best = id;
  return best;
}

/** Applies steps 2 to 5 for τ > 0 and lists every kept id. Costs V log V when nothing is cut off: meant for display, not for drawing. */
export function keptCandidates(logits: Float32Array, sampling: Sampling): Kept {
  const { order, weight, count, mass } = cut(logits, sampling);
  const ids = Array.from({ length: count }, (_, index) => order.at(index));
  return { ids, probabilities: ids.map((id) => weight(id) / mass) };
}

/** The id that `uniform`, in [0, 1), falls on. */
export function draw(logits: Float32Array, sampling: Sampling, uniform: number): number {
  if (sampling.temperature === 0) return largest(logits);
  const { order, weight, count, mass } = cut(logits, sampling);
  let reached = 0;
  for (let index = 0; index < count - 1; index++) {
    reached += weight(order.at(index));
    if (reached > uniform * mass) return order.at(index);
  }
  return order.at(count - 1);
}

interface Cut {
  order: BestFirst;
  /** exp((z_v − z_max) / τ). */
  weight: (id: number) => number;
  /** The number of kept candidates, and the sum of their weights. */
  count: number;
  mass: number;
}

function cut(logits: Float32Array, { temperature, topK, topP, minP }: Sampling): Cut {
  const order = new BestFirst(logits);
  const highest = logits[order.at(0)];
  const weight = (id: number) => Math.exp((logits[id] - highest) / temperature);
  const massOf = (count: number) => {
    let mass = 0;
    if (count === logits.length) for (let id = 0; id < count; id++) mass += weight(id);
    else for (let index = 0; index < count; index++) mass += weight(order.at(index));
    return mass;
  };

  let count = logits.length;
  if (topK > 0 && topK < count) {
    const smallest = logits[order.at(topK - 1)];
    for (count = topK; count < logits.length && logits[order.at(count)] === smallest; ) count++;
  }
  if (topP < 1) {
    const enough = topP * massOf(count);
    let likelier = 0;
    let kept = 0;
    while (kept < count && (kept === 0 || likelier < enough)) likelier += weight(order.at(kept++));
    count = kept;
  }
  if (minP > 0) {
    let kept = 1;
    while (kept < count && weight(order.at(kept)) >= minP) kept++;
    count = kept;
  }
  return { order, weight, count, mass: massOf(count) };
}

/** Ids by descending logit (lower id first among equals), found only as far as needed: a binary heap, popped into a list. */
class BestFirst {
  private readonly heap: Int32Array;
  private readonly found: number[] = [];
  private size: number;

  constructor(private readonly logits: Float32Array) {
    this.size = logits.length;
    this.heap = new Int32Array(this.size).map((_, id) => id);
    for (let node = (this.size >> 1) - 1; node >= 0; node--) this.sink(node);
  }

  at(index: number): number {
    while (this.found.length <= index) {
      this.found.push(this.heap[0]);
      this.heap[0] = this.heap[--this.size];
      this.sink(0);
    }
    return this.found[index];
  }

  private sink(from: number): void {
    const { heap, size } = this;
    const moving = heap[from];
    let node = from;
    for (let child = 2 * node + 1; child < size; child = 2 * node + 1) {
      if (child + 1 < size && this.before(heap[child + 1], heap[child])) child++;
      if (!this.before(heap[child], moving)) break;
      heap[node] = heap[child];
      node = child;
    }
    heap[node] = moving;
  }

  private before(a: number, b: number): boolean {
    return this.logits[a] > this.logits[b] || (this.logits[a] === this.logits[b] && a < b);
  }
}
