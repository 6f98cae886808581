/** Shows the log of the engine and the extension. */
import { commandIds } from '../ids';
import type { Command } from './command';

export const showLog: Command = {
  id: commandIds.showLog,
  run: (lens) => lens.log.show(),
};
