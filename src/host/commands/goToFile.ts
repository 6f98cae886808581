/** From a panel to the text that it shows, in its editor. */
import { ProblemError } from '../../protocol/problem';
import { showDocument } from '../editor/showDocument';
import { commandIds } from '../ids';
import type { Command } from './command';

export const goToFile: Command = {
  id: commandIds.goToFile,
  run: async (lens, asker) => {
    // A panel is left for its text; from anywhere else it is the panel's text that is meant, not the one the user is in.
    const view = lens.views().find((each) => each === asker) ?? lens.current;
    const document = view.tracker.shown;
    if (!document) throw new ProblemError('noPrompt');
    await showDocument(document);
  },
};
