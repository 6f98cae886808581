/**
 * The operations in which the decoder families are written. Each function adds one idea to the graph and returns its value. Shapes:
 * N tokens of all batch rows together, K inputs, M outputs of a layer.
 */
import type { GraphBuilder, Value } from './builder';
import type { ElementType } from './onnxFormat';

const microsoft = 'com.microsoft';

const one = (values: Value[]): Value => values[0];

export const add = (g: GraphBuilder, a: Value, b: Value, name?: Value): Value =>
  one(g.node('Add', [a, b], { outputs: name ? [name] : 1 }));

export const multiply = (g: GraphBuilder, a: Value, b: Value): Value => one(g.node('Mul', [a, b]));

export const reshape = (g: GraphBuilder, x: Value, shape: Value): Value => one(g.node('Reshape', [x, shape]));

export const transpose = (g: GraphBuilder, x: Value, permutation: number[], name?: Value): Value =>
  one(g.node('Transpose', [x], { attributes: { perm: permutation }, outputs: name ? [name] : 1 }));

export const concat = (g: GraphBuilder, parts: Value[], axis: number): Value =>
  one(g.node('Concat', parts, { attributes: { axis } }));

export const gather = (g: GraphBuilder, x: Value, indices: Value, axis: number, name?: Value): Value =>
  one(g.node('Gather', [x, indices], { attributes: { axis }, outputs: name ? [name] : 1 }));

export const softmax = (g: GraphBuilder, x: Value): Value => one(g.node('Softmax', [x], { attributes: { axis: -1 } }));

export const matmul = (g: GraphBuilder, a: Value, b: Value): Value => one(g.node('MatMul', [a, b]));

/** a · bᵀ over the last two axes, leading axes broadcast. */
export const matmulTransposed = (g: GraphBuilder, a: Value, b: Value): Value =>
  one(g.node('FusedMatMul', [a, b], { domain: microsoft, attributes: { transB: 1, alpha: { float: 1 } } }));

/** x Wᵀ with x [N, K] and W [M, K], as checkpoints store it. */
export const project = (g: GraphBuilder, x: Value, weight: Value): Value =>
  one(g.node('Gemm', [x, weight], { attributes: { transB: 1 } }));

export function split(g: GraphBuilder, x: Value, sizes: Value, count: number, axis: number): Value[] {
  return g.node('Split', [x, sizes], { attributes: { axis }, outputs: count });
}

/** Root mean square norm (Zhang & Sennrich 2019): x / sqrt(mean x² + ε) · weight. */
export const rmsNorm = (g: GraphBuilder, x: Value, weight: Value, epsilon: number, name?: Value): Value =>
  one(
    g.node('SimplifiedLayerNormalization', [x, weight], {
      attributes: { axis: -1, epsilon: { float: epsilon }, stash_type: 1 },
      outputs: name ? [name] : 1,
    }),
  );

/** Layer norm (Ba et al. 2016): (x − mean x) / sqrt(variance x + ε) · weight + bias. */
export const layerNorm = (
  g: GraphBuilder,
  x: Value,
  weight: Value,
  bias: Value | null,
  epsilon: number,
  name?: Value,
): Value =>
  one(
    g.node('LayerNormalization', bias === null ? [x, weight] : [x, weight, bias], {
      attributes: { axis: -1, epsilon: { float: epsilon }, stash_type: 1 },
      outputs: name ? [name] : 1,
    }),
  );

/** sum = x + delta and its norm in one pass over memory. */
export function addAndNorm(
  g: GraphBuilder,
  x: Value,
  delta: Value,
  weight: Value,
  epsilon: number,
): { sum: Value; normed: Value } {
  const [normed, , , sum] = g.node('SkipSimplifiedLayerNormalization', [x, delta, weight], {
    domain: microsoft,
    attributes: { epsilon: { float: epsilon } },
    outputs: [`${weight}.normed`, '', '', `${weight}.sum`],
  });
  return { sum, normed };
}

/**
 * Rotary positions on [B, heads, T, channels]; the two halves of the channels rotate against each other. `part`: only the first
 * channels of each head rotate.
 */
export function rotary(
  g: GraphBuilder,
  x: Value,
  positions: Value,
  cos: Value,
  sin: Value,
  { part = null, name }: { part?: { heads: number; channels: number } | null; name?: Value } = {},
): Value {
  const attributes: Record<string, number> = part ? { num_heads: part.heads, rotary_embedding_dim: part.channels } : {};
  const outputs = name ? [name] : 1;
  return one(g.node('RotaryEmbedding', [x, positions, cos, sin], { domain: microsoft, attributes, outputs }));
}

/** x · sigmoid(x). */
export const silu = (g: GraphBuilder, x: Value): Value =>
  one(g.node('QuickGelu', [x], { domain: microsoft, attributes: { alpha: { float: 1 } } }));

/** x · Φ(x) (Hendrycks & Gimpel 2016), exact. */
export const geluErf = (g: GraphBuilder, x: Value): Value => one(g.node('Gelu', [x], { domain: microsoft }));

/** The same with its approximation by tanh: x/2 · (1 + tanh(√(2/π) · (x + 0.044715 x³))). */
export const geluTanh = (g: GraphBuilder, x: Value): Value => one(g.node('FastGelu', [x], { domain: microsoft }));

export const relu = (g: GraphBuilder, x: Value): Value => one(g.node('Relu', [x]));

export const tanh = (g: GraphBuilder, x: Value): Value => one(g.node('Tanh', [x]));

/** Both branches give the same values; only the branch that `condition` (bool []) selects is run. */
export function choose(
  g: GraphBuilder,
  condition: Value,
  outputs: Value[],
  whenTrue: (body: GraphBuilder) => Value[],
  whenFalse: (body: GraphBuilder) => Value[],
): Value[] {
  const typed = (build: (body: GraphBuilder) => Value[]) => (body: GraphBuilder) =>
    build(body).map((value) => ({ value, type: 'float32' as ElementType }));
  return g.node('If', [condition], {
    attributes: { then_branch: g.subgraph(typed(whenTrue)), else_branch: g.subgraph(typed(whenFalse)) },
    outputs,
  });
}
