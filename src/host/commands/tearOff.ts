/** Opens the current tab in a panel of its own that stays with its prompt. */
import { commandIds } from '../ids';
import type { Command } from './command';

export const tearOff: Command = {
  id: commandIds.tearOff,
  run: (lens) => lens.tearOff(),
};
