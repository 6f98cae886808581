/**
 * The gradient graphs behind the analyses' `Differentiable`. A short prompt goes through the whole graph at once, which keeps every
 * forward value. A longer one goes block by block: the way forward keeps each block's input, and the way back computes a block's
 * values a second time. This is a third more work and takes a thirtieth of the memory. Both give the same numbers. Engine only.
 */
import type { Differentiable, GradientPass, GradientResult } from '../analysis/shared/differentiable';
import type { DecoderSpec } from '../checkpoint/types';
import { ProblemError } from '../protocol/problem';
import type { EmbeddingTable } from './embeddingTable';
import { bytesOf, causalMask, floats, integers, range, windowFeeds, windowsOf } from './feeds';
import { collectNow, countHandedOut } from './garbage';
import type { GradientSessions } from './gradientSessions';
import type { Feed, Output } from './session';

export interface GradientOptions {
  spec: DecoderSpec;
  table: Pick<EmbeddingTable, 'rows'>;
  sessions: Pick<GradientSessions, 'prepared' | 'whole' | 'blocks' | 'release'>;
  /** Bytes of the weights where they are mapped. */
  weightBytes: number;
  /** Bytes that a pass may take at this moment. */
  freeBytes: () => number;
  /** Bytes that a pass through the whole graph may take. */
  wholeBytes?: number;
  /** Queries that are at work at once in a pass block by block. */
  chunkQueries?: number;
}

/** The bundled model reaches this at some 160 tokens. The number is fixed, so that a prompt always takes the same way. */
const defaultWholeBytes = 384e6;

export class Gradients implements Differentiable {
  private readonly started = { whole: false, prepared: false };

  constructor(private readonly options: GradientOptions) {}

  ready(tokens: number): boolean {
    const way = this.room(tokens) > 0 ? 'whole' : 'prepared';
    // An error here is reported by the gradient that is asked for later.
    if (!this.started[way]) this.start(way).catch(() => {});
    return this.started[way];
  }

  room(tokens: number): number {
    const { spec, wholeBytes = defaultWholeBytes } = this.options;
    return Math.floor(wholeBytes / gradientBytes(spec, 1, tokens, 1));
  }

  embeddings(ids: readonly (readonly number[])[]): Float32Array {
    return this.options.table.rows(ids);
  }

  async gradient(pass: GradientPass, signal?: AbortSignal): Promise<GradientResult> {
    if (signal?.aborted) throw new ProblemError('cancelled');
    const { spec, weightBytes, freeBytes, wholeBytes = defaultWholeBytes } = this.options;
    const [batch, tokens] = [pass.ids.length, pass.ids[0].length];
    if (tokens > spec.context) throw new RangeError(`${tokens} tokens do not fit`);
    const needed = gradientBytes(spec, batch, tokens, pass.rows.length);
    const fits = needed + tappedBytes(spec, pass, tokens) + weightBytes <= freeBytes();
    return fits && needed <= wholeBytes ? this.atOnce(pass, tokens, signal) : this.byBlocks(pass, tokens, signal);
  }

  private async start<W extends 'whole' | 'prepared'>(way: W): Promise<Awaited<ReturnType<GradientSessions[W]>>> {
    const started = await this.options.sessions[way]();
    this.started[way] = true;
    return started as Awaited<ReturnType<GradientSessions[W]>>;
  }

