/** Opens the panel on the tab Saliency: which words the answer hangs on. */
import { commandIds } from '../ids';
import type { Command } from './command';

export const whyThisAnswer: Command = {
  id: commandIds.whyThisAnswer,
  run: (lens, asker) => void lens.openPanel('saliency', asker),
};
