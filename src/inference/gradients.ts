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
  private started = false;

  constructor(private readonly options: GradientOptions) {}

  ready(): boolean {
    // What fails here is said by the gradient that is asked for.
    if (!this.started) this.session().catch(() => {});
    return this.started;
  }

  embeddings(ids: readonly (readonly number[])[]): Float32Array {
    return this.options.table.rows(ids);
  }

  async gradient(pass: GradientPass, signal?: AbortSignal): Promise<GradientResult> {
    if (signal?.aborted) throw new ProblemError('cancelled');
    const { hyper, freeBytes } = this.options;
    const tokens = pass.ids[0].length;
    if (tokens > hyper.context) throw new RangeError(`${tokens} tokens do not fit`);
    const session = await this.session();
    const needed = gradientBytes(hyper, pass.ids.length, tokens, pass.rows.length) + tappedBytes(hyper, pass, tokens);
    if (needed > freeBytes()) throw new ProblemError('outOfMemory', [Math.ceil(needed / 1e6)]);
    const feeds = this.feeds(pass, tokens);
    const { attention = [], hidden = [], heads = [] } = pass;
    const names = [
      ...attention.map((block) => `attentionGradient.${block}`),
      ...hidden.map((layer) => `hiddenGradient.${layer}`),
      ...heads.flatMap((block) => [`heads.${block}`, `headsGradient.${block}`]),
    ];
    const outputs = await session.run(feeds, ['logprob', 'gradient', ...names]);
    countHandedOut(bytesOf(outputs) + 2 * bytesOf(feeds));
    if (signal?.aborted) throw new ProblemError('cancelled');
    const take = (name: string) => outputs[name].data as Float32Array;
    return {
      logprob: take('logprob'),
      embeddings: take('gradient'),
      attention: new Map(attention.map((block) => [block, take(`attentionGradient.${block}`)])),
      hidden: new Map(hidden.map((layer) => [layer, take(`hiddenGradient.${layer}`)])),
      heads: new Map(
        heads.map((block) => [block, { outputs: take(`heads.${block}`), gradient: take(`headsGradient.${block}`) }]),
      ),
    };
  }

  private async session(): Promise<GraphSession> {
    const session = await this.options.session();
    this.started = true;
    return session;
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
      streamRows: integers(streamTapped(pass) ? range(batch * tokens) : []),
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

const streamTapped = ({ hidden, heads }: GradientPass): boolean => Boolean(hidden?.length || heads?.length);

/** What is handed out beside the gradient of the embeddings: the taps of every block, once one is asked for. */
function tappedBytes({ layers, heads, headWidth, width }: HyperParameters, pass: GradientPass, tokens: number): number {
  const weights = pass.attention?.length ? layers * heads * tokens : 0;
  const streams = streamTapped(pass) ? (layers + 1) * width + 2 * layers * heads * headWidth : 0;
  return 4 * pass.ids.length * tokens * (weights + streams);
}
