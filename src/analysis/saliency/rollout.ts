/**
 * How much attention alone flows from each token to the positions that a target is read from, whatever the target is.
 *
 *   attention   mean over blocks, heads and predicting positions of A[l, h, q, k]; without the first token (attention sink)
 *   rollout     the predicting positions' rows of Π_l (½ · mean_h A[l] + ½ · I), the last block on the left
 *               (Abnar & Zuidema 2020): attention followed through the blocks, as if it carried everything
 *
 * Predicting positions are those whose next-token distribution gives the target; for a contrast, those of the first side.
 */
import { scanAttention } from '../attention/attention';
import type { Model } from '../shared/model';
import type { KnownPast, OnTokens } from '../shared/prefix';
import type { Target } from '../shared/target';

export interface AttentionOptions {
  known?: KnownPast | null;
  signal?: AbortSignal;
  onProgress?: OnTokens;
}

/** [before] The mean weight on each token, 0 for the first. Rejects with `cancelled` between passes. */
export async function attentionMean(
  model: Model,
  { before, sides: [{ input, rows }] }: Target,
  options: AttentionOptions = {},
): Promise<number[]> {
  const { layers, heads } = model.info;
  const sums = new Array<number>(before).fill(0);
  const everyBlock = Array.from({ length: layers }, (_, block) => block);
  await scanAttention(
    model,
    input,
    everyBlock,
    ({ queries, keys, data }) => {
      for (let row = 0; row < heads * queries; row++) {
        for (let key = 1; key < Math.min(before, keys); key++) sums[key] += data[row * keys + key];
      }
    },
    { ...options, from: rows[0] },
  );
  return sums.map((sum) => sum / (layers * heads * rows.length));
}

/** Floats of mean attention held at once: 32 MB. */
const meanBudget = 8 * 1024 * 1024;

/**
 * [before] The flow from each token to the predicting positions. It is computed from the last block down, so that only a row is carried and
 * not a matrix; one run of the prompt covers as many blocks as `meanFloats` hold, as one triangle each. Rejects with `cancelled` between
 * passes.
 */
export async function rollout(
  model: Model,
  { before, sides: [{ input, rows }] }: Target,
  { known, signal, onProgress, meanFloats = meanBudget }: AttentionOptions & { meanFloats?: number } = {},
): Promise<number[]> {
  const T = input.length;
  let flow = new Float64Array(T);
  for (const row of rows) flow[row] = 1 / rows.length;
  const groups = blocksFromAbove(model.info.layers, Math.max(1, Math.floor(meanFloats / rowStart(T))));
  for (const [group, blocks] of groups.entries()) {
    const means = await meanAttention(model, input, blocks, {
      known,
      signal,
      onProgress: (done, total) => onProgress?.(group * total + done, groups.length * total),
    });
    for (const block of blocks) flow = through(means.get(block) as Float32Array, flow);
  }
  return [...flow.subarray(0, before)];
}

/** A row holds the keys up to its query. This is the row's start in the triangle, which has rowStart(T) weights. */
const rowStart = (query: number): number => (query * (query + 1)) / 2;

/** The blocks in groups of `size`, the last block first. */
function blocksFromAbove(layers: number, size: number): number[][] {
  const groups: number[][] = [];
  for (let top = layers; top > 0; top -= size) {
    groups.push(Array.from({ length: Math.min(size, top) }, (_, below) => top - 1 - below));
  }
  return groups;
}

/** Maps each block to its weights averaged over the heads, as a triangle. */
async function meanAttention(
  model: Model,
  ids: readonly number[],
  blocks: readonly number[],
  options: AttentionOptions,
): Promise<Map<number, Float32Array>> {
  const T = ids.length;
  const means = new Map(blocks.map((block) => [block, new Float32Array(rowStart(T))]));
  await scanAttention(
    model,
    ids,
    blocks,
    ({ layer, heads, first, queries, keys, data }) => {
      const mean = means.get(layer) as Float32Array;
      for (let row = 0; row < queries; row++) {
        const query = first + row;
        for (let head = 0; head < heads; head++) {
          const from = (head * queries + row) * keys;
          for (let key = 0; key <= query; key++) mean[rowStart(query) + key] += data[from + key] / heads;
        }
      }
    },
    options,
  );
  return means;
}

/** flow · (½ mean + ½ I). */
function through(mean: Float32Array, flow: Float64Array): Float64Array<ArrayBuffer> {
  const T = flow.length;
  const next = new Float64Array(T);
  for (let query = 0; query < T; query++) {
    if (flow[query] === 0) continue;
    next[query] += flow[query] / 2;
    for (let key = 0; key <= query; key++) next[key] += (flow[query] * mean[rowStart(query) + key]) / 2;
  }
  return next;
}
