/**
 * The folder of compiled graphs as a whole: where it is, what it holds, and what may be removed. A folder is renamed before it is
 * removed, so that no process finds half of it. A running engine has already read what it needs, and compiles again what it later
 * finds missing. A half-written folder belongs to its maker for as long as that process lives. Engine only.
 */
import { randomUUID } from 'node:crypto';
import { mkdir, readdir, rename, rm, stat, statfs } from 'node:fs/promises';
import { homedir, platform } from 'node:os';
import { dirname, join } from 'node:path';
import type { EngineApi } from '../analysis/contracts';
import { ProblemError } from '../protocol/problem';
import { sizeText } from '../protocol/sizeText';
import { lifeOf, ownerPattern, ownOwner } from './processOwner';

/** This file is in every finished folder; its time tells when the folder was last used. */
export const stampName = 'complete.json';

/**
 * A folder takes half a gigabyte, and those of other versions of a model or of this program are never found again, so they are
 * removed after a month.
 */
const unusedAfterMs = 30 * 24 * 3600_000;
/** For half-written folders whose maker may or may not live: no compilation goes this long without a write. */
const silentAfterMs = 24 * 3600_000;

const wholePattern = /^[0-9a-f]{32}$/;
/** The owner is optional, since earlier versions wrote names without one. */
const partPattern = new RegExp(
  `^[0-9a-f]{32}(?:\\.[0-9a-f]{32}\\.onnx)?\\.[0-9a-f]{8}(?:\\.(${ownerPattern}))?\\.tmp(?:\\.old)?$`,
);

/** Bytes that stay free on the disk beside what is written. */
const reserveBytes = 64e6;
const defaultLimitGb = 20;

/** PROMPT_LENS_CACHE, or the system's own place for caches. */
export function defaultFolder(): string {
  if (process.env.PROMPT_LENS_CACHE) return process.env.PROMPT_LENS_CACHE;
  if (platform() === 'win32') return join(process.env.LOCALAPPDATA ?? homedir(), 'prompt-lens', 'cache');
  if (platform() === 'darwin') return join(homedir(), 'Library', 'Caches', 'prompt-lens');
  return join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'prompt-lens');
}

/** Bytes that all compiled graphs may take together. `asked`: gigabytes of the setting; null = PROMPT_LENS_CACHE_LIMIT, or 20. */
export function limitBytes(asked: number | null | undefined): number {
  const named = Number(process.env.PROMPT_LENS_CACHE_LIMIT || Number.NaN);
  const limit = [asked, named].find((gigabytes) => typeof gigabytes === 'number' && gigabytes > 0);
  return (limit ?? defaultLimitGb) * 1e9;
}

/** A name beside `path` for a folder or file that is not complete yet, or is about to be removed. */
export const partName = (path: string): string => `${path}.${randomUUID().slice(0, 8)}.${ownOwner()}.tmp`;

interface Whole {
  path: string;
  bytes: number;
  usedMs: number;
}

/** Finished folders, the one unused for longest first. */
async function wholeFolders(parent: string): Promise<Whole[]> {
  const names = (await readdir(parent).catch(() => [])).filter((name) => wholePattern.test(name));
  const folders = await Promise.all(
    names.map(async (name) => {
      const path = join(parent, name);
      const used = await stat(join(path, stampName)).catch(() => null);
      return { path, bytes: await bytesOf(path), usedMs: used?.mtimeMs ?? 0 };
    }),
  );
  return folders.sort((a, b) => a.usedMs - b.usedMs);
}

type Request = EngineApi['requests']['compiledGraphs'];

/** Answers the request `compiledGraphs`. Folders that cannot be removed stay whole, and folders that are being written stay. */
export async function compiledGraphs({ folder: asked, limitGb, clear }: Request['params']): Promise<Request['result']> {
  const folder = asked ?? defaultFolder();
  let freedBytes = 0;
  if (clear) {
    freedBytes = await removeParts(folder, null);
    for (const { path, bytes } of await wholeFolders(folder)) if (await removeWhole(path)) freedBytes += bytes;
  }
  const bytes = (await wholeFolders(folder)).reduce((sum, each) => sum + each.bytes, 0);
  return { folder, bytes, freedBytes, limitBytes: limitBytes(limitGb) };
}

/**
 * Makes room before `needed` bytes are written for `name`: removes the folders unused for longest where the limit requires it, and
 * refuses what the disk or the limit has no room for. `own`: folders that stay. Throws `cacheLimited`, `cacheDiskFull`.
 */
