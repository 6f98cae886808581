/** Tells whether two paths name one file, however they are spelt, so that an output never overwrites its own input. */
import { fstat } from 'node:fs';
import { readlink, realpath, stat } from 'node:fs/promises';
import { basename, dirname, resolve } from 'node:path';
import { promisify } from 'node:util';

const fromDescriptor = promisify(fstat);

/**
 * Equal for two names of one file: links of either kind, relative paths, other letter case where the disk ignores it, a file that
 * does not exist yet. Null where there is nothing to lose: a device, a pipe, a folder.
 */
export async function identityOf(path: string, links = 0): Promise<string | null> {
  const entry = await stat(path, { bigint: true }).catch(() => null);
  if (entry) {
    if (!entry.isFile()) return null;
    // Some network disks report no inode numbers.
    return entry.ino > 0n ? `${entry.dev}:${entry.ino}` : folded(await realpath(path));
  }
  const link = links < 40 ? await readlink(path).catch(() => null) : null;
  if (link !== null) return identityOf(resolve(dirname(path), link), links + 1);
  const folder = await realpath(dirname(path)).catch(() => resolve(dirname(path)));
  return folded(`${folder}/${basename(path)}`);
}

/** The identity of a file that was given to this process as a stream, for instance by `< prompt.txt`. */
export async function identityOfDescriptor(descriptor: number): Promise<string | null> {
  const entry = await fromDescriptor(descriptor, { bigint: true }).catch(() => null);
  return entry?.isFile() ? `${entry.dev}:${entry.ino}` : null;
}

/** Spellings that the file system treats as the same become equal. */
function folded(path: string): string {
  const ignoresCase = process.platform === 'win32' || process.platform === 'darwin';
  return ignoresCase ? path.normalize('NFC').toLowerCase() : path;
}
