/** Opens the Probabilities tab and continues the prompt. */
import { commandIds } from '../ids';
import type { Command } from './command';

export const generate: Command = {
  id: commandIds.generate,
  run: (lens, asker) => {
    lens.openPanel('probabilities', asker).panel?.generate();
  },
};
