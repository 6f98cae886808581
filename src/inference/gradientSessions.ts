/**
 * The graphs behind the gradient: the whole graph, started when it is first needed, and the same graph cut at every block, opened
 * for one pass. Both read the data file of the decoder's float32 graph. Engine only.
 */
import type { HyperParameters } from '../checkpoint/types';
import type { GraphBuilder } from '../graph/builder';
import { gradientGraph, gradientParts } from '../graph/compile';
import type { GradientParts } from '../graph/gradient/llamaGradient';
import type { TensorSource } from '../graph/linear';
import { collectNow } from './garbage';
import { weightsOf } from './graphCache';
import { stands } from './modelGraphs';
import type { Feed, GraphSession, Output } from './session';
import { HeldSession } from './session';
import { WeightFile } from './weightFile';

export interface GradientSessionsOptions {
  hyper: HyperParameters;
  source: TensorSource;
  /** A graph's path in the cache; rejects `undefined` as a family that has no graph. */
  compile: (builder: GraphBuilder | undefined) => Promise<string>;
  start: (graph: string | Uint8Array, form: { mapped: boolean }) => Promise<GraphSession>;
  /** Frees the memory of other sessions, which a pass block by block needs. */
  makeRoom?: () => Promise<void>;
}

/** The graphs that one pass block by block runs; `feeds` are the inputs other than the weights. */
export interface GradientBlocks {
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
    const { hyper, source, compile } = this.options;
    const known = await this.graph?.catch(() => null);
    if (!known || !stands(known)) this.graph = compile(gradientGraph(hyper, source));
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
    const { hyper, source, start, makeRoom } = this.options;
    const graph = await this.prepared();
    await makeRoom?.();
    const whole = gradientGraph(hyper, source);
    const parts = gradientParts(hyper, source, chunks);
    if (!whole || !parts) throw new Error(`no gradient of the family ${hyper.family}`);
    const file = await WeightFile.open(weightsOf(graph), whole.finish('').weights);
    return new OpenBlocks(parts, file, (bytes) => start(bytes, { mapped: true }));
  }
}

type PartName = 'forward' | 'head' | 'backward';

/** Holds the session of one part at a time: the session of another part is not needed any more. */
class OpenBlocks implements GradientBlocks {
  private open: { part: PartName; session: GraphSession } | null = null;

  constructor(
    private readonly parts: GradientParts,
    private readonly file: WeightFile,
    private readonly start: (graph: Uint8Array) => Promise<GraphSession>,
  ) {}

  forward(block: number, feeds: Record<string, Feed>): Promise<Record<string, Output>> {
    return this.run('forward', this.parts.blocks[block], feeds, ['next']);
  }

  head(feeds: Record<string, Feed>): Promise<Record<string, Output>> {
    const names = new Map(this.parts.head.weightNames().map((name) => [name, name]));
    return this.run('head', names, feeds, ['logprob', 'gradient']);
  }

  backward(block: number, feeds: Record<string, Feed>, outputs: readonly string[]): Promise<Record<string, Output>> {
    return this.run('backward', this.parts.blocks[block], feeds, outputs);
  }

  async close(): Promise<void> {
    await this.open?.session.release();
    this.open = null;
    await this.file.close();
  }

  private async run(
    part: PartName,
    weights: ReadonlyMap<string, string>,
    feeds: Record<string, Feed>,
    outputs: readonly string[],
  ): Promise<Record<string, Output>> {
    const session = await this.session(part);
    return session.run({ ...feeds, ...(await this.file.feeds(weights)) }, outputs);
  }

  private async session(part: PartName): Promise<GraphSession> {
    if (this.open?.part === part) return this.open.session;
    await this.open?.session.release();
    this.open = null;
    this.file.forget();
    // The unembedding alone takes a hundred megabytes.
    collectNow();
    const session = await this.start(this.parts[part].finish('').graph);
    this.open = { part, session };
    return session;
  }
}
