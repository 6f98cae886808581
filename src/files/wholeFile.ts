/**
 * Outputs that are there as a whole or not at all: written beside their place under another name, every byte counted, brought to the
 * disk, then renamed. Whatever fails leaves what stood there before. Used by the engine, the command line and the host.
 */
import { randomUUID } from 'node:crypto';
import { type FileHandle, open, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { clause } from '../protocol/clauses';
import { impossible, notWritten, type Place, placeOf } from './place';
import { beginUnfinished, endUnfinished } from './unfinished';

/** Writes all of `bytes` from `position` on, null = where the file stands. Rejects with ENOSPC when the disk takes no more. */
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
    /** Where the bytes are until they are all there; null for a stream. */
    private readonly temporary: string | null,
  ) {}

  /** Throws what `placeOf` throws. */
  static async create(path: string): Promise<WholeFile> {
    const place = await placeOf(path);
    try {
      // An open file of this process goes on where it stands.
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

  /** Throws `diskFull` and the like; the file is then to be discarded. */
  append(bytes: Uint8Array): Promise<void> {
    return this.put(bytes, null);
  }

  /** In any order. Throws as `append` does, and `outputNotPossible` for a pipe. */
  async write(bytes: Uint8Array, position: number): Promise<void> {
    if (this.temporary !== null) return this.put(bytes, position);
    const entry = await this.file.stat();
    if (!entry.isFile() && !entry.isCharacterDevice()) throw impossible(this.place.path, clause('notPlainFile'));
    return this.put(bytes, position);
  }

  /** What is never written is 0. Nothing happens to a stream. */
  async resize(bytes: number): Promise<void> {
    if (this.temporary === null) return;
    try {
      await this.file.truncate(bytes);
    } catch (error) {
      throw notWritten(this.place.path, error);
    }
  }

  /** Puts the file in its place. What fails discards it. */
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

  /** Nothing of it stays. Never throws. */
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

/** So that the new name survives a power cut too; not every system can. */
async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r').catch(() => null);
  await folder?.sync().catch(() => {});
  await folder?.close().catch(() => {});
}
