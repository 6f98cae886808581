/**
 * The llama family one token after another: the same decoder as llama.ts for one text, one new token and a past, without taps and
 * interventions. At this size the nodes themselves cost as much as their work, so there are as few as possible: heads are grouped
 * from the start (the rows of the query, key and value weights are stacked in groups), and one rotation serves queries and keys.
 *
 * inputs   embeddings [1,D] · positions [G·(H/G+2),1] (for each group the token's position for its queries and its key, then 0
 *          for its value, which a rotation by 0 leaves as it is) · mask [P+1], added to the scores · parts [2] = (P, 1) ·
 *          past.key.l, past.value.l [G,1,P,C] · candidates [1]
 * outputs  fresh [2L·G,1,1,C] (the token's keys and values of block 0, of block 1, …) · logits [1,V] · topIds, topLogprob [1,K] · entropy [1]
 */
import type { HyperParameters } from '../checkpoint/types';
import { GraphBuilder, type Value } from './builder';
import type { LinearPart } from './linear';
import { floatVector, rotaryTables } from './llama';
import {
  add,
  addAndNorm,
  concat,
  matmul,
  matmulTransposed,
  multiply,
  reshape,
  rmsNorm,
  rotary,
  silu,
  softmax,
  split,
} from './operations';
import { type RowOptions, rowLinear } from './rowLinear';
import { nextToken } from './vocabulary';

export function llamaStep(hyper: HyperParameters, options: RowOptions): GraphBuilder {
  const { width, layers, heads, headWidth, feedForward, normEpsilon } = hyper;
  const g = GraphBuilder.create();
  const norm = (name: string) => floatVector(g, name, width, options.source);
  const layer = (x: Value, name: string, ...parts: LinearPart[]) => rowLinear(g, x, { name, parts }, options);
  const attention = stepAttention(g, hyper, options);

  let sum = g.input('embeddings', 'float32', [1, width]);
  let normed = rmsNorm(g, sum, norm('blk.0.attn_norm.weight'), normEpsilon);
  const fresh: Value[] = [];
  for (let l = 0; l < layers; l++) {
    const { mixed, key, value } = attention(l, layer(normed, `block${l}.grouped`, ...groupedRows(l, hyper)));
    fresh.push(key, value);
    const attended = reshape(g, mixed, g.ints(1, heads * headWidth));
    const output = layer(attended, `block${l}.output`, { tensor: `blk.${l}.attn_output.weight` });
    const after = addAndNorm(g, sum, output, norm(`blk.${l}.ffn_norm.weight`), normEpsilon);

    const gateUp = layer(
      after.normed,
      `block${l}.gateUp`,
      { tensor: `blk.${l}.ffn_gate.weight` },
      { tensor: `blk.${l}.ffn_up.weight` },
    );
    const [gate, up] = split(g, gateUp, g.ints(feedForward, feedForward), 2, 1);
    const down = layer(multiply(g, silu(g, gate), up), `block${l}.down`, { tensor: `blk.${l}.ffn_down.weight` });
    const next = l + 1 < layers ? `blk.${l + 1}.attn_norm.weight` : 'output_norm.weight';
    ({ sum, normed } = addAndNorm(g, after.sum, down, norm(next), normEpsilon));
  }
  g.output(g.node('Concat', fresh, { attributes: { axis: 0 }, outputs: ['fresh'] })[0]);
  nextToken(g, layer(normed, 'unembedding', { tensor: hyper.tied ? 'token_embd.weight' : 'output.weight' }));
  return g;
}

/** Projected rows of one token [1, G·(H/G+2)·C] → mixed values [G, H/G, 1, C], its rotated keys and its values [G, 1, 1, C]. */
function stepAttention(g: GraphBuilder, hyper: HyperParameters, { source }: RowOptions) {
  const { heads, keyValueHeads, headWidth } = hyper;
  const queries = heads / keyValueHeads;
  const positions = g.input('positions', 'int64', [keyValueHeads * (queries + 2), 1]);
  const mask = g.input('mask', 'float32', ['all']);
  const parts = g.input('parts', 'int64', [2]);
  const [cos, sin] = rotaryTables(g, hyper, source);
  const dims = [keyValueHeads, 1, 'past', headWidth];
  return (l: number, projected: Value): Record<'mixed' | 'key' | 'value', Value> => {
    const pastKey = g.input(`past.key.${l}`, 'float32', dims);
    const pastValue = g.input(`past.value.${l}`, 'float32', dims);
    const rotated = rotary(g, reshape(g, projected, g.ints(-1, 1, 1, headWidth)), positions, cos, sin);
    const grouped = reshape(g, rotated, g.ints(keyValueHeads, queries + 2, 1, headWidth));
    const [query, key, value] = split(g, grouped, g.ints(queries, 1, 1), 3, 1);
    // Each query is multiplied alone with its group's keys: a product of one row needs no packing of the other matrix.
    const scores = concat(g, [matmulTransposed(g, query, pastKey), matmulTransposed(g, query, key)], 3);
    const [onPast, onNew] = split(g, softmax(g, add(g, scores, mask)), parts, 2, 3);
    return { mixed: add(g, matmul(g, onPast, pastValue), multiply(g, onNew, value)), key, value };
  };
}

/**
 * The rows of each group, stacked: its queries, its key, its value. As in llama.ts, the softmax temperature 1/√C is folded into the
 * query weights.
 */
function groupedRows(block: number, { heads, keyValueHeads, headWidth }: HyperParameters): LinearPart[] {
  const queries = (heads / keyValueHeads) * headWidth;
  return Array.from({ length: keyValueHeads }, (_, group): LinearPart[] => [
    {
      tensor: `blk.${block}.attn_q.weight`,
      factor: 1 / Math.sqrt(headWidth),
      rows: [group * queries, (group + 1) * queries],
    },
    { tensor: `blk.${block}.attn_k.weight`, rows: [group * headWidth, (group + 1) * headWidth] },
    { tensor: `blk.${block}.attn_v.weight`, rows: [group * headWidth, (group + 1) * headWidth] },
  ]).flat();
}
