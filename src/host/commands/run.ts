/** Computes what the panel shows, live or not, also after a failure. */

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
    // Units by selection: what is selected now, not when the unit was chosen.
    if (session.state.intent.saliency.by === 'selection' && selected.length > 0) session.setUnits(selected);
    session.run();
  },
};
