/** Opens the panel on the Lie Detector tab. */
import { commandIds } from '../ids';
import type { Command } from './command';

export const showLieDetector: Command = {
  id: commandIds.showLieDetector,
  run: (lens, asker) => void lens.openPanel('lie', asker),
};
