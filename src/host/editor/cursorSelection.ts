/**
 * Couples the editor's cursor with the panel's selection: moving the cursor highlights a token, and locks it if the user's settings say so.
 */
import * as vscode from 'vscode';
import type { Prompt } from '../../protocol/model';
import type { Lens } from '../lens';
import { shownProbabilities } from './shownProbabilities';
import { tokenAtCursor } from './tokenMap';

/** The token at the cursor of an editor whose prompt is under the lens; null where there is no token. */
export function tokenUnderCursor(lens: Lens, editor: vscode.TextEditor) {
  const shown = shownProbabilities(lens, editor.document);
  const offset = shown?.toAnalysed(editor.selection.active) ?? null;
  const position = shown && offset !== null ? tokenAtCursor(shown.data.prompt, offset) : null;
  return shown && position !== null && position < shown.exact ? { session: shown.view.session, position } : null;
}

/** The panel shows a longer prompt a window at a time, so that it has to know where the cursor stands before it moves. */
const windowTokens = 2000;

export function followCursor(lens: Lens): vscode.Disposable {
  return vscode.Disposable.from(followMoves(lens), showStart(lens));
}

/** Shows the token under the cursor with each new result of a prompt that is longer than a window. */
function showStart(lens: Lens): vscode.Disposable {
  const seen = new WeakSet<Prompt>();
  return lens.onDidSettle(() => {
    for (const editor of vscode.window.visibleTextEditors) {
      const prompt = shownProbabilities(lens, editor.document)?.data.prompt;
      if (!prompt || prompt.tokens.length <= windowTokens || seen.has(prompt)) continue;
      seen.add(prompt);
      const found = tokenUnderCursor(lens, editor);
      if (found) found.session.select({ hover: found.position }, 'host');
    }
  });
}

function followMoves(lens: Lens): vscode.Disposable {
  return vscode.window.onDidChangeTextEditorSelection(({ textEditor, kind }) => {
    const view = lens.viewOf(textEditor.document);
    if (!view) return;
    const found = tokenUnderCursor(lens, textEditor);
    // A selection made by the panel (no kind) comes from a token that is already locked.
    const locks = lens.settings.followCursor && kind !== undefined && found !== null;
    const hover = found?.position ?? null;
    view.session.select(locks ? { hover, locked: hover } : { hover }, 'host');
  });
}
