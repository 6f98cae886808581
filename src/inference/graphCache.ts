/**
 * Compiled graphs on disk, content-addressed. There is a folder for each checkpoint and plan of its weights, named by the digest of
 * both and the layout version. It holds the weights, and beside them every graph that reads them, named by the graph's own digest.
 * A folder is written under another name and then renamed, so that a half-written one is never seen and two editors starting at
 * once do not collide. A folder whose weights have changed since it was finished is rebuilt; a graph that does not match its name
 * is written again.
 */
import { createHash } from 'node:crypto';
import { open, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import * as v from 'valibot';
import { systemReason } from '../files/place';
import { writeFully } from '../files/wholeFile';
import type { GraphBuilder } from '../graph/builder';
import { clause } from '../protocol/clauses';
import { ProblemError } from '../protocol/problem';
import { makePart, makeRoom, partName, removeParts, removeUnused, stampName } from './cacheFolder';
import { allFinite } from './finite';
import { countHandedOut } from './garbage';

const weightsName = 'weights.bin';

/** Raised when the bytes of a weight change though its name and shape do not, or when weights written earlier cannot be trusted. */
const layoutVersion = 3;

const stampSchema = v.object({ weightsBytes: v.number(), weightsModified: v.number() });
type Stamp = v.InferOutput<typeof stampSchema>;

type PlacedWeights = ReturnType<GraphBuilder['finish']>['weights'];

export interface CompileOptions {
  folder: string;
  /** The model's name, for messages. */
  name?: string;
  /** Bytes that all compiled graphs may take together. */
  limitBytes?: number;
  /** Bytes that will later be written beside this graph, so that there is room for both or for neither. */
  laterBytes?: number;
  checkpointDigest: string;
  /** Runs work that reads the checkpoint, and rejects unless the checkpoint still has that digest afterwards. */
  steadily?: <R>(work: () => Promise<R>, options: { thorough: boolean }) => Promise<R>;
  signal?: AbortSignal;
  /** Called with the bytes written and the bytes to write; not called when the cache holds the graph. */
  onProgress?: (done: number, total: number) => void;
}

/** Path of the compiled graph. Throws `cacheNotWritable`, `cacheLimited`, `cacheDiskFull`, `weightsNotNumbers`, `cancelled`, and what `steadily` throws. */
export async function compiledGraph(builder: GraphBuilder, options: CompileOptions): Promise<string> {
  const parent = options.folder;
  const { graph, weights, sizeBytes } = builder.finish(weightsName);
  const plan = weights.map(({ name, type, shape, offset }) => [name, type, shape, offset]);
  const key = sha256(`${options.checkpointDigest} ${sha256(JSON.stringify(plan))} ${layoutVersion}`);
  const folder = join(parent, key.slice(0, 32));
  const digest = sha256(graph);
  const path = join(folder, `${digest.slice(0, 32)}.onnx`);
  try {
    await removeParts(parent, null);
    if (await intact(folder, sizeBytes)) await noteUse(folder);
    else await writeFolder(parent, folder, weights, sizeBytes, options);
    if (!(await holds(path, digest))) {
      await writeGraph(path, graph);
      // This is the last step of a whole compilation, or the only one where just the graph was missing.
      options.onProgress?.(sizeBytes, sizeBytes);
    }
  } catch (error) {
    throw isFileError(error) ? notWritable(parent, error) : error;
  }
  return path;
}

/** "No such file" would not explain why a folder cannot be made; the folder above it takes none. */
function notWritable(folder: string, error: NodeJS.ErrnoException): ProblemError {
  const reason = error.code === 'ENOENT' ? clause('folderNotMade') : systemReason(error);
  return new ProblemError('cacheNotWritable', [folder, reason]);
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
  const { name = '', limitBytes: limit = Number.POSITIVE_INFINITY, laterBytes = 0 } = options;
  await makeRoom(parent, { name, needed: sizeBytes + laterBytes, limit, own: [folder] });
  const { temporary, now } = await makePart(folder);
  try {
    await removeParts(parent, now);
    await removeUnused(parent, now);
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
  const temporary = partName(path);
  try {
    await writeFile(temporary, graph);
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => {});
    throw error;
  }
}

/** The graph is hashed, since it is small. */
async function holds(path: string, digest: string): Promise<boolean> {
  return readFile(path).then(
    (graph) => sha256(graph) === digest,
    () => false,
  );
}

/** The file's size and its time of writing reveal truncation and any later change of the weights. */
async function intact(folder: string, sizeBytes: number): Promise<boolean> {
  try {
    const stamp = v.parse(stampSchema, JSON.parse(await readFile(join(folder, stampName), 'utf8')));
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

/** Renames the folder into place; if another process was first, its folder is used. */
async function publish(temporary: string, folder: string, sizeBytes: number): Promise<void> {
  try {
    await rename(temporary, folder);
  } catch (error) {
    if (await intact(folder, sizeBytes)) {
      await rm(temporary, { recursive: true, force: true });
      return;
    }
    if (!isFileError(error)) throw error;
    // A damaged folder is in the way: it is renamed first, since some systems cannot remove an open data file.
    const aside = partName(folder);
    await rename(folder, aside);
    await rename(temporary, folder);
    await rm(aside, { recursive: true, force: true }).catch(() => {});
  }
}

/** Sets the stamp's time, which tells when a folder was last used. */
async function noteUse(folder: string): Promise<void> {
  const now = new Date();
  await utimes(join(folder, stampName), now, now).catch(() => {});
}

async function writeWeights(
  path: string,
  weights: PlacedWeights,
  sizeBytes: number,
  { name = '', signal, onProgress }: CompileOptions,
): Promise<void> {
  const file = await open(path, 'w');
  try {
    for (const weight of weights) {
      if (signal?.aborted) throw new ProblemError('cancelled');
      const bytes = await weight.produce();
      if (bytes.length !== weight.sizeBytes)
        throw new Error(`${weight.name} has ${bytes.length} bytes, planned ${weight.sizeBytes}`);
      if (weight.type === 'float32' && !allFinite(bytes))
        throw new ProblemError('weightsNotNumbers', [name, weight.name]);
      await writeFully(file, bytes, weight.offset);
      countHandedOut(bytes.length);
      onProgress?.(weight.offset + bytes.length, sizeBytes);
    }
    await file.truncate(sizeBytes);
  } finally {
    await file.close();
  }
  // The stamp is compared with this time, and some file systems keep whole seconds only.
  const now = Math.floor(Date.now() / 1000);
  await utimes(path, now, now);
}

const isFileError = (error: unknown): error is NodeJS.ErrnoException & { code: string } =>
  error instanceof Error && typeof (error as NodeJS.ErrnoException).code === 'string';
