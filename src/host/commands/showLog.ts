/** Shows what the engine and the extension have written. */
import { commandIds } from '../ids';
import type { Command } from './command';

export const showLog: Command = {
  id: commandIds.showLog,
  run: (lens) => lens.log.show(),
};
