/**
 * The decoder one token after another: the blocks of decoder.ts for one text, one new token and a past, without taps and
 * interventions. At this size the nodes themselves cost as much as their work, so there are as few as possible: heads are grouped
 * from the start (the rows of the query, key and value weights are stacked in groups), and one rotation serves queries and keys.
 *
 * inputs   embeddings [1,D] · positions [G·(H/G+2),1] (for each group the token's position for its queries and its key, then the
 *          row of the tables that turns nothing for its value) · mask [P+1], added to the scores, and window.w [P+1] for each
 *          distinct window w · parts [2] = (P, 1) · past.key.l, past.value.l [G,1,P,C] · candidates [1]
 * outputs  fresh [2L·G,1,1,C] (the token's keys and values of block 0, of block 1, …) · logits [1,V] · topIds, topLogprob [1,K] · entropy [1]
 */
import type { DecoderSpec } from '../checkpoint/types';
import { capped, masks } from './attention';
import { GraphBuilder, type Value } from './builder';
import { blocks, logits } from './decoder';
import { groupedRows, queryKeyNorm } from './heads';
import type { LinearSpec } from './linear';
import type { Parts } from './norms';
import { add, concat, gather, matmul, matmulTransposed, multiply, reshape, softmax, split } from './operations';
import { enter, rotated } from './positions';
import { type RowOptions, rowLinear } from './rowLinear';
import { nextToken } from './vocabulary';

export function stepGraph(spec: DecoderSpec, options: RowOptions): GraphBuilder {
  const { width, layers, heads, headWidth } = spec;
  const g = GraphBuilder.create();
  const parts = { g, spec, source: options.source };
  const layer = (x: Value, one: LinearSpec) => rowLinear(g, x, one, options);
  const embeddings = g.input('embeddings', 'float32', [1, width]);
  const attention = stepAttention(parts);
  const position = spec.positions.learned ? gather(g, 'positions', g.ints(0), 0) : '';
  const fresh: Value[] = [];
  const x = blocks(parts, enter(parts, embeddings, position), [0, layers], {
    linear: layer,
    mix: (l, normed) => {
      const stacked = { name: `block${l}.grouped`, parts: groupedRows(l, spec) };
      const { mixed, key, value } = attention(l, layer(normed, stacked));
      fresh.push(key, value);
      return reshape(g, mixed, g.ints(1, heads * headWidth));
    },
  });
  g.output(g.node('Concat', fresh, { attributes: { axis: 0 }, outputs: ['fresh'] })[0]);
  nextToken(g, logits(parts, x, layer));
  return g;
}

/** Projected rows of one token [1, G·(H/G+2)·C] → mixed values [G, H/G, 1, C], its rotated keys and its values [G, 1, 1, C]. */
function stepAttention(parts: Parts) {
  const { g, spec } = parts;
  const { heads, keyValueHeads, headWidth } = spec;
  const queries = heads / keyValueHeads;
  const rows = queries + 2;
  g.input('positions', 'int64', [keyValueHeads * rows, 1]);
  const maskOf = masks(g, spec, g.input('mask', 'float32', ['all']), ['all']);
  const counts = g.input('parts', 'int64', [2]);
  const dims = [keyValueHeads, 1, 'past', headWidth];

  const grouped = (x: Value) => reshape(g, x, g.ints(keyValueHeads, rows, 1, headWidth));
  const apart = (x: Value) => split(g, grouped(x), g.ints(queries, 1, 1), 3, 1);
  const turned = (l: number, x: Value) => rotated(parts, l, reshape(g, x, g.ints(-1, 1, 1, headWidth)), 1, 'positions');
  const normed = (l: number, kind: 'q' | 'k', x: Value): Value => {
    if (spec.queryKeyNorm?.span !== 'row') return queryKeyNorm(parts, l, kind, x);
    const count = kind === 'q' ? queries : 1;
    const row = queryKeyNorm(parts, l, kind, reshape(g, x, g.ints(1, keyValueHeads * count * headWidth)));
    return reshape(g, row, g.ints(keyValueHeads, count, 1, headWidth));
  };
  const normedParts = (l: number, x: Value): Value[] => {
    const [q, k, v] = apart(x);
    return [normed(l, 'q', q), normed(l, 'k', k), v];
  };
  /** Queries [G, H/G, 1, C], keys and values [G, 1, 1, C], normed and rotated. */
  const placed = (l: number, projected: Value): Value[] => {
    if (spec.queryKeyNorm === null) return apart(turned(l, projected));
    if (spec.queryKeyNorm.after) return normedParts(l, turned(l, projected));
    const [q, k, v] = normedParts(l, projected);
    return apart(turned(l, concat(g, [q, k, v], 1)));
  };

  return (l: number, projected: Value): Record<'mixed' | 'key' | 'value', Value> => {
    const pastKey = g.input(`past.key.${l}`, 'float32', dims);
    const pastValue = g.input(`past.value.${l}`, 'float32', dims);
    const [query, key, value] = placed(l, projected);
    // Each query is multiplied alone with its group's keys: a product of one row needs no packing of the other matrix.
    const scores = concat(g, [matmulTransposed(g, query, pastKey), matmulTransposed(g, query, key)], 3);
    const [onPast, onNew] = split(g, softmax(g, add(g, capped(g, spec, scores), maskOf(l))), counts, 2, 3);
    return { mixed: add(g, matmul(g, onPast, pastValue), multiply(g, onNew, value)), key, value };
  };
}
