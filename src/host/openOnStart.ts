/**
 * Opens the panel by itself, once, when a window starts on a prompt file and the setting asks for it, as the examples folder
 * does for newcomers. Wired in extension.ts.
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

/** A panel that is back from before a reload counts as opened. */
function opened(lens: Lens, editor: vscode.TextEditor | undefined): boolean {
  if (lens.main.panel) return true;
  if (!editor || !isPromptDocument(editor.document)) return false;
  lens.openPanel();
  return true;
}
