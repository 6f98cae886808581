/** What this analysis is asked and answers. Logarithms natural, positions from 0. */
import type { Prompt } from '../../protocol/model';

export interface HeadSummary {
  layer: number;
  head: number;
  /** Mean entropy of the rows in nats. */
  entropy: number;
  /** Mean weight on position 0 over queries ≥ 1; null for a single token. */
  sinkMass: number | null;
  /** Mean weight on q − 1 over queries ≥ 1; null for a single token. */
  previousToken: number | null;
  /** Mean weight on the token after an earlier occurrence of the query's token, over every such pair (query, earlier
   *  occurrence); null when no token repeats. */
  induction: number | null;
  /** Mean weight on itself. */
  diagonal: number;
}

export interface AttentionMatrix {
  layer: number;
  head: number;
  /** [T][T] query rows, key columns. */
  weights: number[][];
}

export type AttentionResult = AttentionMatrix | HeadSummary[];

/** What a panel needs to draw the layer × head grid: one picture a head, max-pooled to at most `size` cells a side. */
export interface AttentionOverview {
  /** Cells a side of each thumbnail, min(size, T). */
  size: number;
  /** [L][H][size][size] weights, row-major, queries by keys; position 0 as `sink` asked. */
  thumbnails: Float32Array;
  summaries: HeadSummary[];
  /** Mean weight on position 0 over all heads and queries ≥ 1; null for a single token. */
  sinkMass: number | null;
}

export type SinkMode = 'raw' | 'hide' | 'renormalise';

export interface AttentionData {
  prompt: Prompt;
  overview: AttentionOverview;
}
