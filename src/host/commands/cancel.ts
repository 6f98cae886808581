/** Cancels the current computation. */
import { commandIds } from '../ids';
import type { Command } from './command';

export const cancel: Command = {
  id: commandIds.cancel,
  run: (lens) => {
    for (const { session } of lens.views()) session.cancel();
  },
};
