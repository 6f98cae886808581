/**
 * Queries, keys and values of a block. The factor of the scores, 1/√C in most families, is folded into the query weights, or into the
 * weights of the query norm where there is one; this is exact where √C is a power of two, and otherwise within one ulp.
 */
import type { DecoderSpec } from '../checkpoint/types';
import type { Value } from './builder';
import type { LinearPart, LinearSpec } from './linear';
import { norm, type Parts } from './norms';
import { concat, reshape, split, transpose } from './operations';
import { rotated } from './positions';

export interface Heads {
  /** [B, H, T, C] */
  query: Value;
  /** [B, G, T, C], named `key.l` and `value.l`. */
  key: Value;
  value: Value;
}

/** The block's normed input [B·T, D] → heads, normed and rotated. */
export function projectHeads(
  parts: Parts,
  block: number,
  normed: Value,
  linear: (x: Value, layer: LinearSpec) => Value,
): Heads {
  const { g, spec } = parts;
  const { heads, keyValueHeads, headWidth } = spec;
  const layer = {
    name: `block${block}.queryKeyValue`,
    parts: [queryPart(block, spec), { tensor: keyTensor(block) }, { tensor: valueTensor(block) }],
  };
  const sizes = g.ints(heads * headWidth, keyValueHeads * headWidth, keyValueHeads * headWidth);
  const [q, k, v] = split(g, linear(normed, layer), sizes, 3, 1);
  const leading = g.node('Shape', ['positions'])[0];
  const perHead = (x: Value, count: number, name?: Value) =>
    transpose(g, reshape(g, x, concat(g, [leading, g.ints(count, headWidth)], 0)), [0, 2, 1, 3], name);
  const placed = (x: Value, count: number, kind: 'q' | 'k', name?: Value) => {
    const order = spec.queryKeyNorm;
    if (order === null) return rotated(parts, block, perHead(x, count), count, 'positions', name);
    const normedHead = (value: Value, output?: Value) => queryKeyNorm(parts, block, kind, value, output);
    if (order.after) return normedHead(rotated(parts, block, perHead(x, count), count, 'positions'), name);
    const ready = order.span === 'row' ? perHead(normedHead(x), count) : normedHead(perHead(x, count));
    return rotated(parts, block, ready, count, 'positions', name);
  };
  return {
    query: placed(q, heads, 'q'),
    key: placed(k, keyValueHeads, 'k', `key.${block}`),
    value: perHead(v, keyValueHeads, `value.${block}`),
  };
}

/** The norm of queries or keys, over the last axis. */
export function queryKeyNorm(parts: Parts, block: number, kind: 'q' | 'k', x: Value, name?: Value): Value {
  return norm(parts, x, `blk.${block}.attn_${kind}_norm`, kind === 'q' ? parts.spec.blocks[block].scale : 1, name);
}

const keyTensor = (block: number) => `blk.${block}.attn_k.weight`;
const valueTensor = (block: number) => `blk.${block}.attn_v.weight`;

const queryPart = (block: number, { queryKeyNorm, blocks }: DecoderSpec): LinearPart => ({
  tensor: `blk.${block}.attn_q.weight`,
  factor: queryKeyNorm === null ? blocks[block].scale : 1,
});

/** The rows of each group, stacked: its queries, its key, its value. */
export function groupedRows(block: number, spec: DecoderSpec): LinearPart[] {
  const { heads, keyValueHeads, headWidth } = spec;
  const queries = (heads / keyValueHeads) * headWidth;
  return Array.from({ length: keyValueHeads }, (_, group): LinearPart[] => [
    { ...queryPart(block, spec), rows: [group * queries, (group + 1) * queries] },
    { tensor: keyTensor(block), rows: [group * headWidth, (group + 1) * headWidth] },
    { tensor: valueTensor(block), rows: [group * headWidth, (group + 1) * headWidth] },
  ]).flat();
}
