/** Opens the panel on the tab Probabilities. */
import { commandIds } from '../ids';
import type { Command } from './command';

export const showProbabilities: Command = {
  id: commandIds.showProbabilities,
  run: (lens) => void lens.openPanel('probabilities'),
};
