/**
 * Finds where an output would go, and whether it may be written there, before anything is computed for it. A link is followed, so
 * that it stays a link; a device or a pipe is written directly.
 */
import { constants, type Stats } from 'node:fs';
import { access, lstat, readlink, realpath, stat } from 'node:fs/promises';
import { basename, dirname, resolve } from 'node:path';
import { type Clause, type ClauseKey, clause, saidBy } from '../protocol/clauses';
import { ProblemError } from '../protocol/problem';

export interface Place {
  /** The path as the user wrote it, for messages. */
  path: string;
  /** The path behind every link. */
  target: string;
  /** file = replaced as a whole; stream = a device, a pipe or an open file of this process, written from front to back. */
  kind: 'file' | 'stream';
  /** The mode of the file that is replaced; null when there is none. */
  mode: number | null;
}

/** More links in a row are taken for a circle. */
const mostLinks = 40;

/** Throws `outputNotPossible`, `outputIsFolder`, `outputProtected`, `folderMissing`, `diskFull` or `fileNotWritten`, all naming `path`. */
export async function placeOf(path: string): Promise<Place> {
  try {
    const reserved = reservedOnWindows(basename(path));
    if (process.platform === 'win32' && reserved) throw impossible(path, reserved);
    const found = await entryAt(path);
    if (found?.isDirectory()) throw new ProblemError('outputIsFolder', [path]);
    const ofProcess = process.platform !== 'win32' && /^\/(dev|proc)\//.test(resolve(path));
    if (found && (ofProcess || !found.isFile())) return { path, target: path, kind: 'stream', mode: null };
    const target = found ? await realpath(path) : await behindLinks(path);
    if (found && (found.mode & 0o222) === 0) throw new ProblemError('outputProtected', [path]);
    const folder = await stat(dirname(target));
    if (!folder.isDirectory()) throw Object.assign(new Error(), { code: 'ENOTDIR' });
    await access(dirname(target), constants.W_OK);
    if (found) await access(target, constants.W_OK);
    return { path, target, kind: 'file', mode: found ? found.mode & 0o7777 : null };
  } catch (error) {
    throw notWritten(path, error);
  }
}

async function entryAt(path: string): Promise<Stats | null> {
  try {
    return await stat(path);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return null;
    throw error;
  }
}

/** The path to which links lead although nothing exists there yet. */
async function behindLinks(path: string): Promise<string> {
  let at = resolve(path);
  for (let step = 0; step < mostLinks; step++) {
    const link = await lstat(at).then(
      (entry) => entry.isSymbolicLink(),
      () => false,
    );
    if (!link) return at;
    at = resolve(dirname(at), await readlink(at));
  }
  throw Object.assign(new Error(), { code: 'ELOOP' });
}

const deviceNames = /^(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])(\..*)?$/i;

/** Why Windows would refuse a name or change it; null where it takes the name as it is. */
export function reservedOnWindows(name: string): Clause | null {
  if (deviceNames.test(name)) return clause('deviceName');
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are the characters that Windows forbids
  if (/[<>:"|?*\u0000-\u001f]/.test(name)) return clause('nameCharacter');
  return /[. ]$/.test(name) ? clause('nameEnd') : null;
}

/** Turns the system's error about a file that could not be written into a problem with a remedy; a problem is returned unchanged. */
export function notWritten(path: string, error: unknown): ProblemError {
  if (error instanceof ProblemError) return error;
  switch (codeOf(error)) {
    case 'ENOSPC':
    case 'EDQUOT':
      return new ProblemError('diskFull', [path]);
    case 'ENOENT':
      return new ProblemError('folderMissing', [path]);
    case 'EISDIR':
      return new ProblemError('outputIsFolder', [path]);
    case 'ENAMETOOLONG':
      return impossible(path, clause('nameTooLong'));
    case 'ELOOP':
      return impossible(path, clause('linksInCircle'));
    case 'ESPIPE':
      return impossible(path, clause('notPlainFile'));
    default:
      return new ProblemError('fileNotWritten', [path, systemReason(error)]);
  }
}

export const impossible = (path: string, cause: Clause) => new ProblemError('outputNotPossible', [path, cause]);

/** The operating system's error about a file, in words. */
export function systemReason(error: unknown): Clause {
  const reasons: Record<string, ClauseKey> = {
    ENOENT: 'noSuchFile',
    EISDIR: 'isFolder',
    EACCES: 'permissionDenied',
    EPERM: 'permissionDenied',
    ENOSPC: 'diskFull',
    EDQUOT: 'diskFull',
    EFBIG: 'diskTakesNoSuchSize',
    EROFS: 'diskReadOnly',
    ENOTDIR: 'pathNoFolder',
    EBUSY: 'inUse',
    EIO: 'diskError',
    ENAMETOOLONG: 'nameTooLong',
    ELOOP: 'linksInCircle',
  };
  const reason = reasons[codeOf(error)];
  return reason ? clause(reason) : saidBy(error);
}

const codeOf = (error: unknown): string => (error as NodeJS.ErrnoException | undefined)?.code ?? '';
