/**
 * Writes outputs completely or not at all: the bytes go to another name beside the final place, every byte is counted, the file is
 * flushed to the disk, and then it is renamed. When anything fails, the previous file is left untouched.
 */
import { randomUUID } from 'node:crypto';
import { type FileHandle, open, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { clause } from '../protocol/clauses';
import { impossible, notWritten, type Place, placeOf } from './place';
import { beginUnfinished, endUnfinished } from './unfinished';

/** Writes all of `bytes` from `position` on; null = the file's current position. Rejects with ENOSPC when the disk is full. */
export async function writeFully(file: FileHandle, bytes: Uint8Array, position: number | null): Promise<void> {
  for (let done = 0; done < bytes.length; ) {
    const at = position === null ? null : position + done;
    const { bytesWritten } = await file.write(bytes, done, bytes.length - done, at);
    if (bytesWritten === 0) throw Object.assign(new Error('nothing was written'), { code: 'ENOSPC' });
    done += bytesWritten;
  }
}

/** Throws what `placeOf` throws, and `diskFull`. */
export async function writeWhole(path: string, content: string | Uint8Array): Promise<void> {
  const bytes = typeof content === 'string' ? Buffer.from(content, 'utf8') : content;
  const file = await WholeFile.create(path);
  try {
    await file.append(bytes);
  } catch (error) {
    await file.discard();
    throw error;
  }
  await file.finish();
}

export class WholeFile {
  private constructor(
    private readonly place: Place,
    private readonly file: FileHandle,
    /** Path of the bytes until they are complete; null for a stream. */
    private readonly temporary: string | null,
  ) {}

  /** Throws what `placeOf` throws. */
  static async create(path: string): Promise<WholeFile> {
    const place = await placeOf(path);
    try {
      // An open file of this process is continued at its end.
      if (place.kind === 'stream') return new WholeFile(place, await open(place.target, 'a'), null);
      const temporary = join(dirname(place.target), `.prompt-lens-${randomUUID().slice(0, 8)}.tmp`);
      beginUnfinished(temporary);
      try {
        const file = await open(temporary, 'wx');
        if (place.mode !== null) await file.chmod(place.mode).catch(() => {});
        return new WholeFile(place, file, temporary);
      } catch (error) {
        endUnfinished(temporary);
        throw error;
      }
    } catch (error) {
      throw notWritten(path, error);
    }
  }

  /** Throws `diskFull` and other writing errors; the caller must then discard the file. */
  append(bytes: Uint8Array): Promise<void> {
    return this.put(bytes, null);
  }

  /** Writes in any order. Throws what `append` throws, and `outputNotPossible` for a pipe. */
  async write(bytes: Uint8Array, position: number): Promise<void> {
    if (this.temporary !== null) return this.put(bytes, position);
    const entry = await this.file.stat();
    if (!entry.isFile() && !entry.isCharacterDevice()) throw impossible(this.place.path, clause('notPlainFile'));
    return this.put(bytes, position);
  }

  /** Bytes that are never written are 0. A stream is left as it is. */
  async resize(bytes: number): Promise<void> {
    if (this.temporary === null) return;
    try {
      await this.file.truncate(bytes);
    } catch (error) {
      throw notWritten(this.place.path, error);
    }
  }

  /** Puts the file in its place. If that fails, the file is discarded. */
  async finish(): Promise<void> {
    try {
      if (this.temporary !== null) await this.file.sync();
      await this.file.close();
      if (this.temporary === null) return;
      await rename(this.temporary, this.place.target);
      endUnfinished(this.temporary);
      await syncFolder(dirname(this.place.target));
    } catch (error) {
      await this.discard();
      throw notWritten(this.place.path, error);
    }
  }

  /** Removes everything that was written, except to a stream. Never throws. */
  async discard(): Promise<void> {
    await this.file.close().catch(() => {});
    if (this.temporary === null) return;
    await rm(this.temporary, { force: true }).catch(() => {});
    endUnfinished(this.temporary);
  }

  private async put(bytes: Uint8Array, position: number | null): Promise<void> {
    try {
      await writeFully(this.file, bytes, position);
    } catch (error) {
      throw notWritten(this.place.path, error);
    }
  }
}

/** Makes the new name survive a power cut too, on systems that can do this. */
async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r').catch(() => null);
  await folder?.sync().catch(() => {});
  await folder?.close().catch(() => {});
}
