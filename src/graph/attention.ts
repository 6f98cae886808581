/**
 * Causal attention with every tap and intervention. Grouped key/value heads are broadcast, not repeated: the queries of one group
 * are stacked as one matrix. A past of batch 1 is broadcast over the batch by the product itself. Shapes: B batch, T new, P past, S
 * = P + T, H query heads, G key/value heads, C channels a head.
 */
import type { DecoderSpec } from '../checkpoint/types';
import type { Dimension, GraphBuilder, Value } from './builder';
import type { Heads } from './heads';
import {
  add,
  choose,
  concat,
  gather,
  matmul,
  matmulTransposed,
  multiply,
  reshape,
  softmax,
  split,
  tanh,
  transpose,
} from './operations';

export type AttentionSpec = Pick<DecoderSpec, 'heads' | 'keyValueHeads' | 'headWidth' | 'blocks' | 'cap'>;

/**
 * What is added to the scores of a block: the mask, and where the block has a window, the input `window.w`, which forbids the keys
 * before it. `blocks`: those that the graph has; default: all.
 */
export function masks(
  g: GraphBuilder,
  spec: AttentionSpec,
  mask: Value,
  dims: Dimension[],
  blocks: readonly number[] = [...spec.blocks.keys()],
): (block: number) => Value {
  const windows = new Set(blocks.map((block) => spec.blocks[block].window).filter((window) => window !== null));
  const masked = new Map<number | null, Value>([[null, mask]]);
  for (const window of windows) masked.set(window, add(g, mask, g.input(`window.${window}`, 'float32', dims)));
  return (block) => masked.get(spec.blocks[block].window) as Value;
}

/** c · tanh(scores / c) (Gemma 2), or the scores themselves. */
export function capped(g: GraphBuilder, { cap }: AttentionSpec, scores: Value): Value {
  if (cap.attention === null) return scores;
  return multiply(g, tanh(g, multiply(g, scores, g.scalar(1 / cap.attention))), g.scalar(cap.attention));
}

/** Values that all blocks share, computed once a pass. */
export interface PlainContext {
  /** float32 [B|1, H|1, T, S], added to the scores of a block. */
  mask(block: number): Value;
  /** (B, G, −1, C) and (B, H, T, −1): the shapes in which scores change between grouped and per-head form. */
  groupShape: Value;
  headShape: Value;
  /** (B, G, −1, S). */
  groupScores: Value;
}

export interface AttentionContext extends PlainContext {
  /** int64 [Q]: query rows handed out as `attention.l`; empty = none, and then nothing is copied. */
  tapRows: Value;
  /** float32 [L, B|1, H, 1, 1]. */
  headScale: Value;
  hasPast: Value;
  /** int64 [2] = (P, T). */
  pastAndNew: Value;
}

export function attentionContext(g: GraphBuilder, spec: AttentionSpec): AttentionContext {
  const past = g.node('Shape', ['past.key.0'], { attributes: { start: 2, end: 3 } })[0];
  const fresh = newTokens(g);
  const pastScalar = g.node('Squeeze', [past])[0];
  return {
    ...contextOf(g, spec, add(g, past, fresh)),
    tapRows: g.input('tapRows', 'int64', ['queries']),
    headScale: g.input('headScale', 'float32', [spec.blocks.length, 'scaleBatch', spec.heads, 1, 1]),
    hasPast: g.node('Greater', [pastScalar, g.scalar(0, 'int64')])[0],
    pastAndNew: concat(g, [past, fresh], 0),
  };
}

/** Without a past: S = T. */
export const plainContext = (g: GraphBuilder, spec: AttentionSpec): PlainContext => contextOf(g, spec, newTokens(g));

/** `total`: int64 [1] = S. */
function contextOf(g: GraphBuilder, spec: AttentionSpec, total: Value): PlainContext {
  const { heads, keyValueHeads, headWidth } = spec;
  const batch = g.node('Slice', [g.node('Shape', ['positions'])[0], g.ints(0), g.ints(1)])[0];
  return {
    mask: masks(g, spec, maskInput(g), windowDims),
    groupShape: concat(g, [batch, g.ints(keyValueHeads, -1, headWidth)], 0),
    headShape: concat(g, [batch, g.ints(heads), newTokens(g), g.ints(-1)], 0),
    groupScores: concat(g, [batch, g.ints(keyValueHeads, -1), total], 0),
  };
}

