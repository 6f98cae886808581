/** Gradients to go with the fake decoder: the slopes of every embedding and every attention weight are fixed. */
import type { Differentiable, GradientPass, GradientResult } from '../../../src/analysis/shared/differentiable';
import { ProblemError } from '../../../src/protocol/problem';
import { attentionWeight, info } from './fakeModel';

/** ∂target/∂e[t,d], for an objective of weight 1. */
export const slope = (t: number, d: number): number => Math.sin(1 + 3 * t + d);
/** ∂target/∂A[l,h,q,k] */
export const attentionSlope = (layer: number, head: number, query: number, key: number): number =>
  Math.cos(layer + 2 * head + 3 * query + 5 * key);
export const embedding = (id: number, d: number): number => (id + 1) / (d + 2);

export class FakeGradients implements Differentiable {
  readonly passes: GradientPass[] = [];

  /** `refuse` says for which passes there is not enough memory. */
  constructor(private readonly refuse: (pass: GradientPass) => boolean = () => false) {}

  embeddings(ids: readonly (readonly number[])[]): Float32Array {
    return Float32Array.from(
      ids.flat().flatMap((id) => Array.from({ length: info.width }, (_, d) => embedding(id, d))),
    );
  }

  async gradient(pass: GradientPass, signal?: AbortSignal): Promise<GradientResult> {
    await Promise.resolve();
    if (signal?.aborted) throw new ProblemError('cancelled');
    if (this.refuse(pass)) throw new ProblemError('outOfMemory', [1234]);
    this.passes.push(pass);
    const T = pass.ids[0].length;
    const [weight] = pass.weights;
    for (let layer = 0; layer < info.layers; layer++) {
      pass.taps?.attention?.(
        layer,
        new Float32Array(info.heads * T).map((_, at) => {
          const [head, key] = [Math.floor(at / T), at % T];
          let credit = 0;
          for (let query = key; query < T; query++) {
            credit += weight * attentionWeight(layer, head, query, key) * attentionSlope(layer, head, query, key);
          }
          return credit;
        }),
      );
    }
    return {
      logprob: new Float32Array(pass.rows.length),
      embeddings: new Float32Array(pass.ids.length * T * info.width).map(
        (_, at) => weight * slope(Math.floor(at / info.width) % T, at % info.width),
      ),
    };
  }
}
