/** Opens the panel on the Probabilities tab. From the code lens, which names its text, it leads to the figures that the lens sums up. */
import { commandIds } from '../ids';
import type { Command } from './command';

export const showProbabilities: Command = {
  id: commandIds.showProbabilities,
  run: (lens, asker) => {
    const { panel } = lens.openPanel('probabilities', asker);
    if (typeof asker === 'string') panel?.showFigures();
  },
};
