/** The requests and results of this analysis. Logarithms are natural, positions count from 0. */

import * as v from 'valibot';
import type { Prompt } from '../../protocol/model';
import type { Answer, Progress, PromptRequest } from '../../protocol/request';
import { declared, shows } from '../declare';
import type { RowOf, ValuesOf } from '../measured';
import { amount, choice, flagged, listOf, name, optionalCount, whole } from '../options';

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
  /** Mean weight of each token on itself. */
  diagonal: number;
}

export interface AttentionMatrix {
  layer: number;
  head: number;
  /** [T][T] query rows, key columns. */
  weights: number[][];
}

export type AttentionResult = AttentionMatrix | HeadSummary[];

/** The data from which a panel draws the layer × head grid: one picture per head, max-pooled to at most `size` cells a side. */
export interface AttentionOverview {
  /** Cells a side of each thumbnail, min(size, T). */
  size: number;
  /** [L][H][size][size] weights, row-major, queries by keys; position 0 is treated as the `sink` parameter says. */
  thumbnails: Float32Array;
  summaries: HeadSummary[];
  /** Mean weight on position 0 over all heads and queries ≥ 1; null for a single token. */
  sinkMass: number | null;
}

/** How the weight on the first token is treated. */
export const sinkModes = ['raw', 'hide', 'renormalise'] as const;
export type SinkMode = (typeof sinkModes)[number];

export interface AttentionData {
  prompt: Prompt;
  overview: AttentionOverview;
}

export interface AttentionRequests {
  attentionOverview: {
    params: PromptRequest & { size: number; sink: SinkMode };
    result: Answer<AttentionOverview>;
    progress: Progress;
  };
  /** One head's [T, T] matrix, or the element-wise maximum of several heads with the index of the head that gave it. */
  attentionHeads: {
    params: PromptRequest & { heads: { layer: number; head: number }[] };
    result: Answer<{ weights: Float32Array; winner: Uint8Array | null }>;
  };
  /** Per head [L, H]: weight of query `from` summed over the keys `to`, for "last token → label words" rankings. */
  attentionBetween: {
    params: PromptRequest & { from: number; to: number[] };
    result: Answer<{ weights: Float32Array }>;
  };
}

export const headOrders = ['number', 'strongest'] as const;

export const attention = () =>
  declared({
    tab: 'attention',
    section: null,
    shows: shows<AttentionData>(),
    slow: false,
    targeted: false,
    readsTables: false,
    options: {
      sink: choice(sinkModes, 'hide', 'result'),
      headSort: name('none', 'drawing'),
      headOrder: choice(headOrders, 'number', 'drawing'),
      /** Chosen heads beyond the main one, drawn together as their maximum. */
      heads: listOf(v.object({ layer: whole(), head: whole() }), 'drawing'),
      /** Below 1, weak weights are drawn stronger. */
      gamma: amount(0.5, 0, 10, 'drawing'),
    },
  });

/** Measures of a head's habits, by their names in its summary. */
export const headMeasures = ['entropy', 'sinkMass', 'previousToken', 'induction', 'diagonal'] as const;

const mostHeads = 9999;

export const attentionFlags = () => ({
  layer: flagged(
    optionalCount('result', { least: 0, most: mostHeads }),
    '--layer <l>',
    "the head's layer (block), from 0",
  ),
  head: flagged(
    optionalCount('result', { least: 0, most: mostHeads }),
    '--head <h>',
    "the head's number in its layer, from 0",
  ),
  sort: flagged(
    choice(['layer', ...headMeasures], 'layer', 'drawing'),
    '--sort <measure>',
    "sort the heads by this measure, largest first; layer = in the model's order",
  ),
  top: flagged(
    optionalCount('drawing', { least: 1, most: 100_000 }),
    '--top <n>',
    'how many heads, or keys for each query, are printed',
  ),
});

/** weight: the weight of a query on a key, both counted from 1. */
export const attentionValues: ValuesOf<AttentionMatrix> = {
  weight: ({ weights }, query, key) => weights[Number(query) - 1]?.[Number(key) - 1] ?? null,
  /** Mean weight on the first token over the queries after it. */
  sink: ({ weights }) =>
    weights.length < 2 ? null : weights.slice(1).reduce((sum, row) => sum + row[0], 0) / (weights.length - 1),
};

const headAt = ({ summaries }: AttentionOverview, layer: number | string, head: number | string) =>
  summaries.find((each) => each.layer === Number(layer) && each.head === Number(head));

/** A head's habits, by its block and number; `sink` covers all heads. */
export const overviewValues: ValuesOf<AttentionOverview> = {
  sink: ({ sinkMass }) => sinkMass,
  entropy: (overview, layer, head) => headAt(overview, layer, head)?.entropy ?? null,
  sinkMass: (overview, layer, head) => headAt(overview, layer, head)?.sinkMass ?? null,
  previousToken: (overview, layer, head) => headAt(overview, layer, head)?.previousToken ?? null,
  induction: (overview, layer, head) => headAt(overview, layer, head)?.induction ?? null,
  diagonal: (overview, layer, head) => headAt(overview, layer, head)?.diagonal ?? null,
};

export const overviewRow: RowOf<AttentionOverview> = ({ sinkMass, summaries }) => ({ sinkMass, heads: summaries });
