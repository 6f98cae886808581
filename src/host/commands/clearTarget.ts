/** The likeliest next token is the target again. */
import { commandIds } from '../ids';
import type { Command } from './command';

export const clearTarget: Command = {
  id: commandIds.clearTarget,
  run: (lens) => lens.current.session.setTarget({}),
};
