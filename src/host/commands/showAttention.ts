/** Opens the panel on the Attention tab. */
import { commandIds } from '../ids';
import type { Command } from './command';

export const showAttention: Command = {
  id: commandIds.showAttention,
  run: (lens, asker) => void lens.openPanel('attention', asker),
};
