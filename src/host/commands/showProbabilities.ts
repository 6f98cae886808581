/** Opens the panel on the Probabilities tab. */
import { commandIds } from '../ids';
import type { Command } from './command';

export const showProbabilities: Command = {
  id: commandIds.showProbabilities,
  run: (lens, asker) => void lens.openPanel('probabilities', asker),
};
