/**
 * The SHA-256 of a checkpoint file: names compiled graphs in the cache and stands in every export.
 * Read in pieces of 1 MiB (about a millisecond of hashing each), so the event loop is never held; remembered for as long as
 * the process lives by path, size and modification time, because hashing 94 MB takes a tenth of a second or more.
 */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { fileProblem } from './modelProblem';

export interface DigestOptions {
  signal?: AbortSignal;
  /** Bytes hashed so far and in all. */
  onProgress?: (done: number, total: number) => void;
}

const pieceBytes = 1 << 20;
const rememberedFiles = 64;
const remembered = new Map<string, string>();

/** Lower-case hex digest. Rejects with modelMissing, fileUnreadable or cancelled. */
export async function checkpointDigest(path: string, options: DigestOptions = {}): Promise<string> {
  try {
    const { size, mtimeMs, ino } = await stat(path);
    const key = [resolve(path), size, mtimeMs, ino].join('\n');
    const known = remembered.get(key);
    if (known !== undefined) return known;
    const digest = await hashFile(path, size, options);
    if (remembered.size >= rememberedFiles) remembered.delete(remembered.keys().next().value!);
    remembered.set(key, digest);
    return digest;
  } catch (error) {
    throw fileProblem(path, error);
  }
}

async function hashFile(path: string, size: number, { signal, onProgress }: DigestOptions): Promise<string> {
  const hash = createHash('sha256');
  let done = 0;
  for await (const piece of createReadStream(path, { highWaterMark: pieceBytes, signal })) {
    hash.update(piece as Buffer);
    done += (piece as Buffer).length;
    onProgress?.(done, size);
  }
  return hash.digest('hex');
}
