/**
 * The attention of each head: A[l, h, q, k] is the post-softmax weight of query q on key k ≤ q; each row sums to 1.
 *
 * Over the T queries of a head (x: token ids):
 *   entropy        mean_q −Σ_k A log A                    sinkMass       mean_{q ≥ 1} A[q, 0]
 *   previousToken  mean_{q ≥ 1} A[q, q − 1]               diagonal       mean_q A[q, q]
 *   induction      mean of A[q, j + 1] over all pairs j < q with x_j = x_q   (Olsson et al. 2022)
 *
 * The whole [L, H, T, T] is never held: each pass covers a chunk of queries, and summaries and thumbnails accumulate over the passes.
 */

import { type ClauseKey, clause } from '../../protocol/clauses';
import { ProblemError } from '../../protocol/problem';
import type { Model } from '../shared/model';
import { chunkTokens, type KnownPast, type OnTokens, prefill, reusable, shortened } from '../shared/prefix';
import type { AttentionOverview, HeadSummary, SinkMode } from './contract';

/** One block's weights for the queries [first, first + queries) on the keys [0, keys): data [H, queries, keys]. */
export interface AttentionSlab {
  layer: number;
  heads: number;
  first: number;
  queries: number;
  keys: number;
  data: Float32Array;
}

export interface ScanOptions {
  signal?: AbortSignal;
  onProgress?: OnTokens;
  /** The first query whose weights are wanted. */
  from?: number;
  /** With a known past, the tokens before a query are not run again. */
  known?: KnownPast | null;
}

/** Floats of attention that one pass may return: 32 MB. */
const slabBudget = 8 * 1024 * 1024;
/** Floats of attention that a decoder may hold in one pass, for all blocks together, whether or not a block is asked for: 40 MB. */
const tapBudget = 10 * 1024 * 1024;

/**
 * Runs `ids` and passes every slab of the `layers` to `visit`, with queries ascending from `from`. Rejects with `cancelled` between passes.
 */
export async function scanAttention(
  model: Model,
  ids: readonly number[],
  layers: readonly number[],
  visit: (slab: AttentionSlab) => void,
  { signal, onProgress, from = 0, known }: ScanOptions = {},
): Promise<void> {
  const { heads } = model.info;
  const blocks = Math.min(slabBudget / layers.length, tapBudget / model.info.layers);
  const step = Math.max(1, Math.min(chunkTokens, Math.floor(blocks / (heads * ids.length))));
  const held = reusable(known, ids, ids.length);
  let past = await prefill(model, known, ids, from, { signal });
  for (let first = from; first < ids.length; first += step) {
    const chunk = ids.slice(first, first + step);
    const next = first + chunk.length;
    const want = { attention: layers, past: next > held && next < ids.length };
    const result = await model.run({ ids: [chunk], past, rows: [chunk.length - 1], want }, signal);
    past = known && next <= held ? shortened(model, known.past, next) : result.past;
    for (const layer of layers) {
      const data = result.attention.get(layer);
      if (!data) throw new Error(`a pass that was asked for the attention of block ${layer} gave none`);
      visit({ layer, heads, first, queries: chunk.length, keys: next, data });
    }
    onProgress?.(next, ids.length);
  }
}

/** Summaries of every head and one max-pooled picture each, at most `size` cells a side. `ids` holds at least one token. */
export async function attentionOverview(
  model: Model,
  ids: readonly number[],
  { size, sink, ...options }: ScanOptions & { size: number; sink: SinkMode },
): Promise<AttentionOverview> {
  const layers = everyLayer(model);
  const overview = new OverviewBuilder(ids, layers.length, model.info.heads, size, sink);
  await scanAttention(model, ids, layers, (slab) => overview.add(slab), options);
  return overview.finish();
}

/** Adds up slabs of every block (queries ascending within a block) into an overview; `layer` runs from 0 to `layers` − 1. */
export class OverviewBuilder {
  private readonly size: number;
  private readonly thumbnails: Float32Array;
  private readonly sums: HeadSums[];
  private readonly earlier: Int32Array;
  private readonly pairs: number;

