/** Locks the token at the cursor, or the one whose position is handed over by the hover. */
import * as vscode from 'vscode';
import { ProblemError } from '../../protocol/problem';
import { tokenUnderCursor } from '../editor/cursorSelection';
import { commandIds } from '../ids';
import type { Command } from './command';

export const lockToken: Command = {
  id: commandIds.lockToken,
  run: (lens, position) => {
    const editor = vscode.window.activeTextEditor;
    const view = editor && lens.viewOf(editor.document);
    if (view && typeof position === 'number') view.session.select({ locked: position }, 'host');
    else {
      const found = editor && tokenUnderCursor(lens, editor);
      if (!found) throw new ProblemError('noResult');
      found.session.select({ locked: found.position }, 'host');
    }
  },
};
