/** Takes the version of the prompt in the last commit as the baseline. */

import { ProblemError } from '../../protocol/problem';
import { addressed } from '../addressed';
import { commandIds } from '../ids';
import { compareWith } from '../otherBaseline';
import { committedVersion } from '../otherTexts';
import type { Command } from './command';

export const compareWithLastCommit: Command = {
  id: commandIds.compareWithLastCommit,
  run: async (lens, asker) => {
    const view = addressed(lens, asker);
    const { source } = view.session;
    if (!source) throw new ProblemError('noPrompt');
    await compareWith(lens, view, source, await committedVersion(source));
  },
};