  constructor(
    ids: readonly number[],
    layers: number,
    private readonly heads: number,
    size: number,
    private readonly sink: SinkMode,
  ) {
    this.size = Math.min(size, ids.length);
    this.thumbnails = new Float32Array(layers * heads * this.size * this.size);
    this.sums = Array.from({ length: layers * heads }, newSums);
    this.earlier = earlierOccurrence(ids);
    this.pairs = repeatedPairs(this.earlier);
  }

  add(slab: AttentionSlab): void {
    for (let head = 0; head < this.heads; head++) {
      const place = slab.layer * this.heads + head;
      for (let row = 0; row < slab.queries; row++) {
        const query = slab.first + row;
        const start = (head * slab.queries + row) * slab.keys;
        const weights = slab.data.subarray(start, start + query + 1);
        addRow(this.sums[place], weights, this.earlier);
        this.pool(place, query, weights);
      }
    }
  }

  finish(): AttentionOverview {
    const summaries = this.sums.map((sums, place) =>
      summary(sums, Math.floor(place / this.heads), place % this.heads, this.earlier.length, this.pairs),
    );
    const sinks = summaries.map((head) => head.sinkMass).filter((mass) => mass !== null);
    const sinkMass = sinks.length > 0 ? sinks.reduce((a, b) => a + b, 0) / sinks.length : null;
    return { size: this.size, thumbnails: this.thumbnails, summaries, sinkMass };
  }

  /** Each cell holds the largest weight among the queries and keys that fall into it. */
  private pool(place: number, query: number, weights: Float32Array): void {
    const { size, thumbnails } = this;
    const { length } = this.earlier;
    const base = (place * size + Math.floor((query * size) / length)) * size;
    const first = this.sink === 'raw' ? 0 : 1;
    const scale = this.sink === 'renormalise' ? renormaliser(weights[0]) : 1;
    for (let key = first; key < weights.length; key++) {
      const cell = base + Math.floor((key * size) / length);
      const weight = weights[key] * scale;
      if (weight > thumbnails[cell]) thumbnails[cell] = weight;
    }
  }
}

/** The factor that makes a row without its first key sum to 1; 0 when nothing is left of the row. */
function renormaliser(sinkWeight: number): number {
  const rest = 1 - sinkWeight;
  return rest > 1e-6 ? 1 / rest : 0;
}

/** [T] The last j < t with x_j = x_t, or −1. Following the chain visits every earlier occurrence. */
function earlierOccurrence(ids: readonly number[]): Int32Array {
  const last = new Map<number, number>();
  return Int32Array.from(ids, (id, position) => {
    const earlier = last.get(id) ?? -1;
    last.set(id, position);
    return earlier;
  });
}

/** The number of pairs j < q with x_j = x_q. */
function repeatedPairs(earlier: Int32Array): number {
  const occurrences = new Int32Array(earlier.length);
  let pairs = 0;
  earlier.forEach((position, query) => {
    if (position < 0) return;
    occurrences[query] = occurrences[position] + 1;
    pairs += occurrences[query];
  });
  return pairs;
}

interface HeadSums {
  entropy: number;
  sink: number;
  previous: number;
  induction: number;
  diagonal: number;
}

function newSums(): HeadSums {
  return { entropy: 0, sink: 0, previous: 0, induction: 0, diagonal: 0 };
}

/** `weights`: the row of query weights.length − 1, up to and including itself. */
function addRow(sums: HeadSums, weights: Float32Array, earlier: Int32Array): void {
  const query = weights.length - 1;
  let entropy = 0;
  for (const weight of weights) if (weight > 0) entropy -= weight * Math.log(weight);
  sums.entropy += entropy;
  sums.diagonal += weights[query];
  if (query > 0) {
    sums.sink += weights[0];
    sums.previous += weights[query - 1];
  }
  for (let at = earlier[query]; at >= 0; at = earlier[at]) sums.induction += weights[at + 1];
}

