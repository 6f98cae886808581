/** Turns live updates on or off. */

import { commandIds, settingIds } from '../ids';
import { writeSetting } from '../settings';
import type { Command } from './command';

export const toggleLive: Command = {
  id: commandIds.toggleLive,
  run: (lens) => writeSetting(settingIds.liveEnabled, !lens.settings.live),
};
