/**
 * From the user's options to a running decoder: finds the file, opens it, chooses the provider and the form of the weights,
 * compiles the graph or takes it from the cache, and starts the session. Engine only.
 */
import { stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { openCheckpoint } from '../checkpoint/openCheckpoint';
import type { Checkpoint } from '../checkpoint/types';
import { readManifest } from '../files/modelManifest';
import type { GraphBuilder } from '../graph/builder';
import { decoderGraph } from '../graph/decoder';
import { stepGraph } from '../graph/step';
import type { CompiledSize, EngineOptions, LoadedModel, ModelInfo, RuntimeInfo } from '../protocol/model';
import { ProblemError } from '../protocol/problem';
import type { Progress } from '../protocol/request';
import { Decoder } from './decoder';
import { EmbeddingTable } from './embeddingTable';
import { GradientSessions } from './gradientSessions';
import { Gradients } from './gradients';
import { availableBytes, threadsFor } from './machine';
import { ModelGraphs, planGraphs } from './modelGraphs';
import { chooseProvider } from './providers';
import { GraphSession, HeldSession, runtimeVersion } from './session';

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

/**
 * Throws modelMissing, modelMalformed, modelUnsupported, modelChanged, modelTooLarge, weightsNotNumbers, providerUnavailable,
 * cacheNotWritable, cacheLimited, cacheDiskFull, cancelled. With `lazy` the graphs are compiled and started when first needed, and
 * their errors come only then.
 */
export async function loadModel(options: EngineOptions, context: LoadContext): Promise<RunningModel> {
  const started = performance.now();
  const path = await modelPath(options.model);
  const checkpoint = await openCheckpoint(path, {
    signal: context.signal,
    onProgress: (done, total) => context.progress({ stage: 'opening', done, total, unit: 'bytes' }),
  });
  try {
    const running = await run(checkpoint, options, context);
    return { ...running, loadMs: performance.now() - started };
  } catch (error) {
    await checkpoint.close();
    throw error;
  }
}

async function run(checkpoint: Checkpoint, options: EngineOptions, context: LoadContext) {
  const { spec } = checkpoint;
  const { provider, reason } = await chooseProvider(options.provider);
  const threads = options.threads > 0 ? options.threads : threadsFor();
  const plan = await planGraphs(checkpoint, options, provider);
  const { weights, fast, place } = plan;
  const graphs = new ModelGraphs(checkpoint, place, context);
  const start = (graph: string | Uint8Array, form?: { mapped: boolean }) =>
    GraphSession.create(graph, provider, threads, form);
  const session = (builder: () => GraphBuilder, laterBytes = 0) =>
    new HeldSession(() => graphs.opened(builder(), start, laterBytes));

  const passes = session(() => decoderGraph(spec, { form: weights, fast, source: checkpoint }), plan.stepBytes);
  // On other providers the weights' way through memory is shorter, and they are kept only once.
  const steps = provider === 'cpu' ? session(() => stepGraph(spec, { fast, source: checkpoint })) : null;
  const differentiating = new GradientSessions({
    spec,
    source: checkpoint,
    compile: (builder) => graphs.compiled(builder),
    start,
    // A gradient block by block takes as much memory as the step session holds, and that session starts again in half a second.
    makeRoom: async () => steps?.release(),
  });
  if (!options.lazy) await passes.get();
  const table = await checkpoint.steadily(() => EmbeddingTable.load(checkpoint));
  const model = modelInfo(checkpoint);
  const decoder = new Decoder(model, checkpoint, table, {
    passes: { run: async (feeds, outputs) => (await passes.get()).run(feeds, outputs) },
    steps: steps && (() => steps.get()),
  });
  const gradients = new Gradients({
    spec,
    table,
    sessions: differentiating,
    weightBytes: plan.floatBytes,
    freeBytes: availableBytes,
  });
  const runtime: RuntimeInfo = {
    provider,
    requested: options.provider,
    reason,
    precision: options.precision,
    threads,
    onnxruntime: runtimeVersion,
    weights,
  };
  const compiled: CompiledSize = { folder: place.folder, bytes: plan.bytes, limitBytes: place.limitBytes };
  const release = async () => {
    await Promise.all([passes.release(), steps?.release(), differentiating.release()]);
    await checkpoint.close();
  };
  return { model, runtime, compiled, checkpoint, decoder, gradients, table, release };
}

function modelInfo(checkpoint: Checkpoint): ModelInfo {
  const { layers, heads, keyValueHeads, width, vocabulary, context } = checkpoint.spec;
  const { family, name, path, sha256, quantisation } = checkpoint;
  const info = { name, path, sha256, family, layers, heads, keyValueHeads, width, vocabulary, context, quantisation };
  return checkpoint.notes ? { ...info, notes: checkpoint.notes } : info;
}

/** An existing path, a name from the manifest, or the bundled model. */
export async function modelPath(model: string | null): Promise<string> {
  const folder = join(dirname(__filename), '..', 'models');
  if (model !== null && (await isFile(model))) return model;
  const models = await readManifest(join(folder, 'manifest.json'));
  const entry = models.find((one) => (model === null ? one.bundled : one.name === model));
  // This may still be a folder; opening it gives the right message.
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
