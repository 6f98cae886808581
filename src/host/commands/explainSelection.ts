/** Puts the selected text of any editor under the lens; without a selection, the line. */
import * as vscode from 'vscode';
import { ProblemError } from '../../protocol/problem';
import { commandIds } from '../ids';
import type { Command } from './command';

export const explainSelection: Command = {
  id: commandIds.explainSelection,
  run: (lens) => {
    // A panel that has the focus leaves no editor active.
    const editor = vscode.window.activeTextEditor ?? vscode.window.visibleTextEditors[0];
    if (!editor) throw new ProblemError('noPrompt');
    const { document, selection } = editor;
    const chosen = selection.isEmpty ? document.lineAt(selection.active.line).range : selection;
    lens.explain(document, [document.offsetAt(chosen.start), document.offsetAt(chosen.end)]);
  },
};
