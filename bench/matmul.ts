/**
 * The yardstick for the rate of a pass: the matrix products that it consists of, and the rate that the machine reaches in ONNX
 * Runtime with one big product and with the pass's own products alone.
 */
import type { DecoderSpec } from '../src/checkpoint/types';
import { GraphBuilder, type Value } from '../src/graph/builder';
import { compiledGraph } from '../src/inference/graphCache';
import { type Feed, GraphSession } from '../src/inference/session';
import { timed } from './shared';

/** [batch, m, k] × [k, n] for a weight, else × [batch, k, n]; there are `times` of them, each with operands of its own. */
export interface Product {
  name: string;
  batch: number;
  m: number;
  k: number;
  n: number;
  weight: boolean;
  times: number;
}

interface Setting {
  threads: number;
  /** The folder that the graphs are compiled to. */
  cache: string;
}

export interface PassSize {
  tokens: number;
  batch?: number;
  /** Number of positions that logits are computed for, over the whole batch. */
  rows: number;
  /** Number of preceding tokens, whose keys and values are there. */
  past?: number;
}

/** Every product of a pass. */
export function passProducts(spec: DecoderSpec, { tokens, batch = 1, rows, past = 0 }: PassSize): Product[] {
  const { width, headWidth, heads, keyValueHeads, feedForward, vocabulary, layers } = spec;
  const linear = (name: string, k: number, n: number, m = batch * tokens, times = layers): Product => {
    return { name, batch: 1, m, k, n, weight: true, times };
  };
  // The queries of one key/value group are stacked into one matrix.
  const grouped = { batch: batch * keyValueHeads, m: (heads / keyValueHeads) * tokens, weight: false, times: layers };
  return [
    linear('queryKeyValue', width, (heads + 2 * keyValueHeads) * headWidth),
    { name: 'scores', ...grouped, k: headWidth, n: past + tokens },
    { name: 'mixed', ...grouped, k: past + tokens, n: headWidth },
    linear('output', heads * headWidth, width),
    linear('gateUp', width, 2 * feedForward),
    linear('down', feedForward, width),
    linear('unembedding', width, vocabulary, rows, 1),
  ];
}

/** Floating-point operations: each multiply-add counts as two. */
export const flop = (products: readonly Product[]): number =>
  products.reduce((sum, { batch, m, k, n, times }) => sum + 2 * batch * m * k * n * times, 0);

/**
 * Floating-point operations of a pass forward and back to the embeddings: the way back computes a product with a weight once more,
 * and any other product twice, once for each operand.
 */
export const gradientFlop = (products: readonly Product[]): number =>
  products.reduce((sum, product) => sum + (product.weight ? 2 : 3) * flop([product]), 0);

export class ProductBench {
  private readonly sessions = new Map<string, GraphSession>();

  /** Runs these products one after another in one graph. */
  async run(products: readonly Product[], { threads, cache }: Setting): Promise<{ ms: number; flop: number }> {
    const key = JSON.stringify(products);
    const session = this.sessions.get(key) ?? (await productSession(products, threads, cache));
    this.sessions.set(key, session);
    const inputs = feeds(products);
    return { ms: await timed(() => session.run(inputs, ['y'])), flop: flop(products) };
  }
}

async function productSession(products: readonly Product[], threads: number, cache: string): Promise<GraphSession> {
  const g = GraphBuilder.create();
  const corners: Value[] = [];
  for (const { name, batch, m, k, n, weight, times } of products) {
    for (let i = 0; i < times; i++) {
      // All weights share one left operand. Products without weights may share nothing, or equal products would be computed once.
      const left = `${name}.left.${weight ? 0 : i}`;
      if (!weight || i === 0) g.input(left, 'float32', [batch, m, k]);
      const other = `${name}.right.${i}`;
      const right = weight ? zeros(g, other, k, n) : g.input(other, 'float32', [batch, k, n]);
      const [product] = g.node('MatMul', [left, right]);
      // Only one number of each product is handed out, so that the product is timed and not the copy of its result.
      corners.push(g.node('Slice', [product, g.ints(0, 0, 0), g.ints(1, 1, 1)])[0]);
    }
  }
  g.node('Sum', corners, { outputs: ['y'] });
  g.output('y');
  const graph = await compiledGraph(g, { folder: cache, checkpointDigest: 'products' });
  return GraphSession.create(graph, 'cpu', threads);
}

function zeros(g: GraphBuilder, name: string, k: number, n: number): Value {
  const sizeBytes = k * n * 4;
  return g.weight({ name, type: 'float32', shape: [k, n], sizeBytes, produce: async () => new Uint8Array(sizeBytes) });
}

function feeds(products: readonly Product[]): Record<string, Feed> {
  const all: Record<string, Feed> = {};
  const ones = (dims: number[]): Feed => {
    const size = dims.reduce((a, b) => a * b, 1);
    return { type: 'float32', data: new Float32Array(size).fill(1), dims };
  };
  for (const { name, batch, m, k, n, weight, times } of products) {
    for (let i = 0; i < times; i++) {
      if (!weight || i === 0) all[`${name}.left.${i}`] = ones([batch, m, k]);
      if (!weight) all[`${name}.right.${i}`] = ones([batch, k, n]);
    }
  }
  return all;
}
