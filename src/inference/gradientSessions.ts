/**
 * The graphs behind the gradient: the whole graph, started when it is first needed, and the same graph cut at every block, opened
 * for one pass. Both read the data file of the decoder's float32 graph. Engine only.
 */
import type { DecoderSpec } from '../checkpoint/types';
import type { GraphBuilder } from '../graph/builder';
import { type GradientParts, gradientGraph, gradientParts } from '../graph/gradient/decoderGradient';
import type { TensorSource } from '../graph/linear';
import { collectNow } from './garbage';
import { weightsOf } from './graphCache';
import { stands } from './modelGraphs';
import type { Feed, GraphSession, Output } from './session';
import { HeldSession } from './session';
import { WeightFile } from './weightFile';

export interface GradientSessionsOptions {
  spec: DecoderSpec;
  source: TensorSource;
  /** A graph's path in the cache. */
  compile: (builder: GraphBuilder) => Promise<string>;
  start: (graph: string | Uint8Array, form: { mapped: boolean }) => Promise<GraphSession>;
  /** Frees the memory of other sessions, which a pass block by block needs. */
  makeRoom?: () => Promise<void>;
}

/** The graphs that one pass block by block runs; `feeds` are the inputs other than the weights. */
export interface GradientBlocks {
  /** The stream that enters the first block; null where that is the embeddings. */
  enter(feeds: Record<string, Feed>): Promise<Record<string, Output>> | null;
  forward(block: number, feeds: Record<string, Feed>): Promise<Record<string, Output>>;
  head(feeds: Record<string, Feed>): Promise<Record<string, Output>>;
  backward(block: number, feeds: Record<string, Feed>, outputs: readonly string[]): Promise<Record<string, Output>>;
  close(): Promise<void>;
}

export class GradientSessions {
  private readonly held: HeldSession;
  private graph: Promise<string> | null = null;

  constructor(private readonly options: GradientSessionsOptions) {
    this.held = new HeldSession(async () => options.start(await this.prepared(), { mapped: true }));
  }

  /**
   * Makes sure that the data file is there, and writes it again if it was cleared away. A failed attempt is repeated at the next
   * call.
   */
  async prepared(): Promise<string> {
    const { spec, source, compile } = this.options;
    const known = await this.graph?.catch(() => null);
    if (!known || !stands(known)) this.graph = compile(gradientGraph(spec, source));
    return this.graph as Promise<string>;
  }

  /**
   * Weights are read from the mapped file: the forward and the backward pass each read them once, and packing them for both would
   * take a gigabyte.
   */
  whole(): Promise<GraphSession> {
    return this.held.get();
  }

  /** Frees the whole graph's memory until the graph is needed again. Must not be called while it runs. */
  release(): Promise<void> {
    return this.held.release();
  }

  /** `chunks`: into how many chunks the queries of the pass are cut. */
  async blocks(chunks: number): Promise<GradientBlocks> {
    const { spec, source, start, makeRoom } = this.options;
    const graph = await this.prepared();
    await makeRoom?.();
    const whole = gradientGraph(spec, source);
    const parts = gradientParts(spec, source, chunks);
    const file = await WeightFile.open(weightsOf(graph), whole.finish('').weights);
    return new OpenBlocks(parts, file, (bytes) => start(bytes, { mapped: true }));
  }
}

type PartName = 'enter' | 'forward' | 'head' | 'backward';

/** Holds the sessions of one part at a time: those of another part are not needed any more. */
class OpenBlocks implements GradientBlocks {
  private part: PartName | null = null;
  private readonly sessions = new Map<GraphBuilder, GraphSession>();

  constructor(
    private readonly parts: GradientParts,
    private readonly file: WeightFile,
    private readonly start: (graph: Uint8Array) => Promise<GraphSession>,
  ) {}

  enter(feeds: Record<string, Feed>): Promise<Record<string, Output>> | null {
    const { enter } = this.parts;
    return enter && this.run('enter', enter, ownWeights(enter), feeds, ['next']);
  }

  forward(block: number, feeds: Record<string, Feed>): Promise<Record<string, Output>> {
    const { forward, weights } = this.parts.blocks[block];
    return this.run('forward', forward, weights, feeds, ['next']);
  }

  head(feeds: Record<string, Feed>): Promise<Record<string, Output>> {
    const { head } = this.parts;
    return this.run('head', head, ownWeights(head), feeds, ['logprob', 'gradient']);
  }

  backward(block: number, feeds: Record<string, Feed>, outputs: readonly string[]): Promise<Record<string, Output>> {
    const { backward, weights } = this.parts.blocks[block];
    return this.run('backward', backward, weights, feeds, outputs);
  }

  async close(): Promise<void> {
    await this.release();
    await this.file.close();
  }

  private async release(): Promise<void> {
    for (const session of this.sessions.values()) await session.release();
    this.sessions.clear();
  }

  private async run(
    part: PartName,
    graph: GraphBuilder,
    weights: ReadonlyMap<string, string>,
    feeds: Record<string, Feed>,
    outputs: readonly string[],
  ): Promise<Record<string, Output>> {
    const session = await this.session(part, graph);
    return session.run({ ...feeds, ...(await this.file.feeds(weights)) }, outputs);
  }

  private async session(part: PartName, graph: GraphBuilder): Promise<GraphSession> {
    if (this.part !== part) {
      await this.release();
      this.part = part;
      this.file.forget();
      // The unembedding alone takes a hundred megabytes.
      collectNow();
    }
    const known = this.sessions.get(graph);
    if (known) return known;
    const session = await this.start(graph.finish('').graph);
    this.sessions.set(graph, session);
    return session;
  }
}

const ownWeights = (graph: GraphBuilder): Map<string, string> =>
  new Map(graph.weightNames().map((name) => [name, name]));
