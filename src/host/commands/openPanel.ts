/** Opens the panel beside the active text; from the panel's own page, it turns to the text that the user came from. */
import { commandIds } from '../ids';
import type { Command } from './command';

export const openPanel: Command = {
  id: commandIds.openPanel,
  run: (lens, asker) => {
    if (asker === lens.main) lens.showBehind();
    else lens.openPanel(undefined, asker);
  },
};
