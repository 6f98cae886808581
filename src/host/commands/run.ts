/** Computes what the panel shows, live or not, also after a failure. */
import { ProblemError } from '../../protocol/problem';
import { commandIds } from '../ids';
import type { Command } from './command';

export const run: Command = {
  id: commandIds.run,
  run: (lens) => {
    if (!lens.current.session.source) throw new ProblemError('noPrompt');
    lens.current.session.run();
  },
};
