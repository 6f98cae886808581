/** Goes from a panel to its text, in the text's editor. */
import { ProblemError } from '../../protocol/problem';
import { showDocument } from '../editor/showDocument';
import { commandIds } from '../ids';
import type { Command } from './command';

export const goToFile: Command = {
  id: commandIds.goToFile,
  run: async (lens, asker) => {
    // From a panel, the command goes to that panel's text; from anywhere else, to the current panel's text, not to the one the user is in.
    const view = lens.views().find((each) => each === asker) ?? lens.current;
    const document = view.tracker.shown;
    if (!document) throw new ProblemError('noPrompt');
    await showDocument(document);
  },
};
