/** Makes the likeliest next token the target again. */
import { addressedAndShown } from '../addressed';
import { commandIds } from '../ids';
import type { Command } from './command';

export const clearTarget: Command = {
  id: commandIds.clearTarget,
  run: (lens, asker) => addressedAndShown(lens, asker).session.setTarget({}),
};
