/** Puts the selected text of any editor under the lens; without a selection, the line. */

import { editorInFront } from '../addressed';
import { commandIds } from '../ids';
import type { Command } from './command';

export const explainSelection: Command = {
  id: commandIds.explainSelection,
  run: (lens, asker) => {
    const editor = editorInFront(lens, asker);
    const { document, selection } = editor;
    const chosen = selection.isEmpty ? document.lineAt(selection.active.line).range : selection;
    lens.explain(document, [document.offsetAt(chosen.start), document.offsetAt(chosen.end)]);
  },
};
