/** Reads the small files that a prompt names: its values and its partials. Nothing outside the prompt's own folder tree is read. */
import { type Dirent, readdirSync, readFileSync, realpathSync, statSync } from 'node:fs';
import { dirname, isAbsolute, join, resolve, sep } from 'node:path';

/** Bytes; values and partials are short, and a file is read in the extension host while somebody types. */
const maxBytes = 2 ** 20;

/** The most files that are listed, and folders that are looked into: a prompt may lie in a folder of anything. */
const mostListed = 2000;
const mostFolders = 100;

export interface Beside {
  /** The text of a file; null where it is missing, is no plain file, is too large, is not UTF-8, or lies outside the folder, links followed. */
  readBeside: (path: string) => string | null;
  /** The files below a folder, without those in hidden folders and in `node_modules`. */
  listBeside: (folder: string) => string[];
}

export interface BesideOptions {
  /** Texts that count more than the disk, by their absolute path. */
  open?: ReadonlyMap<string, string>;
  /** Is told the absolute path of every file that is asked for, there or not, and of every folder that is listed, with a separator at its end. */
  onAsked?: (path: string) => void;
}

/** Paths are relative to the prompt's folder. */
export function filesBeside(promptPath: string, { open, onAsked = () => {} }: BesideOptions = {}): Beside {
  const folder = dirname(resolve(promptPath));
  return {
    readBeside: (path) => {
      const whole = resolve(folder, path);
      onAsked(whole);
      const text = readBeside(folder, path);
      return text === null ? null : (open?.get(whole)?.replace(/\r\n?/g, '\n') ?? text);
    },
    listBeside: (path) => {
      onAsked(resolve(folder, path) + sep);
      return within(folder, path) === null ? [] : listBelow(folder, path.replace(/\/+$/, ''));
    },
  };
}

/** The real path of a file or folder within the folder; null where there is none. */
function within(folder: string, path: string): string | null {
  if (isAbsolute(path) || path.includes('\0')) return null;
  try {
    const root = realpathSync(folder);
    const real = realpathSync(resolve(root, path));
    return real === root || real.startsWith(root.endsWith(sep) ? root : root + sep) ? real : null;
  } catch {
    return null;
  }
}

function readBeside(folder: string, path: string): string | null {
  const file = within(folder, path);
  if (file === null) return null;
  try {
    const stat = statSync(file);
    if (!stat.isFile() || stat.size > maxBytes) return null;
    return new TextDecoder('utf-8', { fatal: true }).decode(readFileSync(file)).replace(/\r\n?/g, '\n');
  } catch {
    return null;
  }
}

/** Links are not followed, so that no folder is listed twice. */
function listBelow(folder: string, path: string): string[] {
  const files: string[] = [];
  const folders = [path];
  for (let each = 0; each < folders.length && each < mostFolders && files.length < mostListed; each++) {
    const prefix = folders[each] === '' ? '' : `${folders[each]}/`;
    for (const entry of entriesIn(join(folder, folders[each]))) {
      if (entry.isFile()) files.push(prefix + entry.name);
      else if (entry.isDirectory() && !/^\.|^node_modules$/.test(entry.name)) folders.push(prefix + entry.name);
    }
  }
  return files.slice(0, mostListed);
}

function entriesIn(folder: string): Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch {
    return [];
  }
}
