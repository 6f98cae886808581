/** The program that runs the command line where a copied line is pasted. */
import { access, constants } from 'node:fs/promises';
import path from 'node:path';

const installedName = 'prompt-lens';

export interface TerminalProgram {
  /** Folder of the extension. */
  extension: string;
  /** Folder that a terminal opens in, where it is certain. */
  folder: string | null;
  env: Readonly<Record<string, string | undefined>>;
  platform: string;
}

/**
 * `prompt-lens` where a terminal finds it, or else `node` and the command line in the extension's folder; in an open checkout, a relative
 * path.
 */
export async function programFor({ extension, folder, env, platform }: TerminalProgram): Promise<string[]> {
  if (await isInstalled(env, platform)) return [installedName];
  return ['node', folder === extension ? 'dist/cli.js' : path.join(extension, 'dist', 'cli.js')];
}

async function isInstalled(env: TerminalProgram['env'], platform: string): Promise<boolean> {
  const windows = platform === 'win32';
  const folders = (env.PATH ?? env.Path ?? '').split(windows ? ';' : ':').filter((folder) => folder !== '');
  const endings = windows ? (env.PATHEXT ?? '.COM;.EXE;.BAT;.CMD').split(';') : [''];
  const places = folders.flatMap((folder) => endings.map((ending) => path.join(folder, `${installedName}${ending}`)));
  const found = await Promise.all(places.map((place) => runs(place)));
  return found.includes(true);
}

/** Windows has no permission to execute: there it is enough that the file exists. */
function runs(place: string): Promise<boolean> {
  return access(place, constants.X_OK).then(
    () => true,
    () => false,
  );
}
