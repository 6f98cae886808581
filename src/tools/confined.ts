/** Files that a tool may read: those below the given folders, by their real paths. */
import { realpath, stat } from 'node:fs/promises';
import path from 'node:path';
import { Refusal } from './refusal';

/**
 * The real path of a file. `name` is absolute, or below one of the folders; a refusal names `parameter`. Throws a refusal for anything
 * elsewhere, including behind a symbolic link, and for anything that is not a file.
 */
export async function confined(name: string, folders: readonly string[], parameter: string): Promise<string> {
  const allowed = await Promise.all(folders.filter(isNotWholeDisk).map(withReal));
  const where =
    allowed.length === 0
      ? 'no folder is open to it'
      : `it may lie below ${allowed.map(({ folder }) => folder).join(' or ')}`;
  const candidates = allowed.map(({ folder }) => path.resolve(folder, name));
  const below = candidates.filter((each) =>
    allowed.some(({ folder, real }) => isBelow(each, folder) || isBelow(each, real)),
  );
  if (below.length === 0) throw new Refusal(`"${parameter}" names a file that may not be read, ${name}: ${where}.`);
  for (const candidate of below) {
    const found = await realpath(candidate).catch(() => null);
    if (found === null) continue;
    if (!allowed.some(({ real }) => isBelow(found, real)))
      throw new Refusal(`"${parameter}" names a symbolic link that leads elsewhere, ${name}: ${where}.`);
    if (!(await stat(found)).isFile()) throw new Refusal(`"${parameter}" must name a file, and ${name} is none.`);
    return found;
  }
  throw new Refusal(`"${parameter}" names a file that does not exist, ${name}: ${where}.`);
}

/** Some clients start a program in the root of the disk, which does not mean that the whole disk may be read. */
const isNotWholeDisk = (folder: string): boolean => path.parse(path.resolve(folder)).root !== path.resolve(folder);

async function withReal(folder: string): Promise<{ folder: string; real: string }> {
  const own = path.resolve(folder);
  return { folder: own, real: await realpath(own).catch(() => own) };
}

function isBelow(file: string, folder: string): boolean {
  const relative = path.relative(folder, file);
  return relative !== '' && relative.split(path.sep)[0] !== '..' && !path.isAbsolute(relative);
}