  private async atOnce(pass: GradientPass, tokens: number, signal?: AbortSignal): Promise<GradientResult> {
    const { taps = {} } = pass;
    const session = await this.start('whole');
    const blocks = range(this.options.spec.layers);
    const tapped = {
      hiddenGradient: taps.hidden ? [...blocks, blocks.length] : [],
      headsGradient: taps.heads ? blocks : [],
      attentionCredit: taps.attention ? blocks : [],
    };
    const streams = taps.hidden || taps.heads ? range(pass.ids.length * tokens) : [];
    const windows = windowsOf(this.options.spec);
    const feeds = { ...this.input(pass, tokens, windows), ...objective(pass), streamRows: integers(streams) };
    const names = Object.entries(tapped).flatMap(([name, layers]) => layers.map((layer) => `${name}.${layer}`));
    const outputs = await session.run(feeds, ['logprob', 'gradient', ...names]);
    countHandedOut(bytesOf(outputs) + 2 * bytesOf(feeds));
    if (signal?.aborted) throw new ProblemError('cancelled');
    for (const layer of tapped.hiddenGradient) taps.hidden?.(layer, numbers(outputs[`hiddenGradient.${layer}`]));
    for (const block of tapped.headsGradient) taps.heads?.(block, numbers(outputs[`headsGradient.${block}`]));
    for (const block of tapped.attentionCredit) taps.attention?.(block, numbers(outputs[`attentionCredit.${block}`]));
    return { logprob: numbers(outputs.logprob), embeddings: numbers(outputs.gradient) };
  }

  private async byBlocks(pass: GradientPass, tokens: number, signal?: AbortSignal): Promise<GradientResult> {
    const { spec, freeBytes, sessions, chunkQueries = defaultChunkQueries } = this.options;
    const needed = blockwiseBytes(spec, pass.ids.length, tokens, pass.rows.length);
    if (needed > freeBytes()) throw new ProblemError('outOfMemory', [Math.ceil(needed / 1e6)]);
    await sessions.release();
    this.started.whole = false;
    collectNow();
    await this.start('prepared');
    const chunks = chunksOf(tokens, chunkQueries);
    const blocks = await sessions.blocks(chunks.length);
    const count = <O extends Record<string, Output>>(outputs: O): O => {
      countHandedOut(bytesOf(outputs));
      if (signal?.aborted) throw new ProblemError('cancelled');
      return outputs;
    };
    try {
      const { embeddings, ...rest } = this.input(pass, tokens, []);
      const ends = chunks.map((_, place) => chunks.slice(0, place + 1).reduce((sum, size) => sum + size, 0));
      const shared = { ...rest, chunkSizes: integers(chunks), chunkEnds: integers(ends) };
      const windows = spec.blocks.map(({ window }) =>
        window === null ? {} : windowFeeds([window], [range(tokens)], 0),
      );
      const flat = [pass.ids.length * tokens, spec.width];
      const entered = await blocks.enter({ embeddings, positions: rest.positions });
      /** The input of each block. */
      const streams = [entered ? numbers(count(entered).next) : numbers(embeddings)];
      for (const block of range(spec.layers)) {
        const { next } = count(
          await blocks.forward(block, {
            ...shared,
            ...windows[block],
            embeddings: floats(streams[block], embeddings.dims),
          }),
        );
        streams.push(numbers(next));
      }
      const last = streams.pop() as Float32Array;
      const { logprob, gradient } = count(await blocks.head({ hidden: floats(last, flat), ...objective(pass) }));
      const { taps = {} } = pass;
      const tapped = [...(taps.heads ? ['headsGradient'] : []), ...(taps.attention ? ['attentionCredit'] : [])];
      let upstream = numbers(gradient);
      for (const block of range(spec.layers).reverse()) {
        taps.hidden?.(block + 1, upstream);
        const stream = streams.pop() as Float32Array;
        const own = { embeddings: floats(stream, embeddings.dims), upstream: floats(upstream, flat) };
        const feeds = { ...shared, ...windows[block], ...own };
        const outputs = count(await blocks.backward(block, feeds, ['gradient', ...tapped]));
        // Both are freed here but have grown old: if only young memory were collected, they would pile up.
        countHandedOut(stream.byteLength + upstream.byteLength);
        if (outputs.headsGradient) taps.heads?.(block, numbers(outputs.headsGradient));
        if (outputs.attentionCredit) taps.attention?.(block, numbers(outputs.attentionCredit));
        upstream = numbers(outputs.gradient);
      }
      taps.hidden?.(0, upstream);
      const { embedding: scale } = spec.scale;
      return { logprob: numbers(logprob), embeddings: scale === 1 ? upstream : upstream.map((one) => one * scale) };
    } finally {
      await blocks.close();
    }
  }

