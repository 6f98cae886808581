/** Forgets the baseline of the current panel. */
import { addressedAndShown } from '../addressed';
import { commandIds } from '../ids';
import type { Command } from './command';

export const clearBaseline: Command = {
  id: commandIds.clearBaseline,
  run: (lens, asker) => addressedAndShown(lens, asker).session.setBaseline(null),
};
