/** Reads the small files that a prompt names: its values and its partials. Nothing outside the prompt's own folder tree is read. */
import { readFileSync, realpathSync, statSync } from 'node:fs';
import { dirname, isAbsolute, resolve, sep } from 'node:path';

/** Bytes; values and partials are short, and a file is read in the extension host while somebody types. */
const maxBytes = 2 ** 20;

/**
 * Reads a file by its path relative to the prompt's folder; null where it is missing, is no plain file, is too large, is not UTF-8, or lies
 * outside that folder, links followed.
 */
export function besideReader(promptPath: string): (path: string) => string | null {
  return (path) => {
    if (isAbsolute(path) || path.includes('\0')) return null;
    try {
      const folder = realpathSync(dirname(resolve(promptPath)));
      const file = realpathSync(resolve(folder, path));
      const stat = statSync(file);
      if (!file.startsWith(folder.endsWith(sep) ? folder : folder + sep) || !stat.isFile() || stat.size > maxBytes)
        return null;
      return new TextDecoder('utf-8', { fatal: true }).decode(readFileSync(file)).replace(/\r\n?/g, '\n');
    } catch {
      return null;
    }
  };
}