  private input(
    pass: GradientPass,
    tokens: number,
    windows: readonly number[],
  ): Record<'embeddings' | 'positions' | 'mask', Feed> {
    const shape = [pass.ids.length, tokens];
    return {
      embeddings: floats(pass.embeddings ?? this.embeddings(pass.ids), [...shape, this.options.spec.width]),
      positions: integers(
        pass.ids.flatMap((ids) => ids.map((_, t) => t)),
        shape,
      ),
      mask: causalMask(0, 0, tokens),
      ...windowFeeds(windows, [range(tokens)], 0),
    };
  }
}

/** With more queries at work at once, the scores would take more memory than everything else. */
const defaultChunkQueries = 128;

/** The sizes of chunks that are about equal. */
function chunksOf(tokens: number, most: number): number[] {
  const count = Math.ceil(tokens / most);
  return range(count).map((place) => Math.floor(((place + 1) * tokens) / count) - Math.floor((place * tokens) / count));
}

function objective({ rows, targets, weights }: GradientPass): Record<'rows' | 'targets' | 'objective', Feed> {
  return {
    rows: integers(rows),
    targets: integers(targets, [rows.length, 1]),
    objective: floats(Float32Array.from(weights), [rows.length, 1]),
  };
}

const numbers = ({ data }: Feed | Output): Float32Array => data as Float32Array;

/** Measured factor on top of the sums below. */
const slack = 1.25;

/**
 * Floats a token: `kept` is what a block's way back reads, `working` what the block at work takes besides. Norms behind the sublayers,
 * a norm of queries and keys, and a cap of the scores each keep their inputs too.
 */
function blockFloats(
  { heads, width, headWidth, feedForward, placement, queryKeyNorm, cap }: DecoderSpec,
  tokens: number,
) {
  const scores = heads * tokens * (cap.attention === null ? 1 : 3);
  const streams = (placement === 'around' ? 12 : 8) * width + (queryKeyNorm ? 4 * heads * headWidth : 0);
  return { kept: scores + streams + 6 * feedForward, working: 5 * scores + streams + 6 * feedForward };
}

/**
 * An upper bound for a pass at once: the forward values that every block's way back reads, further values of the block at work, and
 * the logits with their gradient.
 */
export function gradientBytes(spec: DecoderSpec, batch: number, tokens: number, rows: number): number {
  const { kept, working } = blockFloats(spec, tokens);
  return 4 * slack * (batch * tokens * (spec.layers * kept + working) + 6 * rows * spec.vocabulary);
}

/** The same bound for a pass block by block: every block's input, and either one block's values and weights or the unembedding. */
export function blockwiseBytes(spec: DecoderSpec, batch: number, tokens: number, rows: number): number {
  const { layers, width, heads, headWidth, feedForward, vocabulary } = spec;
  const { kept, working } = blockFloats(spec, tokens);
  const weights = width * (4 * heads * headWidth + 3 * feedForward);
  const block = batch * tokens * (kept + working) + weights;
  const head = vocabulary * (width + 6 * rows) + 2 * batch * tokens * width;
  return 4 * (batch * tokens * (layers + 1) * width + slack * Math.max(block, head));
}

/** Bytes handed out beside the gradient of the embeddings: the taps of every block, where any is asked for. */
function tappedBytes({ layers, heads, headWidth, width }: DecoderSpec, pass: GradientPass, tokens: number): number {
  const { taps } = pass;
  const streams = taps?.hidden || taps?.heads ? (layers + 1) * width + layers * heads * headWidth : 0;
  return 4 * pass.ids.length * tokens * streams;
}
