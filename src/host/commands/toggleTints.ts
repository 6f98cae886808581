/** Turns tints in the text on or off; turning them on analyses the active prompt even without a panel. */
import { commandIds, settingIds } from '../ids';
import { writeSetting } from '../settings';
import type { Command } from './command';

export const toggleTints: Command = {
  id: commandIds.toggleTints,
  run: async (lens) => {
    const on = !lens.tintsShown;
    if (on) lens.askForTints();
    if (on !== lens.settings.tints) await writeSetting(settingIds.tintsEnabled, on);
  },
};
