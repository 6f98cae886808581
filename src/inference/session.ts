/**
 * The only importer of ONNX Runtime: runs a compiled graph on one provider. All other files speak of feeds and outputs.
 */
import * as ort from 'onnxruntime-node';
import type { ProviderName } from '../protocol/model';

export type Feed =
  | { type: 'float32'; data: Float32Array; dims: readonly number[] }
  | { type: 'int64'; data: BigInt64Array; dims: readonly number[] };

export interface Output {
  data: Float32Array | BigInt64Array;
  dims: readonly number[];
}

export const runtimeVersion: string = ort.env.versions.common;

/** Providers that this build of the runtime knows, whether or not the machine can use them. */
export const knownProviders = (): string[] => ort.listSupportedBackends().map((backend) => backend.name);

export class GraphSession {
  private constructor(private readonly session: ort.InferenceSession) {}

  /**
   * `graph` is a path (with its data file beside it) or a whole small model. `mapped`: weights are read from the mapped data file
   * or from feeds, and not copied into the form that suits the kernels best. Rejects with the runtime's own error.
   */
  static async create(
    graph: string | Uint8Array,
    provider: ProviderName,
    threads: number,
    { mapped = false } = {},
  ): Promise<GraphSession> {
    const options: ort.InferenceSession.SessionOptions = {
      executionProviders: [provider],
      intraOpNumThreads: threads,
      graphOptimizationLevel: 'all',
      logSeverityLevel: 3,
      // With memory planning, a shape that comes again would get a second memory beside that of its first run.
      enableMemPattern: false,
      // Two sessions share the cores, so a session that has finished must not keep spinning beside the other.
      extra: { session: { force_spinning_stop: '1', disable_prepacking: mapped ? '1' : '0' } },
    };
    const session =
      typeof graph === 'string'
        ? await ort.InferenceSession.create(graph, options)
        : await ort.InferenceSession.create(graph, options);
    return new GraphSession(session);
  }

  /** Returns only the named outputs. */
  async run(feeds: Record<string, Feed>, outputs: readonly string[]): Promise<Record<string, Output>> {
    const tensors: Record<string, ort.Tensor> = {};
    for (const [name, { type, data, dims }] of Object.entries(feeds)) tensors[name] = new ort.Tensor(type, data, dims);
    return (await this.session.run(tensors, outputs)) as unknown as Record<string, Output>;
  }

  release(): Promise<void> {
    return this.session.release();
  }
}

/** A session that is started when it is first needed, and again after it was released. */
export class HeldSession {
  private running: Promise<GraphSession> | null = null;

  constructor(private readonly start: () => Promise<GraphSession>) {}

  /** The same session until it is released; a failed start is repeated at the next call. */
  get(): Promise<GraphSession> {
    this.running ??= this.start().catch((error) => {
      this.running = null;
      throw error;
    });
    return this.running;
  }

  /** Frees its memory until it is needed again. Must not be called while it runs. */
  async release(): Promise<void> {
    const running = await this.running?.catch(() => null);
    this.running = null;
    await running?.release();
  }
}
