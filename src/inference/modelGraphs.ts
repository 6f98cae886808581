/**
 * The graphs of one model: chooses a form for its weights that memory and disk have room for, and compiles a graph to a file of the
 * cache. Engine only.
 */
import { existsSync } from 'node:fs';
import type { Checkpoint } from '../checkpoint/types';
import type { GraphBuilder } from '../graph/builder';
import { decoderGraph } from '../graph/decoder';
import type { WeightForm } from '../graph/linear';
import { stepGraph } from '../graph/step';
import type { EngineOptions, ProviderName } from '../protocol/model';
import { ProblemError } from '../protocol/problem';
import type { Progress } from '../protocol/request';
import { sizeText } from '../protocol/sizeText';
import { defaultFolder, hasRoom, limitBytes } from './cacheFolder';
import { tensorNotFinite } from './finite';
import { collectNow } from './garbage';
import { compiledGraph, weightsOf } from './graphCache';
import { availableBytes } from './machine';
import type { GraphSession } from './session';

export interface Place {
  folder: string;
  limitBytes: number;
}

export interface Plan {
  weights: WeightForm;
  fast: boolean;
  place: Place;
  /** Bytes on disk of all graphs that a prompt and its continuation need. */
  bytes: number;
  /** Bytes of the single step's graph, which is compiled at the first continuation; 0 where there is none. */
  stepBytes: number;
  /** Bytes of all weights in float32. */
  floatBytes: number;
}

/** Estimate of the memory needed beside the weights: the process, its libraries and a prompt of some hundred tokens. */
const besideBytes = 200e6;

/**
 * Float32 is faster for long passes; it is chosen where it takes at most half of the free memory and the cache has room for it.
 * Throws modelTooLarge where no form fits.
 */
export async function planGraphs(
  checkpoint: Checkpoint,
  options: EngineOptions,
  provider: ProviderName,
): Promise<Plan> {
  const { spec, name } = checkpoint;
  const fast = options.precision === 'fast';
  const place = { folder: options.cache ?? defaultFolder(), limitBytes: limitBytes(options.cacheLimitGb) };
  const passBytes = (form: WeightForm) => decoderGraph(spec, { form, fast, source: checkpoint }).dataBytes();
  const stepBytes = provider === 'cpu' ? stepGraph(spec, { fast, source: checkpoint }).dataBytes() : 0;
  const free = availableBytes();
  const floatBytes = passBytes('float32');
  const fitsDisk = await hasRoom(place.folder, floatBytes + stepBytes, place.limitBytes);
  const weights: WeightForm = !fast && fitsDisk && floatBytes + besideBytes < free / 2 ? 'float32' : '4-bit';
  const bytes = weights === 'float32' ? floatBytes : passBytes(weights);
  // A graphics card has memory of its own; its driver reports what does not fit there.
  if (provider === 'cpu' && bytes + besideBytes > free) {
    throw new ProblemError('modelTooLarge', [name, sizeText(bytes + besideBytes), sizeText(free)]);
  }
  return { weights, fast, place, bytes: bytes + stepBytes, stepBytes, floatBytes };
}

interface Context {
  signal: AbortSignal;
  progress: (progress: Progress) => void;
}

export class ModelGraphs {
  constructor(
    private readonly checkpoint: Checkpoint,
    private readonly place: Place,
    private readonly context: Context,
  ) {}

  /** A graph's path in the cache. `laterBytes`: bytes that will be written beside it. Throws what compiledGraph throws. */
  async compiled(builder: GraphBuilder, laterBytes = 0): Promise<string> {
    const { checkpoint, place, context } = this;
    try {
      return await compiledGraph(builder, {
        ...place,
        laterBytes,
        name: checkpoint.name,
        checkpointDigest: checkpoint.sha256,
        steadily: (work, thorough) => checkpoint.steadily(work, thorough),
        signal: context.signal,
        onProgress: (done, total) => context.progress({ stage: 'compiling', done, total, unit: 'bytes' }),
      });
    } catch (error) {
      if (!(error instanceof ProblemError) || error.problem.code !== 'weightsNotNumbers') throw error;
      // The layer's name is internal; the tensor's name is the one in the file.
      const [model, layer] = error.problem.args;
      throw new ProblemError('weightsNotNumbers', [model, (await tensorNotFinite(checkpoint)) ?? layer]);
    }
  }

  /** Compiles and starts a graph. A graph that another process clears away between the two is compiled again. */
  async opened(
    builder: GraphBuilder,
    start: (graph: string) => Promise<GraphSession>,
    laterBytes: number,
  ): Promise<GraphSession> {
    for (let attempt = 0; ; attempt++) {
      const graph = await this.compiled(builder, laterBytes);
      // Weights take a hundred megabytes and more, so what earlier passes left is freed first.
      collectNow();
      this.context.progress({ stage: 'loading', done: 0, total: 1, unit: 'steps' });
      try {
        return await start(graph);
      } catch (error) {
        if (attempt > 0 || stands(graph)) throw error;
      }
    }
  }
}

/** Whether a compiled graph and its data file are still there. */
export const stands = (graph: string): boolean => existsSync(graph) && existsSync(weightsOf(graph));
