/**
 * Compiled graphs on disk, content-addressed: a folder for each checkpoint and plan of its weights, named by the digest of both and
 * the layout version; in it the weights, and beside them every graph that reads them, named by its own digest. Written under
 * another name and renamed, so a half-written one is never seen and two editors starting at once do not collide; a folder whose
 * weights are not as they were when it was finished is rebuilt, a graph that is not what its name says is written again.
 */
import { createHash, randomUUID } from 'node:crypto';
import { mkdir, open, readdir, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { homedir, platform } from 'node:os';
import { dirname, join } from 'node:path';
import type { GraphBuilder } from '../graph/builder';
import { ProblemError } from '../protocol/problem';
import { countHandedOut } from './garbage';

const weightsName = 'weights.bin';
const stampName = 'complete.json';

/** Raised when the bytes of a weight change though its name and shape do not, or when those written before cannot be trusted. */
const layoutVersion = 2;

/** No compilation takes this long: what is older was left by a process that was killed. */
const abandonedAfterMs = 3600_000;

/** Half a gigabyte each, and nobody finds those that another version of a model or of this program left: a month is enough. */
const unusedAfterMs = 30 * 24 * 3600_000;

interface Stamp {
  weightsBytes: number;
  weightsModified: number;
}

type PlacedWeights = ReturnType<GraphBuilder['finish']>['weights'];

export interface CompileOptions {
  /** null = the user's cache folder, or PROMPT_LENS_CACHE. */
  folder: string | null;
  checkpointDigest: string;
  /** Runs what reads the checkpoint, and rejects unless it still is the one of that digest afterwards. */
  steadily?: <R>(work: () => Promise<R>, options: { thorough: boolean }) => Promise<R>;
  signal?: AbortSignal;
  /** Bytes written of bytes to write; not called when the cache holds the graph. */
  onProgress?: (done: number, total: number) => void;
}

/** Path of the compiled graph. Throws `cacheNotWritable`, `cancelled`, and what `steadily` throws. */
export async function compiledGraph(builder: GraphBuilder, options: CompileOptions): Promise<string> {
  const parent = options.folder ?? defaultFolder();
  const { graph, weights, sizeBytes } = builder.finish(weightsName);
  const plan = weights.map(({ name, type, shape, offset }) => [name, type, shape, offset]);
  const key = sha256(`${options.checkpointDigest} ${sha256(JSON.stringify(plan))} ${layoutVersion}`);
  const folder = join(parent, key.slice(0, 32));
  const digest = sha256(graph);
  const path = join(folder, `${digest.slice(0, 32)}.onnx`);
  try {
    if (await intact(folder, sizeBytes)) await noteUse(folder);
    else await writeFolder(parent, folder, weights, sizeBytes, options);
    if (!(await holds(path, digest))) {
      await writeGraph(path, graph);
      // The last step of a whole compilation, or all of it where only the graph was missing.
      options.onProgress?.(sizeBytes, sizeBytes);
    }
  } catch (error) {
    throw isFileError(error) ? new ProblemError('cacheNotWritable', [parent, error.code]) : error;
  }
  return path;
}

/** The data file that a compiled graph reads. */
export const weightsOf = (graph: string): string => join(dirname(graph), weightsName);

const sha256 = (data: string | Uint8Array): string => createHash('sha256').update(data).digest('hex');

async function writeFolder(
  parent: string,
  folder: string,
  weights: PlacedWeights,
  sizeBytes: number,
  options: CompileOptions,
): Promise<void> {
  await removeLeftovers(parent);
  const temporary = `${folder}.${randomUUID().slice(0, 8)}.tmp`;
  try {
    await mkdir(temporary, { recursive: true });
    const { steadily = (work) => work() } = options;
    await steadily(() => writeWeights(join(temporary, weightsName), weights, sizeBytes, options), { thorough: true });
    const { mtimeMs } = await stat(join(temporary, weightsName));
    const stamp: Stamp = { weightsBytes: sizeBytes, weightsModified: mtimeMs };
    await writeFile(join(temporary, stampName), JSON.stringify(stamp));
    await publish(temporary, folder, sizeBytes);
  } catch (error) {
    await rm(temporary, { recursive: true, force: true }).catch(() => {});
    throw error;
  }
}

async function writeGraph(path: string, graph: Uint8Array): Promise<void> {
  const temporary = `${path}.${randomUUID().slice(0, 8)}.tmp`;
  try {
    await writeFile(temporary, graph);
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => {});
    throw error;
  }
}

