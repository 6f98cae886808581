/**
 * Opens the panel automatically, once, when a window starts on a prompt file and the setting asks for it, as it does in the examples folder
 * for new users.
 */
import * as vscode from 'vscode';
import type { Lens } from './lens';
import { isPromptDocument } from './promptDocuments';

/** The returned object stops waiting for the first prompt file. */
export function openOnStart(lens: Lens): vscode.Disposable {
  const asked = lens.settings.openOnStart;
  if (!asked || opened(lens, vscode.window.activeTextEditor)) return new vscode.Disposable(() => {});
  const waiting = vscode.window.onDidChangeActiveTextEditor((editor) => {
    if (opened(lens, editor)) waiting.dispose();
  });
  return waiting;
}

/** A panel restored after a reload counts as opened. */
function opened(lens: Lens, editor: vscode.TextEditor | undefined): boolean {
  if (lens.main.panel) return true;
  if (!editor || !isPromptDocument(editor.document)) return false;
  lens.openPanel();
  return true;
}