export const maskInput = (g: GraphBuilder): Value =>
  g.input('mask', 'float32', ['maskBatch', 'maskHeads', 'new', 'all']);
export const windowDims: Dimension[] = ['windowBatch', 1, 'new', 'all'];

/** int64 [1] = T. */
const newTokens = (g: GraphBuilder): Value =>
  g.node('Slice', [g.node('Shape', ['positions'])[0], g.ints(1), g.ints(2)])[0];

/** The block whose attention is written. */
interface Place {
  block: number;
  spec: AttentionSpec;
  context: PlainContext;
}

/** Scores of grouped queries → weights, per head [B, H, T, S] and grouped [B, G, H/G·T, S]. */
function weigh(g: GraphBuilder, { block, spec, context }: Place, scores: Value): { weights: Value; grouped: Value } {
  const perHead = reshape(g, capped(g, spec, scores), context.headShape);
  const weights = softmax(g, add(g, perHead, context.mask(block)));
  return { weights, grouped: reshape(g, weights, context.groupScores) };
}

/** Grouped queries on new keys only: mixed values [B, G, H/G·T, C] and weights [B, H, T, T]. */
function mixNew(g: GraphBuilder, place: Place, queries: Value, k: Value, v: Value): Record<'mixed' | 'weights', Value> {
  const { weights, grouped } = weigh(g, place, matmulTransposed(g, queries, k));
  return { mixed: matmul(g, grouped, v), weights };
}

/** [B, H, T, C] → [B·T, H·C]. */
export const merged = (g: GraphBuilder, { heads, headWidth }: AttentionSpec, x: Value): Value =>
  reshape(g, transpose(g, x, [0, 2, 1, 3]), g.ints(-1, heads * headWidth));

/** Heads [B, heads, T, C] → mixed [B·T, H·C] and weights [B, H, T, T]; no past, no interventions, no taps. */
export function attendPlainly(
  g: GraphBuilder,
  place: Place,
  { query, key, value }: Heads,
): Record<'mixed' | 'weights', Value> {
  const { context, spec } = place;
  const { mixed, weights } = mixNew(g, place, reshape(g, query, context.groupShape), key, value);
  return { mixed: merged(g, spec, reshape(g, mixed, context.headShape)), weights };
}

/** Heads [B, heads, T, C] → [B·T, H·C], before the output projection. Adds the block's taps to the graph's outputs. */
export function attend(
  g: GraphBuilder,
  block: number,
  spec: AttentionSpec,
  context: AttentionContext,
  { query, key: k, value: v }: Heads,
): Value {
  const place = { block, spec, context };
  const pastDims = ['pastBatch', spec.keyValueHeads, 'past', spec.headWidth];
  const pastKey = g.input(`past.key.${block}`, 'float32', pastDims);
  const pastValue = g.input(`past.value.${block}`, 'float32', pastDims);
  const queries = reshape(g, query, context.groupShape);

  const tapped = (body: GraphBuilder, weights: Value) => gather(body, weights, context.tapRows, 2);
  const withPast = (body: GraphBuilder): Value[] => {
    const scores = concat(body, [matmulTransposed(body, queries, pastKey), matmulTransposed(body, queries, k)], 3);
    const { weights, grouped } = weigh(body, place, scores);
    const [onPast, onNew] = split(body, grouped, context.pastAndNew, 2, 3);
    return [add(body, matmul(body, onPast, pastValue), matmul(body, onNew, v)), tapped(body, weights)];
  };
  const withoutPast = (body: GraphBuilder): Value[] => {
    const { mixed, weights } = mixNew(body, place, queries, k, v);
    return [mixed, tapped(body, weights)];
  };

  const [mixed, tap] = choose(g, context.hasPast, [`mixed.${block}`, `attention.${block}`], withPast, withoutPast);
  g.output(tap);
  const perHead = g.node('Reshape', [mixed, context.headShape], { outputs: [`heads.${block}`] })[0];
  g.output(perHead);
  return merged(g, spec, multiply(g, perHead, gather(g, context.headScale, g.scalar(block, 'int64'), 0)));
}
