/**
 * Causal attention with every tap and intervention. Grouped key/value heads are broadcast, not repeated: the queries of one group
 * stand under each other as one matrix. A past of batch 1 is broadcast over the batch by the product itself.
 * Shapes: B batch, T new, P past, S = P + T, H query heads, G key/value heads, C channels a head.
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

/** What all blocks share: computed once a pass. */
export interface AttentionContext {
  /** float32 [B|1, H|1, T, S], added to the scores. */
  mask: Value;
  /** int64 [Q]: query rows handed out as `attention.l`; empty = none, and then nothing is copied. */
  tapRows: Value;
  /** float32 [L, B|1, H, 1, 1]. */
  headScale: Value;
  hasPast: Value;
  /** int64 [2] = (P, T). */
  pastAndNew: Value;
  /** (B, G, −1, C) and (B, H, T, −1): how scores change between grouped and per-head form. */
  groupShape: Value;
  headShape: Value;
  /** (B, G, −1, S). */
  groupScores: Value;
}

export function attentionContext(g: GraphBuilder, shapes: AttentionShapes, layers: number): AttentionContext {
  const { heads, keyValueHeads, headWidth } = shapes;
  const batchAndNew = g.node('Shape', ['positions'])[0];
  const batch = g.node('Slice', [batchAndNew, g.ints(0), g.ints(1)])[0];
  const fresh = g.node('Slice', [batchAndNew, g.ints(1), g.ints(2)])[0];
  const past = g.node('Shape', ['past.key.0'], { attributes: { start: 2, end: 3 } })[0];
  const total = add(g, past, fresh);
  const pastScalar = g.node('Squeeze', [past])[0];
  return {
    mask: g.input('mask', 'float32', ['maskBatch', 'maskHeads', 'new', 'all']),
    tapRows: g.input('tapRows', 'int64', ['queries']),
    headScale: g.input('headScale', 'float32', [layers, 'scaleBatch', heads, 1, 1]),
    hasPast: g.node('Greater', [pastScalar, g.scalar(0, 'int64')])[0],
    pastAndNew: concat(g, [past, fresh], 0),
    groupShape: concat(g, [batch, g.ints(keyValueHeads, -1, headWidth)], 0),
    headShape: concat(g, [batch, g.ints(heads), fresh, g.ints(-1)], 0),
    groupScores: concat(g, [batch, g.ints(keyValueHeads, -1), total], 0),
  };
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
  const pastKey = g.input(`past.key.${block}`, 'float32', [
    'pastBatch',
    shapes.keyValueHeads,
    'past',
    shapes.headWidth,
  ]);
  const pastValue = g.input(`past.value.${block}`, 'float32', [
    'pastBatch',
    shapes.keyValueHeads,
    'past',
    shapes.headWidth,
  ]);
  const queries = reshape(g, q, context.groupShape);

  const weigh = (body: GraphBuilder, scores: Value): { weights: Value; tap: Value } => {
    const weights = softmax(body, add(body, reshape(body, scores, context.headShape), context.mask));
    return { weights: reshape(body, weights, context.groupScores), tap: gather(body, weights, context.tapRows, 2) };
  };
  const withPast = (body: GraphBuilder): Value[] => {
    const scores = concat(body, [matmulTransposed(body, queries, pastKey), matmulTransposed(body, queries, k)], 3);
    const { weights, tap } = weigh(body, scores);
    const [onPast, onNew] = split(body, weights, context.pastAndNew, 2, 3);
    return [add(body, matmul(body, onPast, pastValue), matmul(body, onNew, v)), tap];
  };
  const withoutPast = (body: GraphBuilder): Value[] => {
    const { weights, tap } = weigh(body, matmulTransposed(body, queries, k));
    return [matmul(body, weights, v), tap];
  };

  const [mixed, tap] = choose(g, context.hasPast, [`mixed.${block}`, `attention.${block}`], withPast, withoutPast);
  g.output(tap);
  const perHead = g.node('Reshape', [mixed, context.headShape], { outputs: [`heads.${block}`] })[0];
  g.output(perHead);
  const scaled = multiply(g, perHead, gather(g, context.headScale, g.scalar(block, 'int64'), 0));
  return reshape(g, transpose(g, scaled, [0, 2, 1, 3]), g.ints(-1, shapes.heads * shapes.headWidth));
}
