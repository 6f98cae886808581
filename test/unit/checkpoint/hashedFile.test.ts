import { createHash } from 'node:crypto';
import { chmodSync, renameSync, rmSync, statSync, symlinkSync, truncateSync, utimesSync, writeFileSync } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { platform } from 'node:os';
import { afterEach, describe, expect, it } from 'vitest';
import { HashedFile } from '../../../src/checkpoint/hashedFile';
import { temporaryFile } from './tinyGguf';

const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');
const bytes = Buffer.alloc(3 * 2 ** 20 + 5, 7);
const other = Buffer.from(bytes).fill(8, 2 ** 20);

const handles: FileHandle[] = [];
afterEach(async () => {
  for (const handle of handles.splice(0)) await handle.close();
});

async function hashed(path: string, options = {}): Promise<HashedFile> {
  const handle = await open(path, 'r');
  handles.push(handle);
  return HashedFile.hash(handle, path, options);
}

/** A file that is old enough for its times to reveal every change. */
async function settledFile(): Promise<{ path: string; file: HashedFile }> {
  const path = temporaryFile(bytes);
  await new Promise((resolve) => setTimeout(resolve, 120));
  return { path, file: await hashed(path) };
}

describe('the digest of a checkpoint', () => {
  it('is the SHA-256 of all its pieces, and is computed once', async () => {
    const { path, file } = await settledFile();
    expect(file.sha256).toBe(sha256(bytes));
    const seen: number[] = [];
    const again = await hashed(path, { onProgress: (done: number) => seen.push(done) });
    expect([again.sha256, seen]).toEqual([sha256(bytes), []]);
  });

  it('counts the bytes, can be stopped, and does not go with a file that is being written', async () => {
    const seen: number[] = [];
    await hashed(temporaryFile(bytes), { onProgress: (done: number) => seen.push(done) });
    expect(seen).toEqual([2 ** 20, 2 * 2 ** 20, 3 * 2 ** 20, bytes.length]);
    const abort = new AbortController();
    const stopped = hashed(temporaryFile(bytes), { signal: abort.signal, onProgress: () => abort.abort() });
    await expect(stopped).rejects.toMatchObject({ problem: { code: 'cancelled' } });
    const growing = temporaryFile(bytes);
    const torn = hashed(growing, { onProgress: () => writeFileSync(growing, other) });
    await expect(torn).rejects.toMatchObject({ problem: { code: 'modelChanged', args: [growing] } });
  });
});

describe('an open checkpoint file', () => {
  it.each<[string, boolean, (path: string) => void]>([
    ['left alone', true, () => {}],
    ['written again with the same bytes', true, (path) => writeFileSync(path, bytes)],
    ['touched', true, (path) => utimesSync(path, 1, 1)],
    ['given other permissions', true, (path) => chmodSync(path, 0o640)],
    ['replaced by a copy of itself', true, (path) => renameSync(temporaryFile(bytes), path)],
    ['deleted', true, (path) => rmSync(path)],
    ['overwritten', false, (path) => writeFileSync(path, other)],
    [
      'overwritten by as many bytes, its time set back',
      false,
      (path) => {
        const { atime, mtime } = statSync(path);
        writeFileSync(path, other);
        utimesSync(path, atime, mtime);
      },
    ],
    ['replaced by another', false, (path) => renameSync(temporaryFile(other), path)],
    [
      'replaced by a link to another',
      false,
      (path) => {
        rmSync(path);
        symlinkSync(temporaryFile(other), path);
      },
    ],
    ['cut short', false, (path) => truncateSync(path, 2 ** 20)],
    ['emptied', false, (path) => truncateSync(path, 0)],
  ])('%s is told apart: %s', async (_, same, change) => {
    const { path, file } = await settledFile();
    expect(await file.isCurrent()).toBe(true);
    change(path);
    expect(await file.isCurrent()).toBe(same);
    // Asking again gives the same answer, and nothing is hashed twice.
    expect(await file.isCurrent()).toBe(same);
  });

  it('is itself again when its bytes are back', async () => {
    const { path, file } = await settledFile();
    writeFileSync(path, other);
    expect(await file.isCurrent()).toBe(false);
    writeFileSync(path, bytes);
    expect(await file.isCurrent()).toBe(true);
  });

  it('that was written a moment before it was hashed is not taken for what stands there within the same tick', async () => {
    const path = temporaryFile(bytes);
    const file = await hashed(path);
    writeFileSync(path, other);
    expect(await file.isCurrent()).toBe(false);
  });
});

describe('work that reads the file', () => {
  it('is done once when nothing happens', async () => {
    const { file } = await settledFile();
    let count = 0;
    expect(await file.steadily(async () => ++count, { thorough: true })).toBe(1);
  });

  it('is refused when the file is another one before, after, or for a while in between', async () => {
    for (const [before, meanwhile] of [
      [[other], []],
      [[], [other]],
      [[], [other, bytes]],
    ]) {
      const { path, file } = await settledFile();
      for (const content of before) writeFileSync(path, content);
      const work = file.steadily(async () => {
        for (const content of meanwhile) {
          writeFileSync(path, content);
          await new Promise((resolve) => setTimeout(resolve, 20));
        }
      });
      await expect(work).rejects.toMatchObject({ problem: { code: 'modelChanged' } });
    }
  });

  it.skipIf(platform() === 'win32')(
    'is done once more when only the stamps changed, as those of a deleted file',
    async () => {
      const { path, file } = await settledFile();
      let count = 0;
      const result = await file.steadily(async () => {
        if (++count === 1) rmSync(path);
        return count;
      });
      expect(result).toBe(2);
    },
  );

  it('fails with its own problem, unless the file was what failed it', async () => {
    const { path, file } = await settledFile();
    const failing = () => Promise.reject(new Error('its own'));
    await expect(file.steadily(failing)).rejects.toThrow('its own');
    const torn = () => {
      truncateSync(path, 5);
      return failing();
    };
    await expect(file.steadily(torn)).rejects.toMatchObject({ problem: { code: 'modelChanged' } });
  });
});
