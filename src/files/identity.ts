/** Whether two paths name one file, however they are spelt. For the checks that keep an output from its own input. */
import { fstat } from 'node:fs';
import { readlink, realpath, stat } from 'node:fs/promises';
import { basename, dirname, resolve } from 'node:path';
import { promisify } from 'node:util';

const fromDescriptor = promisify(fstat);

/**
 * Equal for two names of one file: links of either kind, relative paths, other letter case where the disk ignores it, a file that is
 * not there yet. Null for what holds nothing that could be lost: a device, a pipe, a folder.
 */
export async function identityOf(path: string, links = 0): Promise<string | null> {
  const entry = await stat(path, { bigint: true }).catch(() => null);
  if (entry) {
    if (!entry.isFile()) return null;
    // Some network disks number nothing.
    return entry.ino > 0n ? `${entry.dev}:${entry.ino}` : folded(await realpath(path));
  }
  const link = links < 40 ? await readlink(path).catch(() => null) : null;
  if (link !== null) return identityOf(resolve(dirname(path), link), links + 1);
  const folder = await realpath(dirname(path)).catch(() => resolve(dirname(path)));
  return folded(`${folder}/${basename(path)}`);
}

/** Of the file that was given to this process as a stream, for instance by `< prompt.txt`. */
export async function identityOfDescriptor(descriptor: number): Promise<string | null> {
  const entry = await fromDescriptor(descriptor, { bigint: true }).catch(() => null);
  return entry?.isFile() ? `${entry.dev}:${entry.ino}` : null;
}

/** Two spellings that one of these systems would take for the same. */
function folded(path: string): string {
  const ignoresCase = process.platform === 'win32' || process.platform === 'darwin';
  return ignoresCase ? path.normalize('NFC').toLowerCase() : path;
}
