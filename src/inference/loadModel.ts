/**
 * From the user's options to a running decoder: find the file, open it, choose provider and form of the weights, compile or take
 * from the cache, start the session. Engine only.
 */
import { readFile, stat } from 'node:fs/promises';
import { freemem } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { openCheckpoint } from '../checkpoint/openCheckpoint';
import type { Checkpoint } from '../checkpoint/types';
import type { GraphBuilder } from '../graph/builder';
import { decoderGraph, stepGraph, supportedFamilies } from '../graph/compile';
import type { WeightForm } from '../graph/linear';
import type { EngineOptions, LoadedModel, Progress } from '../protocol/engine';
import type { ModelInfo, RuntimeInfo } from '../protocol/model';
import { ProblemError } from '../protocol/problem';
import { Decoder } from './decoder';
import { EmbeddingTable } from './embeddingTable';
import { collectNow } from './garbage';
import { GradientSessions } from './gradientSessions';
import { Gradients } from './gradients';
import { compiledGraph } from './graphCache';
import { HeldSession } from './heldSession';
import { chooseProvider, physicalCores } from './providers';
import { GraphSession, runtimeVersion } from './session';

export interface RunningModel extends LoadedModel {
  checkpoint: Checkpoint;
  decoder: Decoder;
  gradients: Gradients;
  table: EmbeddingTable;
  release(): Promise<void>;
}

interface LoadContext {
  signal: AbortSignal;
  progress: (progress: Progress) => void;
}

/** Throws modelMissing, modelMalformed, modelUnsupported, modelChanged, providerUnavailable, cacheNotWritable, cancelled. */
export async function loadModel(options: EngineOptions, { signal, progress }: LoadContext): Promise<RunningModel> {
  const started = performance.now();
  const path = await modelPath(options.model);
  const checkpoint = await openCheckpoint(path, {
    signal,
    onProgress: (done, total) => progress({ stage: 'opening', done, total, unit: 'bytes' }),
  });
  const { provider, reason } = await chooseProvider(options.provider);
  const threads = options.threads > 0 ? options.threads : physicalCores();
  const fast = options.precision === 'fast';
  const weights: WeightForm = fast || !roomForFloats(checkpoint) ? '4-bit' : 'float32';

  const session = async (builder: GraphBuilder | undefined): Promise<GraphSession> => {
    const graph = await compile(builder);
    // Weights take a hundred megabytes and more: what earlier passes left is let go first.
    collectNow();
    progress({ stage: 'loading', done: 0, total: 1, unit: 'steps' });
    return GraphSession.create(graph, provider, threads);
  };
  const compile = async (builder: GraphBuilder | undefined): Promise<string> => {
    if (!builder) {
      const known = supportedFamilies.join(', ');
      throw new ProblemError('modelUnsupported', [
        path,
        `the family "${checkpoint.hyper.family}" is not one of ${known}`,
      ]);
    }
    return compiledGraph(builder, {
      folder: options.cache,
      checkpointDigest: checkpoint.sha256,
      steadily: (work, thorough) => checkpoint.steadily(work, thorough),
      signal,
      onProgress: (done, total) => progress({ stage: 'compiling', done, total, unit: 'bytes' }),
    });
  };

  const passes = await session(decoderGraph(checkpoint.hyper, { form: weights, fast, source: checkpoint }));
  // Elsewhere the weights' way through memory is shorter, and they are kept once.
  const steps =
    provider === 'cpu'
      ? new HeldSession(() => session(stepGraph(checkpoint.hyper, { fast, source: checkpoint })))
      : null;
  const differentiating = new GradientSessions({
    hyper: checkpoint.hyper,
    source: checkpoint,
    compile,
    start: (graph, form) => GraphSession.create(graph, provider, threads, form),
    // A gradient block by block takes as much as a generation holds, which starts again in half a second.
    makeRoom: async () => steps?.release(),
  });
  const model = modelInfo(checkpoint);
  const runtime: RuntimeInfo = {
    provider,
    requested: options.provider,
    reason,
    precision: options.precision,
    threads,
    onnxruntime: runtimeVersion,
    weights,
  };
  const table = await checkpoint.steadily(() => EmbeddingTable.load(checkpoint));
  const decoder = new Decoder(model, checkpoint, table, { passes, steps: steps && (() => steps.get()) });
  const gradients = new Gradients({
    hyper: checkpoint.hyper,
    table,
    sessions: differentiating,
    weightBytes: floatBytes(checkpoint),
    freeBytes: freemem,
  });
  const release = async () => {
    await Promise.all([passes.release(), steps?.release(), differentiating.release()]);
    await checkpoint.close();
  };
  return { model, runtime, loadMs: performance.now() - started, checkpoint, decoder, gradients, table, release };
}

/** Float32 is faster for long passes where it takes at most half of the memory that is free. */
const roomForFloats = (checkpoint: Checkpoint): boolean => floatBytes(checkpoint) < freemem() / 2;

function floatBytes(checkpoint: Checkpoint): number {
  let parameters = 0;
  for (const { shape } of checkpoint.tensors.values()) parameters += shape.reduce((a, b) => a * b, 1);
  return parameters * 4;
}

function modelInfo(checkpoint: Checkpoint): ModelInfo {
  const { family, layers, heads, keyValueHeads, width, vocabulary, context } = checkpoint.hyper;
  const { name, path, sha256, quantisation } = checkpoint;
  return { name, path, sha256, family, layers, heads, keyValueHeads, width, vocabulary, context, quantisation };
}

interface Manifest {
  models: { name: string; file: string; bundled?: boolean }[];
}

/** A path as it stands, a name from the manifest, or the bundled model. */
export async function modelPath(model: string | null): Promise<string> {
  const folder = join(dirname(__filename), '..', 'models');
  if (model !== null && (await isFile(model))) return model;
  const manifest = JSON.parse(await readFile(join(folder, 'manifest.json'), 'utf8')) as Manifest;
  const entry = manifest.models.find((one) => (model === null ? one.bundled : one.name === model));
  // What is neither a name nor a file may still be a folder: whoever opens it says so.
  if (!entry && model !== null) return model;
  if (!entry) throw new ProblemError('modelMissing', ['bundled']);
  return join(folder, basename(entry.file));
}

const isFile = async (path: string): Promise<boolean> => {
  try {
    return !(await stat(path)).isDirectory();
  } catch {
    return false;
  }
};
