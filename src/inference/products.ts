/** The analyses' `Products` on the runtime: one graph with one MatMul, started at the first product. Engine only. */
import type { Products } from '../analysis/probe/products';
import { GraphBuilder } from '../graph/builder';
import { GraphSession } from './session';

export class RuntimeProducts implements Products {
  private session: Promise<GraphSession> | null = null;

  constructor(private readonly threads: number) {}

  async multiply(a: Float32Array, b: Float32Array, m: number, k: number, n: number): Promise<Float32Array> {
    this.session ??= start(this.threads);
    const session = await this.session;
    const feeds = {
      a: { type: 'float32' as const, data: a, dims: [m, k] },
      b: { type: 'float32' as const, data: b, dims: [k, n] },
    };
    return (await session.run(feeds, ['product'])).product.data as Float32Array;
  }

  async release(): Promise<void> {
    await (await this.session)?.release();
    this.session = null;
  }
}

/** This always runs on the processor, since the matrices are small and lie in memory. */
function start(threads: number): Promise<GraphSession> {
  const g = GraphBuilder.create();
  g.node('MatMul', [g.input('a', 'float32', ['m', 'k']), g.input('b', 'float32', ['k', 'n'])], {
    outputs: ['product'],
  });
  g.output('product');
  return GraphSession.create(g.finish('none').graph, 'cpu', threads);
}
