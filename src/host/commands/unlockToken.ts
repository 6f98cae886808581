/** Releases the locked token; bound to Esc. */
import { commandIds } from '../ids';
import type { Command } from './command';

export const unlockToken: Command = {
  id: commandIds.unlockToken,
  run: (lens) => {
    for (const { session } of lens.views()) session.select({ locked: null }, 'host');
  },
};
