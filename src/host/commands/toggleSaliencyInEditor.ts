/** The scores of the Saliency tab in the text itself, on or off; turned on before there are any, it opens the tab. */
import { commandIds } from '../ids';
import { shownData } from '../session/viewState';
import type { Command } from './command';

export const toggleSaliencyInEditor: Command = {
  id: commandIds.toggleSaliencyInEditor,
  run: (lens) => {
    const { session } = lens.current;
    const { saliency } = session.state.intent;
    const inEditor = !saliency.inEditor;
    lens.change(lens.current, { saliency: { ...saliency, inEditor } });
    if (inEditor && shownData(session.state.saliency) === null) lens.openPanel('saliency');
  },
};
