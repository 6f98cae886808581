/**
 * Determines what the user is in: one of our panels, a text, a file that is open in another way, or no file at all. Commands act on that
 * and on nothing else.
 */
import * as vscode from 'vscode';
import { notebookCell } from './documentName';
import type { View } from './lens';

export type Front =
  | { kind: 'panel'; view: View }
  | { kind: 'text'; document: vscode.TextDocument }
  /** A file whose text extensions cannot see: a picture, a binary or huge file, a custom editor. */
  | { kind: 'file'; name: string }
  /** A tab that is no file (settings, a terminal, a welcome page), or no tab at all; then `name` is null. */
  | { kind: 'none'; name: string | null };

/**
 * `asker`: the argument that a command was run with: a view from its own page, a URI from a menu or a link, anything from other callers.
 */
export function inFront(views: readonly View[], asker?: unknown): Front {
  const page = views.find((view) => view === asker);
  if (page) return { kind: 'panel', view: page };
  const named = openDocument(uriOf(asker));
  if (named) return { kind: 'text', document: named };
  const focused = views.find((view) => view.panel?.panel.active);
  if (focused) return { kind: 'panel', view: focused };
  const document = vscode.window.activeTextEditor?.document ?? selectedCell();
  if (document) return { kind: 'text', document };
  const tab = vscode.window.tabGroups.activeTabGroup.activeTab;
  if (!tab) return { kind: 'none', name: null };
  const uri = tabUri(tab);
  if (!uri) return { kind: 'none', name: tab.label };
  // The text may be in a custom editor, or its editor may not have appeared yet.
  const behind = openDocument(uri);
  return behind ? { kind: 'text', document: behind } : { kind: 'file', name: tab.label };
}

/** The files that a tab shows, the editable one first. */
export function tabUris({ input }: vscode.Tab): vscode.Uri[] {
  if (input instanceof vscode.TabInputText || input instanceof vscode.TabInputCustom) return [input.uri];
  if (input instanceof vscode.TabInputTextDiff) return [input.modified, input.original];
  if (input instanceof vscode.TabInputNotebook) return [input.uri];
  if (input instanceof vscode.TabInputNotebookDiff) return [input.modified, input.original];
  return [];
}

/** Whether a tab shows the document, alone, beside others or as a cell of its notebook. */
export function isOpenInTab(document: vscode.TextDocument): boolean {
  const uri = (notebookCell(document)?.notebook.uri ?? document.uri).toString();
  return vscode.window.tabGroups.all.some(({ tabs }) =>
    tabs.some((tab) => tabUris(tab).some((each) => each.toString() === uri)),
  );
}

function tabUri(tab: vscode.Tab): vscode.Uri | null {
  return tabUris(tab)[0] ?? null;
}

function openDocument(uri: vscode.Uri | null): vscode.TextDocument | null {
  const wanted = uri?.toString();
  return vscode.workspace.textDocuments.find((document) => document.uri.toString() === wanted) ?? null;
}

/** The selected cell of a notebook that is active without a cursor in one of its cells. */
function selectedCell(): vscode.TextDocument | null {
  const editor = vscode.window.activeNotebookEditor;
  if (!editor || editor.selection.isEmpty) return null;
  return editor.notebook.cellAt(editor.selection.start).document;
}

function uriOf(asker: unknown): vscode.Uri | null {
  if (asker instanceof vscode.Uri) return asker;
  return typeof asker === 'string' && asker.includes(':') ? vscode.Uri.parse(asker) : null;
}
