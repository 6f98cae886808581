/**
 * The gradient graph behind the analyses' `Differentiable`: its session starts when the first gradient is asked for. Engine only.
 */
import type { Differentiable, GradientPass, GradientResult } from '../analysis/differentiable';
import type { HyperParameters } from '../checkpoint/types';
import { ProblemError } from '../protocol/problem';
import type { EmbeddingTable } from './embeddingTable';
import { bytesOf, causalMask, floats, integers, range } from './feeds';
import { countHandedOut } from './garbage';
import type { Feed, GraphSession } from './session';

export interface GradientOptions {
  hyper: HyperParameters;
  table: Pick<EmbeddingTable, 'rows'>;
  /** Starts it at the first call. */
  session: () => Promise<GraphSession>;
  /** What a pass may take now. */
  freeBytes: () => number;
}

export class Gradients implements Differentiable {
  constructor(private readonly options: GradientOptions) {}

  embeddings(ids: readonly (readonly number[])[]): Float32Array {
    return this.options.table.rows(ids);
  }

  async gradient(pass: GradientPass, signal?: AbortSignal): Promise<GradientResult> {
    if (signal?.aborted) throw new ProblemError('cancelled');
    const { hyper, freeBytes } = this.options;
    const tokens = pass.ids[0].length;
    if (tokens > hyper.context) throw new RangeError(`${tokens} tokens do not fit`);
    const session = await this.options.session();
    const needed = gradientBytes(hyper, pass.ids.length, tokens, pass.rows.length);
    if (needed > freeBytes()) throw new ProblemError('outOfMemory', [Math.ceil(needed / 1e6)]);
    const feeds = this.feeds(pass, tokens);
    const blocks = pass.attention ?? [];
    const outputs = await session.run(feeds, [
      'logprob',
      'gradient',
      ...blocks.map((block) => `attentionGradient.${block}`),
    ]);
    countHandedOut(bytesOf(outputs) + 2 * bytesOf(feeds));
    if (signal?.aborted) throw new ProblemError('cancelled');
    const take = (name: string) => outputs[name].data as Float32Array;
    return {
      logprob: take('logprob'),
      embeddings: take('gradient'),
      attention: new Map(blocks.map((block) => [block, take(`attentionGradient.${block}`)])),
    };
  }

  private feeds(pass: GradientPass, tokens: number): Record<string, Feed> {
    const batch = pass.ids.length;
    const rows = pass.rows.length;
    return {
      embeddings: floats(pass.embeddings ?? this.embeddings(pass.ids), [batch, tokens, this.options.hyper.width]),
      positions: integers(
        pass.ids.flatMap((ids) => ids.map((_, t) => t)),
        [batch, tokens],
      ),
      mask: causalMask(0, 0, tokens),
      rows: integers(pass.rows),
      targets: integers(pass.targets, [rows, 1]),
      objective: floats(Float32Array.from(pass.weights), [rows, 1]),
      tapRows: integers(pass.attention?.length ? range(tokens) : []),
    };
  }
}

/**
 * An upper bound of what a pass holds at once: the forward values that every block's way back reads, a few of the block at work,
 * and the logits with their gradient.
 */
export function gradientBytes(hyper: HyperParameters, batch: number, tokens: number, rows: number): number {
  const { layers, heads, width, feedForward, vocabulary } = hyper;
  const scores = heads * tokens;
  // Measured on the bundled model: 1.0 of this sum at 512 tokens, 1.09 at 1,000.
  const slack = 1.25;
  const kept = scores + 8 * width + 6 * feedForward;
  const working = 5 * scores + 8 * width + 6 * feedForward;
  return 4 * slack * (batch * tokens * (layers * kept + working) + 6 * rows * vocabulary);
}
