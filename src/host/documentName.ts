/** The name of a document in the panel. */
import * as vscode from 'vscode';

/** Schemes whose paths are the user's own files, so that the name needs no addition. */
const ownSchemes = new Set(['file', 'untitled', 'vscode-remote', 'vscode-vfs', 'vscode-userdata']);

/** `good.txt`; `note.ipynb, cell 3`; `good.txt (git)` for a version that is not the file itself. */
export function documentName(document: vscode.TextDocument): string {
  const { uri } = document;
  const name = uri.path.split('/').at(-1) || uri.path || uri.toString();
  const cell = notebookCell(document);
  if (cell) return vscode.l10n.t('{0}, cell {1}', name, cell.index + 1);
  return ownSchemes.has(uri.scheme) ? name : `${name} (${uri.scheme})`;
}

/** The document's folder in the workspace; '' at the top and for documents outside it. */
export function documentFolder({ uri }: vscode.TextDocument): string {
  if (!vscode.workspace.getWorkspaceFolder(uri)) return '';
  return vscode.workspace.asRelativePath(uri).split('/').slice(0, -1).join('/');
}

/** The cell whose text the document is. */
export function notebookCell(document: vscode.TextDocument): vscode.NotebookCell | null {
  if (document.uri.scheme !== 'vscode-notebook-cell') return null;
  const cells = vscode.workspace.notebookDocuments.flatMap((notebook) => notebook.getCells());
  return cells.find((cell) => cell.document === document) ?? null;
}
