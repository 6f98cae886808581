/**
 * Causal attention with every tap and intervention. Grouped key/value heads are broadcast, not repeated: the queries of one group
 * are stacked as one matrix. A past of batch 1 is broadcast over the batch by the product itself. Shapes: B batch, T new, P past, S
 * = P + T, H query heads, G key/value heads, C channels a head.
 */
import type { GraphBuilder, Value } from './builder';
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
  transpose,
} from './operations';

export interface AttentionShapes {
  heads: number;
  keyValueHeads: number;
  headWidth: number;
}

/** Values that all blocks share, computed once a pass. */
export interface PlainContext {
  /** float32 [B|1, H|1, T, S], added to the scores. */
  mask: Value;
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

export function attentionContext(g: GraphBuilder, shapes: AttentionShapes, layers: number): AttentionContext {
  const past = g.node('Shape', ['past.key.0'], { attributes: { start: 2, end: 3 } })[0];
  const fresh = newTokens(g);
  const pastScalar = g.node('Squeeze', [past])[0];
  return {
    ...contextOf(g, shapes, add(g, past, fresh)),
    tapRows: g.input('tapRows', 'int64', ['queries']),
    headScale: g.input('headScale', 'float32', [layers, 'scaleBatch', shapes.heads, 1, 1]),
    hasPast: g.node('Greater', [pastScalar, g.scalar(0, 'int64')])[0],
    pastAndNew: concat(g, [past, fresh], 0),
  };
}

/** Without a past: S = T. */
export const plainContext = (g: GraphBuilder, shapes: AttentionShapes): PlainContext =>
  contextOf(g, shapes, newTokens(g));

/** `total`: int64 [1] = S. */
function contextOf(g: GraphBuilder, { heads, keyValueHeads, headWidth }: AttentionShapes, total: Value): PlainContext {
  const batch = g.node('Slice', [g.node('Shape', ['positions'])[0], g.ints(0), g.ints(1)])[0];
  return {
    mask: g.input('mask', 'float32', ['maskBatch', 'maskHeads', 'new', 'all']),
    groupShape: concat(g, [batch, g.ints(keyValueHeads, -1, headWidth)], 0),
    headShape: concat(g, [batch, g.ints(heads), newTokens(g), g.ints(-1)], 0),
    groupScores: concat(g, [batch, g.ints(keyValueHeads, -1), total], 0),
  };
}

/** int64 [1] = T. */
const newTokens = (g: GraphBuilder): Value =>
  g.node('Slice', [g.node('Shape', ['positions'])[0], g.ints(1), g.ints(2)])[0];

/** Scores of grouped queries → weights, per head [B, H, T, S] and grouped [B, G, H/G·T, S]. */
function weigh(g: GraphBuilder, context: PlainContext, scores: Value): { weights: Value; grouped: Value } {
  const weights = softmax(g, add(g, reshape(g, scores, context.headShape), context.mask));
  return { weights, grouped: reshape(g, weights, context.groupScores) };
}

/** Grouped queries on new keys only: mixed values [B, G, H/G·T, C] and weights [B, H, T, T]. */
function mixNew(
  g: GraphBuilder,
  context: PlainContext,
  queries: Value,
  k: Value,
  v: Value,
): { mixed: Value; weights: Value } {
  const { weights, grouped } = weigh(g, context, matmulTransposed(g, queries, k));
  return { mixed: matmul(g, grouped, v), weights };
}

/** [B, H, T, C] → [B·T, H·C]. */
export const merged = (g: GraphBuilder, { heads, headWidth }: AttentionShapes, x: Value): Value =>
  reshape(g, transpose(g, x, [0, 2, 1, 3]), g.ints(-1, heads * headWidth));

/** q, k, v [B, heads, T, C] → mixed [B·T, H·C] and weights [B, H, T, T]; no past, no interventions, no taps. */
export function attendPlainly(
  g: GraphBuilder,
  shapes: AttentionShapes,
  context: PlainContext,
  q: Value,
  k: Value,
  v: Value,
): { mixed: Value; weights: Value } {
  const { mixed, weights } = mixNew(g, context, reshape(g, q, context.groupShape), k, v);
  return { mixed: merged(g, shapes, reshape(g, mixed, context.headShape)), weights };
}

/** q, k, v [B, heads, T, C] → [B·T, H·C], before the output projection. Adds the block's taps to the graph's outputs. */
export function attend(
  g: GraphBuilder,
  block: number,
  shapes: AttentionShapes,
  context: AttentionContext,
  q: Value,
  k: Value,
  v: Value,
): Value {
  const pastDims = ['pastBatch', shapes.keyValueHeads, 'past', shapes.headWidth];
  const pastKey = g.input(`past.key.${block}`, 'float32', pastDims);
  const pastValue = g.input(`past.value.${block}`, 'float32', pastDims);
  const queries = reshape(g, q, context.groupShape);

  const tapped = (body: GraphBuilder, weights: Value) => gather(body, weights, context.tapRows, 2);
  const withPast = (body: GraphBuilder): Value[] => {
    const scores = concat(body, [matmulTransposed(body, queries, pastKey), matmulTransposed(body, queries, k)], 3);
    const { weights, grouped } = weigh(body, context, scores);
    const [onPast, onNew] = split(body, grouped, context.pastAndNew, 2, 3);
    return [add(body, matmul(body, onPast, pastValue), matmul(body, onNew, v)), tapped(body, weights)];
  };
  const withoutPast = (body: GraphBuilder): Value[] => {
    const { mixed, weights } = mixNew(body, context, queries, k, v);
    return [mixed, tapped(body, weights)];
  };

  const [mixed, tap] = choose(g, context.hasPast, [`mixed.${block}`, `attention.${block}`], withPast, withoutPast);
  g.output(tap);
  const perHead = g.node('Reshape', [mixed, context.headShape], { outputs: [`heads.${block}`] })[0];
  g.output(perHead);
  return merged(g, shapes, multiply(g, perHead, gather(g, context.headScale, g.scalar(block, 'int64'), 0)));
}
