/** Opens the panel on the Embeddings tab. */
import { commandIds } from '../ids';
import type { Command } from './command';

export const showEmbeddings: Command = {
  id: commandIds.showEmbeddings,
  run: (lens, asker) => void lens.openPanel('embeddings', asker),
};