export async function makeRoom(
  parent: string,
  { name, needed, limit, own }: { name: string; needed: number; limit: number; own: readonly string[] },
): Promise<void> {
  if (needed > limit) throw new ProblemError('cacheLimited', [name, sizeText(needed), sizeText(limit)]);
  const folders = await wholeFolders(parent);
  let total = folders.reduce((sum, { bytes }) => sum + bytes, 0);
  for (const { path, bytes } of folders) {
    if (total + needed <= limit) break;
    if (!own.includes(path) && (await removeWhole(path))) total -= bytes;
  }
  const free = await freeBytes(parent);
  if (free !== null && needed + reserveBytes > free) {
    throw new ProblemError('cacheDiskFull', [name, sizeText(needed), sizeText(free), parent]);
  }
}

/** Whether `needed` bytes may be written at all. */
export async function hasRoom(parent: string, needed: number, limit: number): Promise<boolean> {
  const free = await freeBytes(parent);
  return needed <= limit && (free === null || needed + reserveBytes <= free);
}

/** Bytes free to this user on the disk that the folder is or will be on; null where the system does not tell. */
async function freeBytes(folder: string): Promise<number | null> {
  try {
    const { bavail, blocks, bsize } = await statfs(folder);
    // Some file systems in user space report no blocks at all.
    return blocks > 0 ? bavail * bsize : null;
  } catch (error) {
    const parent = dirname(folder);
    const missing = (error as NodeJS.ErrnoException).code === 'ENOENT' && parent !== folder;
    return missing ? freeBytes(parent) : null;
  }
}

/**
 * Removes what ended processes left half-written; resolves with the bytes freed. `now`: the file system's own time, by which
 * leftovers are judged whose maker cannot be looked up; null = they stay.
 */
export async function removeParts(parent: string, now: number | null): Promise<number> {
  let freed = 0;
  const within = (await readdir(parent).catch(() => [])).filter((name) => wholePattern.test(name));
  for (const folder of [parent, ...within.map((name) => join(parent, name))]) {
    for (const name of await readdir(folder).catch(() => [])) {
      const part = folder === parent ? partPattern.exec(name) : partPattern.exec(`${'0'.repeat(32)}.${name}`);
      if (!part) continue;
      const path = join(folder, name);
      const life = part[1] === undefined ? 'elsewhere' : lifeOf(part[1]);
      const silent = life === 'elsewhere' && now !== null && now - (await latest(path)) > silentAfterMs;
      if (life !== 'ended' && !silent) continue;
      const bytes = await bytesOf(path);
      await rm(path, { recursive: true, force: true }).then(
        () => {
          freed += bytes;
        },
        () => {},
      );
    }
  }
  return freed;
}

/** Removes whole folders that have not been used for a month. */
export async function removeUnused(parent: string, now: number): Promise<void> {
  for (const { path, usedMs } of await wholeFolders(parent)) {
    if (usedMs > 0 && now - usedMs > unusedAfterMs) await removeWhole(path);
  }
}

/** Renames the folder before removing it: where the system refuses because a file of it is open, all of it stays. */
async function removeWhole(path: string): Promise<boolean> {
  const aside = partName(path);
  try {
    await rename(path, aside);
  } catch {
    return false;
  }
  await rm(aside, { recursive: true, force: true }).catch(() => {});
  return true;
}

/** A new folder of this process beside `path`, and the file system's time at which it was made. */
export async function makePart(path: string): Promise<{ temporary: string; now: number }> {
  const temporary = partName(path);
  await makeFolder(temporary);
  return { temporary, now: (await stat(temporary)).mtimeMs };
}

/**
 * Makes a folder with its parents. Node's recursive mkdir never returns where the parent exists but takes no new folders, as in
 * /proc.
 */
async function makeFolder(path: string): Promise<void> {
  try {
    await mkdir(path);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST') return;
    if (code !== 'ENOENT' || dirname(path) === path) throw error;
    await makeFolder(dirname(path));
    await mkdir(path);
  }
}

async function filesOf(path: string): Promise<string[]> {
  const names = await readdir(path).catch(() => null);
  return names === null ? [path] : [path, ...names.map((name) => join(path, name))];
}

async function bytesOf(path: string): Promise<number> {
  const sizes = (await filesOf(path)).map((file) =>
    stat(file).then(
      (at) => (at.isFile() ? at.size : 0),
      () => 0,
    ),
  );
  return (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0);
}

/** When any file of it was last written; Infinity where all of it is gone. */
async function latest(path: string): Promise<number> {
  const times = (await filesOf(path)).map((file) =>
    stat(file).then(
      (at) => at.mtimeMs,
      () => 0,
    ),
  );
  return Math.max(...(await Promise.all(times))) || Number.POSITIVE_INFINITY;
}
