/** Opens the current tab in a separate panel that stays with its prompt. */
import { addressed } from '../addressed';
import { commandIds } from '../ids';
import type { Command } from './command';

export const tearOff: Command = {
  id: commandIds.tearOff,
  run: (lens, asker) => lens.tearOff(addressed(lens, asker)),
};
