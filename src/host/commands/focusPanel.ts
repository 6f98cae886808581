/** Moves the keyboard into the panel, which then shows the text that the user comes from; opens the panel if there is none. */
import { commandIds } from '../ids';
import type { Command } from './command';

export const focusPanel: Command = {
  id: commandIds.focusPanel,
  run: (lens, asker) => lens.openPanel(undefined, asker).panel?.focus(),
};
