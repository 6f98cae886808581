/** Shows the text under the lens as plain text, front matter, tags and quotes included, for a file that its format's reader refuses. */

import { ProblemError } from '../../protocol/problem';
import { addressed } from '../addressed';
import { commandIds } from '../ids';
import type { Command } from './command';

export const showAsText: Command = {
  id: commandIds.showAsText,
  run: (lens, asker) => {
    const view = addressed(lens, asker);
    if (!view.session.source) throw new ProblemError('noPrompt');
    lens.showAsItStands(view);
  },
};
