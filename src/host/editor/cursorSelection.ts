/**
 * The editor's cursor and the panel's selection are one: moving the cursor lights a token up, and locks it if the user set it so.
 */
import * as vscode from 'vscode';
import type { Lens } from '../lens';
import { shownProbabilities } from './shownProbabilities';
import { tokenAtCursor } from './tokenMap';

/** The token at the cursor of an editor whose prompt is under the lens; null where no token stands. */
export function tokenUnderCursor(lens: Lens, editor: vscode.TextEditor) {
  const shown = shownProbabilities(lens, editor.document);
  const offset = shown?.toAnalysed(editor.selection.active) ?? null;
  const position = shown && offset !== null ? tokenAtCursor(shown.data.prompt, offset) : null;
  return shown && position !== null && position < shown.exact ? { session: shown.view.session, position } : null;
}

export function followCursor(lens: Lens): vscode.Disposable {
  return vscode.window.onDidChangeTextEditorSelection(({ textEditor, kind }) => {
    const view = lens.viewOf(textEditor.document);
    if (!view) return;
    const found = tokenUnderCursor(lens, textEditor);
    // A selection made by the panel (no kind) comes from a token that is locked already.
    const locks = lens.settings.followCursor && kind !== undefined && found !== null;
    const hover = found?.position ?? null;
    view.session.select(locks ? { hover, locked: hover } : { hover }, 'host');
  });
}
