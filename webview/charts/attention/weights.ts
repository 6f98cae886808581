/**
 * The arithmetic of the attention tab: a [T, T] matrix (queries by keys, row-major, zero above the diagonal) after position 0 is
 * hidden or the rest renormalised, the maximum of several heads, and cells pooled for the screen. Pure: no DOM, so that the table
 * twin, the exports and the tests use the very numbers that are drawn.
 */
import type { SinkMode } from '../../../src/analysis/attention/contract';

/** Below this, the rest of a row is rounding noise, and dividing by it would show noise as attention. */
const smallestRest = 1e-6;

/**
 * [T, T] weights with position 0 treated as asked: `raw` returns the same array, `hide` leaves the first column out,
 * `renormalise` also divides each row by its remaining sum, so that it sums to 1 again (a row with nothing left stays empty).
 */
export function withFirstToken(raw: Float32Array, tokens: number, sink: SinkMode): Float32Array {
  if (sink === 'raw') return raw;
  const shown = raw.slice();
  for (let query = 0; query < tokens; query++) {
    const start = query * tokens;
    shown[start] = 0;
    if (sink === 'hide') continue;
    let rest = 0;
    for (let key = 1; key <= query; key++) rest += shown[start + key];
    const factor = rest > smallestRest ? 1 / rest : 0;
    for (let key = 1; key <= query; key++) shown[start + key] *= factor;
  }
  return shown;
}

/** Element-wise maximum of several [T, T] matrices and, for each cell, the index of the matrix it came from (the first if equal). */
export function strongestOf(matrices: readonly Float32Array[]): { weights: Float32Array; winner: Uint8Array } {
  const weights = matrices[0].slice();
  const winner = new Uint8Array(weights.length);
  for (let index = 1; index < matrices.length; index++) {
    const other = matrices[index];
    for (let cell = 0; cell < weights.length; cell++) {
      if (other[cell] <= weights[cell]) continue;
      weights[cell] = other[cell];
      winner[cell] = index;
    }
  }
  return { weights, winner };
}

/**
 * Upper end of the colour scale: the largest weight of any query but the first, which can only attend to itself. 0 when there is
 * no weight to show (one token, or everything hidden).
 */
export function largestWeight(shown: Float32Array, tokens: number): number {
  let largest = 0;
  for (let cell = tokens; cell < tokens * tokens; cell++) if (shown[cell] > largest) largest = shown[cell];
  return largest;
}

/** Mean weight on position 0 over queries ≥ 1; 0 for a single token. */
export function firstTokenWeight(raw: Float32Array, tokens: number): number {
  let sum = 0;
  for (let query = 1; query < tokens; query++) sum += raw[query * tokens];
  return tokens > 1 ? sum / (tokens - 1) : 0;
}

/**
 * A matrix drawn with fewer cells than it has: each cell is the strongest of `span` × `span` weights and keeps that weight's
 * place.
 */
export interface PooledMatrix {
  /** Cells per side. */
  cells: number;
  /** Tokens a cell covers each way; the last may cover fewer. */
  span: number;
  /** [cells, cells] row-major. */
  weights: Float32Array;
  /** [cells, cells] index into the [T, T] matrix of the weight shown. */
  source: Int32Array;
}

/** Pools a causal [T, T] matrix by `span` tokens each way; with 1, every weight is its own cell. */
export function pooled(shown: Float32Array, tokens: number, span: number): PooledMatrix {
  const cells = Math.ceil(tokens / span);
  const weights = new Float32Array(cells * cells);
  const source = new Int32Array(cells * cells).fill(-1);
  for (let query = 0; query < tokens; query++) {
    const row = Math.floor(query / span) * cells;
    for (let key = 0; key <= query; key++) {
      const cell = row + Math.floor(key / span);
      const from = query * tokens + key;
      if (source[cell] >= 0 && shown[from] <= weights[cell]) continue;
      weights[cell] = shown[from];
      source[cell] = from;
    }
  }
  return { cells, span, weights, source };
}

/** Strength of a weight on the ramp, 0 … 1: (weight ⁄ largest) ^ gamma. */
export function strength(weight: number, largest: number, gamma: number): number {
  if (!(weight > 0) || !(largest > 0)) return 0;
  return Math.min(1, weight / largest) ** gamma;
}

/** One end of an arc: a character's tokens [from, to) and the weight between them and the locked token. */
export interface Link {
  from: number;
  to: number;
  weight: number;
}

/**
 * The strongest links of one token, best first. `reads`: the weight that the query `token` gives to earlier keys, summed over the
 * tokens of one character, which share its place. `readBy`: how strongly later queries read `token`, as the strongest of one
 * character's tokens (weights of different queries do not add up). `readBy` leaves the token itself out, and both leave out links
 * under `least`.
 */
export function strongestLinks(
  shown: Float32Array,
  tokens: number,
  token: number,
  glyphs: readonly { from: number; to: number }[],
  { count = 5, least = 0.01 } = {},
): { reads: Link[]; readBy: Link[] } {
  const reads: Link[] = [];
  const readBy: Link[] = [];
  for (const { from, to } of glyphs) {
    let taken = 0;
    for (let key = from; key < Math.min(to, token + 1); key++) taken += shown[token * tokens + key];
    if (taken >= least) reads.push({ from, to, weight: taken });
    let given = 0;
    for (let query = Math.max(from, token + 1); query < to; query++)
      given = Math.max(given, shown[query * tokens + token]);
    if (given >= least) readBy.push({ from, to, weight: given });
  }
  const best = (links: Link[]) => links.sort((a, b) => b.weight - a.weight || a.from - b.from).slice(0, count);
  return { reads: best(reads), readBy: best(readBy) };
}
