/** Turns the Saliency tab's scores in the text on or off; turned on before there are any, it opens the tab. */
import { addressed } from '../addressed';
import { commandIds } from '../ids';
import { shownData } from '../session/shownState';
import type { Command } from './command';

export const toggleSaliencyInEditor: Command = {
  id: commandIds.toggleSaliencyInEditor,
  run: (lens, asker) => {
    const view = addressed(lens, asker);
    const { session } = view;
    const { saliency } = session.state.intent;
    const inEditor = !saliency.inEditor;
    lens.change(view, { saliency: { ...saliency, inEditor } });
    if (inEditor && shownData(session.state.saliency) === null) lens.openPanel('saliency', asker);
  },
};
