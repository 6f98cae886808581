/**
 * An open checkpoint file and the SHA-256 of its bytes, which names compiled graphs in the cache and is part of every export; it
 * also tells whether both still belong together. A file may be overwritten, replaced or truncated while it is open, and everything
 * derived from it later must come from the bytes that were hashed. The operating system's stamps (device, inode, size, times) tell
 * that cheaply; only where they differ are the bytes hashed again.
 */
import { createHash } from 'node:crypto';
import type { FileHandle } from 'node:fs/promises';
import { open, stat } from 'node:fs/promises';
import { ProblemError } from '../protocol/problem';
import { fileProblem, throwIfAborted } from './modelProblem';

export interface DigestOptions {
  signal?: AbortSignal;
  /** Called with the bytes hashed so far and in all. */
  onProgress?: (done: number, total: number) => void;
}

interface Stamp {
  /** Equal keys mean the same state of the same file. */
  key: string;
  sizeBytes: number;
  /** When the file was last changed, including its name and permissions; milliseconds. */
  changedMs: number;
}

/** Hashing a piece takes about a millisecond, so that the event loop is never blocked. */
const pieceBytes = 1 << 20;

/** Two changes within one tick of the file system's clock leave the same stamp; a tick is some 10 ms. */
const tickMs = 100;

/** Hashing 94 MB takes a tenth of a second or more, so the digest of a state is kept for as long as the process lives. */
const digests = new Map<string, string>();
const rememberedStates = 64;

/** The stamp of the file at `path`; null where there is none. */
export async function stampOfPath(path: string): Promise<string | null> {
  return (await stampOf(path).catch(() => null))?.key ?? null;
}

export class HashedFile {
  private constructor(
    private readonly handle: FileHandle,
    private readonly path: string,
    readonly sha256: string,
  ) {}

  /** Rejects with fileUnreadable, cancelled, or modelChanged when the file is written meanwhile. */
  static async hash(handle: FileHandle, path: string, options: DigestOptions = {}): Promise<HashedFile> {
    try {
      return new HashedFile(handle, path, await digestOf(handle, path, options));
    } catch (error) {
      throw fileProblem(path, error);
    }
  }

  /**
   * Whether the open file holds the bytes of `sha256`, and the file at its path does too. A deleted file stays whole for as long as
   * it is open.
   */
  async isCurrent(): Promise<boolean> {
    if (!(await this.holds(this.handle))) return false;
    const [own, named] = [await stampOf(this.handle), await stampOf(this.path).catch(() => null)];
    if (named === null || named.key === own.key) return true;
    const other = await open(this.path, 'r').catch(() => null);
    try {
      return other === null || (await this.holds(other));
    } finally {
      await other?.close();
    }
  }

  /**
   * Runs work that reads the open file and makes sure that the file holds the bytes of `sha256` from beginning to end. `thorough`:
   * the file is hashed again afterwards, for results that are kept. The work is repeated once where the stamps changed but the
   * bytes did not. Rejects with modelChanged.
   */
  async steadily<R>(work: () => Promise<R>, { thorough = false } = {}): Promise<R> {
    for (let attempt = 0; attempt < 2; attempt++) {
      if (!(await this.holds(this.handle))) break;
      const before = await stampOf(this.handle);
      const result = await work().catch(async (error) => {
        throw (await this.holds(this.handle)) ? error : changed(this.path);
      });
      const after = await stampOf(this.handle);
      if (before.key !== after.key) continue;
      if (!thorough || (await hashed(this.handle, this.path)) === this.sha256) return result;
    }
    throw changed(this.path);
  }

  private async holds(handle: FileHandle): Promise<boolean> {
    try {
      return (await digestOf(handle, this.path)) === this.sha256;
    } catch (error) {
      if (error instanceof ProblemError && error.problem.code === 'modelChanged') return false;
      throw fileProblem(this.path, error);
    }
  }
}

export const changed = (path: string): ProblemError => new ProblemError('modelChanged', [path]);

/** Returns the remembered digest where this state was hashed before. */
async function digestOf(handle: FileHandle, path: string, options: DigestOptions = {}): Promise<string> {
  const stamp = await stampOf(handle);
  const known = digests.get(stamp.key);
  if (known !== undefined) return known;
  const digest = await hashed(handle, path, options);
  // A change within this tick would leave the same stamp, so the digest is not remembered and the file is hashed again next time.
  if (Math.abs(Date.now() - stamp.changedMs) < tickMs) return digest;
  const [oldest] = digests.keys();
  if (digests.size >= rememberedStates && oldest !== undefined) digests.delete(oldest);
  digests.set(stamp.key, digest);
  return digest;
}

/** Reads the next piece while one is hashed. Rejects with modelChanged when the file is written meanwhile. */
async function hashed(handle: FileHandle, path: string, { signal, onProgress }: DigestOptions = {}): Promise<string> {
  const before = await stampOf(handle);
  const hash = createHash('sha256');
  const buffers = [new Uint8Array(pieceBytes), new Uint8Array(pieceBytes)];
  const read = (at: number, turn: number) => handle.read(buffers[turn % 2], 0, pieceBytes, at);
  let done = 0;
  let turn = 0;
  let next = read(0, turn);
  for (;;) {
    const { bytesRead, buffer } = await next;
    if (bytesRead === 0) break;
    done += bytesRead;
    next = read(done, ++turn);
    hash.update(buffer.subarray(0, bytesRead));
    onProgress?.(done, before.sizeBytes);
    if (signal?.aborted) await next;
    throwIfAborted(signal);
  }
  if ((await stampOf(handle)).key !== before.key) throw changed(path);
  return hash.digest('hex');
}

async function stampOf(file: FileHandle | string): Promise<Stamp> {
  const bigint = true;
  const { dev, ino, size, mtimeNs, ctimeNs } = await (typeof file === 'string'
    ? stat(file, { bigint })
    : file.stat({ bigint }));
  return {
    key: [dev, ino, size, mtimeNs, ctimeNs].join(' '),
    sizeBytes: Number(size),
    changedMs: Number(ctimeNs / 1_000_000n),
  };
}
