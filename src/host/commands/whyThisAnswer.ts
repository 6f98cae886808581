/** Opens the panel on the Saliency tab, which shows the words that the answer depends on. */
import { commandIds } from '../ids';
import type { Command } from './command';

export const whyThisAnswer: Command = {
  id: commandIds.whyThisAnswer,
  run: (lens, asker) => void lens.openPanel('saliency', asker),
};