/** PROMPT_LENS_CACHE, or the place the system keeps caches in. */
export function defaultFolder(): string {
  if (process.env.PROMPT_LENS_CACHE) return process.env.PROMPT_LENS_CACHE;
  if (platform() === 'win32') return join(process.env.LOCALAPPDATA ?? homedir(), 'prompt-lens', 'cache');
  if (platform() === 'darwin') return join(homedir(), 'Library', 'Caches', 'prompt-lens');
  return join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'prompt-lens');
}

/** The small graph is hashed. */
async function holds(path: string, digest: string): Promise<boolean> {
  return readFile(path).then(
    (graph) => sha256(graph) === digest,
    () => false,
  );
}

/** The size and the time of writing tell truncation and any later change of the weights. */
async function intact(folder: string, sizeBytes: number): Promise<boolean> {
  try {
    const stamp = JSON.parse(await readFile(join(folder, stampName), 'utf8')) as Stamp;
    const weights = await stat(join(folder, weightsName));
    return (
      weights.size === sizeBytes &&
      stamp.weightsBytes === sizeBytes &&
      Math.abs(stamp.weightsModified - weights.mtimeMs) < 1
    );
  } catch {
    return false;
  }
}

/** Renames into place; whoever comes second uses what is there. */
async function publish(temporary: string, folder: string, sizeBytes: number): Promise<void> {
  try {
    await rename(temporary, folder);
  } catch (error) {
    if (await intact(folder, sizeBytes)) {
      await rm(temporary, { recursive: true, force: true });
      return;
    }
    if (!isFileError(error)) throw error;
    // A damaged folder stands there: it goes aside first, since an open data file cannot be removed everywhere.
    const aside = `${temporary}.old`;
    await rename(folder, aside);
    await rename(temporary, folder);
    await rm(aside, { recursive: true, force: true }).catch(() => {});
  }
}

/** Half-written folders of killed processes, and whole ones that nobody has used for long. */
async function removeLeftovers(parent: string): Promise<void> {
  const entries = await readdir(parent).catch(() => []);
  const age = async (path: string) =>
    stat(path).then(
      ({ mtimeMs }) => Date.now() - mtimeMs,
      () => 0,
    );
  for (const entry of entries) {
    const path = join(parent, entry);
    if (/^[0-9a-f]{32}\.[0-9a-f]{8}\.tmp(\.old)?$/.test(entry)) {
      if ((await age(path)) > abandonedAfterMs) await rm(path, { recursive: true, force: true }).catch(() => {});
    } else if (/^[0-9a-f]{32}$/.test(entry) && (await age(join(path, stampName))) > unusedAfterMs) {
      // Aside first: nobody may find half of it. Where it is open after all, that fails, and it stays.
      const aside = `${path}.${randomUUID().slice(0, 8)}.tmp.old`;
      await rename(path, aside).then(
        () => rm(aside, { recursive: true, force: true }).catch(() => {}),
        () => {},
      );
    }
  }
}

/** The stamp's time tells when a folder was last used. */
async function noteUse(folder: string): Promise<void> {
  const now = new Date();
  await utimes(join(folder, stampName), now, now).catch(() => {});
}

async function writeWeights(
  path: string,
  weights: PlacedWeights,
  sizeBytes: number,
  { signal, onProgress }: CompileOptions,
): Promise<void> {
  const file = await open(path, 'w');
  try {
    for (const weight of weights) {
      if (signal?.aborted) throw new ProblemError('cancelled');
      const bytes = await weight.produce();
      if (bytes.length !== weight.sizeBytes)
        throw new Error(`${weight.name} has ${bytes.length} bytes, planned ${weight.sizeBytes}`);
      await file.write(bytes, 0, bytes.length, weight.offset);
      countHandedOut(bytes.length);
      onProgress?.(weight.offset + bytes.length, sizeBytes);
    }
    await file.truncate(sizeBytes);
  } finally {
    await file.close();
  }
  // Whole seconds: some file systems keep no finer time, and the stamp compares it.
  const now = Math.floor(Date.now() / 1000);
  await utimes(path, now, now);
}

const isFileError = (error: unknown): error is NodeJS.ErrnoException & { code: string } =>
  error instanceof Error && typeof (error as NodeJS.ErrnoException).code === 'string';
