/** Opens the panel on the Patching tab. */
import { commandIds } from '../ids';
import type { Command } from './command';

export const showPatching: Command = {
  id: commandIds.showPatching,
  run: (lens, asker) => void lens.openPanel('patching', asker),
};