function summary(sums: HeadSums, layer: number, head: number, length: number, pairs: number): HeadSummary {
  return {
    layer,
    head,
    entropy: sums.entropy / length,
    sinkMass: length > 1 ? sums.sink / (length - 1) : null,
    previousToken: length > 1 ? sums.previous / (length - 1) : null,
    induction: pairs > 0 ? sums.induction / pairs : null,
    diagonal: sums.diagonal / length,
  };
}

/**
 * One head's matrix [T, T], queries by keys; for several heads, the element-wise maximum and the head that gave it (index into `heads`, the
 * first among equals). Throws `outOfRange` for a block or head the model does not have.
 */
export async function attentionHeads(
  model: Model,
  ids: readonly number[],
  heads: readonly { layer: number; head: number }[],
  options: ScanOptions = {},
): Promise<{ weights: Float32Array; winner: Uint8Array | null }> {
  checkHeads(model, heads);
  const length = ids.length;
  const weights = new Float32Array(length * length);
  const winner = heads.length > 1 ? new Uint8Array(length * length) : null;
  const layers = [...new Set(heads.map(({ layer }) => layer))].sort((a, b) => a - b);
  await scanAttention(
    model,
    ids,
    layers,
    (slab) => {
      heads.forEach(({ layer, head }, index) => {
        if (layer === slab.layer) mergeHead(slab, head, index, length, weights, winner);
      });
    },
    options,
  );
  return { weights, winner };
}

function mergeHead(
  slab: AttentionSlab,
  head: number,
  index: number,
  length: number,
  weights: Float32Array,
  winner: Uint8Array | null,
): void {
  for (let row = 0; row < slab.queries; row++) {
    const query = slab.first + row;
    const from = (head * slab.queries + row) * slab.keys;
    for (let key = 0; key <= query; key++) {
      const cell = query * length + key;
      const weight = slab.data[from + key];
      const ahead = weight > weights[cell] || (winner !== null && weight === weights[cell] && index < winner[cell]);
      if (!ahead) continue;
      weights[cell] = weight;
      if (winner) winner[cell] = index;
    }
  }
}

/** The index of the head that gave the maximum is stored in one byte. */
const mostHeads = 256;

function checkHeads(model: Model, heads: readonly { layer: number; head: number }[]): void {
  if (heads.length < 1 || heads.length > mostHeads) {
    throw new ProblemError('outOfRange', [clause('numberOfHeads'), 1, mostHeads]);
  }
  for (const { layer, head } of heads) {
    checkIndex('layer', layer, model.info.layers);
    checkIndex('head', head, model.info.heads);
  }
}

function checkIndex(name: ClauseKey, value: number, count: number): void {
  if (!Number.isInteger(value) || value < 0 || value >= count) {
    throw new ProblemError('outOfRange', [clause(name), 0, count - 1]);
  }
}

/** Per head [L, H]: the weight of query `from` summed over the keys `to` (keys after the query have no weight). */
export async function attentionBetween(
  model: Model,
  ids: readonly number[],
  from: number,
  to: readonly number[],
  { known, signal }: { known?: KnownPast | null; signal?: AbortSignal } = {},
): Promise<Float32Array> {
  checkIndex('position', from, ids.length);
  for (const key of to) checkIndex('position', key, ids.length);
  const { layers, heads } = model.info;
  const past = await prefill(model, known, ids, from, { signal });
  const want = { attention: everyLayer(model) };
  const result = await model.run({ ids: [[ids[from]]], past, rows: [0], want }, signal);
  const sums = new Float32Array(layers * heads);
  const keys = [...new Set(to)].filter((key) => key <= from);
  for (const [layer, data] of result.attention) {
    for (let head = 0; head < heads; head++) {
      for (const key of keys) sums[layer * heads + head] += data[head * (from + 1) + key];
    }
  }
  return sums;
}

function everyLayer(model: Model): number[] {
  return Array.from({ length: model.info.layers }, (_, layer) => layer);
}
