/** Opens the panel beside the active prompt. */
import { commandIds } from '../ids';
import type { Command } from './command';

export const openPanel: Command = {
  id: commandIds.openPanel,
  run: (lens) => void lens.openPanel(),
};
