/** Forgets the baseline of the current panel. */
import { commandIds } from '../ids';
import type { Command } from './command';

export const clearBaseline: Command = {
  id: commandIds.clearBaseline,
  run: (lens) => lens.current.session.setBaseline(null),
};
