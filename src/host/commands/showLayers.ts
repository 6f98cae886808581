/** Opens the panel on the Layers tab. */
import { commandIds } from '../ids';
import type { Command } from './command';

export const showLayers: Command = {
  id: commandIds.showLayers,
  run: (lens, asker) => void lens.openPanel('layers', asker),
};
