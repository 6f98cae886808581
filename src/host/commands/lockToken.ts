/** Locks the token at the cursor, or the one whose position the hover passes in. */
import * as vscode from 'vscode';
import { ProblemError } from '../../protocol/problem';
import { textInFront } from '../addressed';
import { tokenUnderCursor } from '../editor/cursorSelection';
import { commandIds } from '../ids';
import type { Command } from './command';

export const lockToken: Command = {
  id: commandIds.lockToken,
  run: (lens, position, uri) => {
    const editor = vscode.window.activeTextEditor;
    const document = typeof uri === 'string' ? textInFront(lens, uri) : editor?.document;
    const view = document && lens.viewOf(document);
    if (view && typeof position === 'number') view.session.select({ locked: position }, 'host');
    else {
      const found = editor && tokenUnderCursor(lens, editor);
      if (!found) throw new ProblemError('noResult');
      found.session.select({ locked: found.position }, 'host');
    }
  },
};
