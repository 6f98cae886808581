/** Computes what the panel shows, with or without live updates, and also after a failure. */

import { ProblemError } from '../../protocol/problem';
import { addressed } from '../addressed';
import { selectedRanges } from '../editor/selectedRanges';
import { commandIds } from '../ids';
import type { Command } from './command';

export const run: Command = {
  id: commandIds.run,
  run: (lens, asker) => {
    const view = addressed(lens, asker);
    const { session } = view;
    if (!session.source) throw new ProblemError('noPrompt');
    lens.uncover(view);
    const selected = selectedRanges(session);
    // Units by selection follow the current selection, not the one at the time the unit was chosen.
    if (session.state.intent.saliency.by === 'selection' && selected.length > 0) session.setUnits(selected);
    session.run();
  },
};
