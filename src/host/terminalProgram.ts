/** What runs the command line where a copied line is pasted. Used by commands/copyCommandLine.ts. */
import { access, constants } from 'node:fs/promises';
import path from 'node:path';

const installedName = 'prompt-lens';

export interface TerminalProgram {
  /** Folder of the extension. */
  extension: string;
  /** Folder that a terminal opens in, where that is sure. */
  folder: string | null;
  env: Readonly<Record<string, string | undefined>>;
  platform: string;
}

/** `prompt-lens` where a terminal finds it, else `node` and the command line beside the extension: from a checkout that is open, a path in it. */
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

/** Windows knows no right to run: there it is enough that the file is there. */
function runs(place: string): Promise<boolean> {
  return access(place, constants.X_OK).then(
    () => true,
    () => false,
  );
}
