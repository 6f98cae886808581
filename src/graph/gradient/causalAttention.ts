/**
 * The attention of a whole prompt, chunk by chunk of its queries, for the gradient of long prompts. A chunk reads only the keys up
 * to its own end, which halves the work, and the scores of only one chunk are at work at a time.
 */
import { type AttentionSpec, capped, maskInput, masks, merged, windowDims } from '../attention';
import type { GraphBuilder, Value } from '../builder';
import type { Heads } from '../heads';
import { add, concat, matmul, matmulTransposed, multiply, reshape, softmax, split } from '../operations';

export interface ChunkedAttention {
  /** [B·T, H·C], before the output projection. */
  mixed: Value;
  /** Post-softmax, [B, H, chunk, end of the chunk] each. */
  weights: Value[];
}

/**
 * Adds the inputs `mask` [B|1, H|1, T, T], the block's `window.w` where it has a window, `chunkSizes` [chunks], at least one each,
 * and `chunkEnds` [chunks], the cumulative sums of the sizes.
 */
export function attendInChunks(
  g: GraphBuilder,
  spec: AttentionSpec,
  { block, chunks }: { block: number; chunks: number },
  { query: q, key: k, value: v }: Heads,
): ChunkedAttention {
  const { heads, keyValueHeads, headWidth } = spec;
  const sizes = g.input('chunkSizes', 'int64', [chunks]);
  const ones = g.ints(...new Array<number>(chunks).fill(1));
  const ends = split(g, g.input('chunkEnds', 'int64', [chunks]), ones, chunks, 0);
  const mask = masks(g, spec, maskInput(g), windowDims, [block])(block);
  const ownMasks = split(g, mask, sizes, chunks, 2);
  const queries = split(g, q, sizes, chunks, 2);
  const batch = g.node('Shape', [q], { attributes: { start: 0, end: 1 } })[0];
  const groupShape = concat(g, [batch, g.ints(keyValueHeads, -1, headWidth)], 0);
  const upTo = (x: Value, end: Value, axis: number) => g.node('Slice', [x, g.ints(0), end, g.ints(axis)])[0];

  const weights: Value[] = [];
  const mixed = queries.map((chunk, place) => {
    const scores = matmulTransposed(g, reshape(g, chunk, groupShape), upTo(k, ends[place], 2));
    const rows = g.node('Shape', [chunk], { attributes: { start: 2, end: 3 } })[0];
    const perHead = reshape(g, capped(g, spec, scores), concat(g, [batch, g.ints(heads), rows, g.ints(-1)], 0));
    const own = softmax(g, add(g, perHead, upTo(ownMasks[place], ends[place], 3)));
    weights.push(own);
    const grouped = reshape(g, own, g.node('Shape', [scores])[0]);
    return reshape(g, matmul(g, grouped, upTo(v, ends[place], 2)), g.node('Shape', [chunk])[0]);
  });
  return { mixed: merged(g, spec, concat(g, mixed, 2)), weights };
}

/** Σ_q A · ∂objective/∂A over all chunks: [B, H, T] over the keys. `slopes`: ∂objective/∂A of each chunk. */
export function chunkedCredit(g: GraphBuilder, weights: readonly Value[], slopes: readonly Value[]): Value {
  const all = g.node('Shape', [weights[weights.length - 1]], { attributes: { start: 3, end: 4 } })[0];
  return weights
    .map((own, place) => {
      const sum = g.node('ReduceSum', [multiply(g, slopes[place], own), g.ints(2)], { attributes: { keepdims: 0 } })[0];
      const missing = g.node('Sub', [all, g.node('Shape', [own], { attributes: { start: 3, end: 4 } })[0]])[0];
      return g.node('Pad', [sum, concat(g, [g.ints(0, 0, 0, 0, 0), missing], 0)])[0];
    })
    .reduce((sum, one) => add(g, sum, one));
}
