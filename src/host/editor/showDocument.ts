/** Brings a document's own editor to the front and gives it the focus. */
import * as vscode from 'vscode';
import { notebookCell } from '../documentName';
import { tabUris } from '../front';

export async function showDocument(document: vscode.TextDocument): Promise<void> {
  const cell = notebookCell(document);
  if (cell) {
    const range = new vscode.NotebookRange(cell.index, cell.index + 1);
    await vscode.window.showNotebookDocument(cell.notebook, { selections: [range] });
    return;
  }
  const uri = document.uri.toString();
  const group = vscode.window.tabGroups.all.find(({ tabs }) =>
    tabs.some((tab) => tab.input instanceof vscode.TabInputText && tabUris(tab)[0].toString() === uri),
  );
  await vscode.window.showTextDocument(document, { viewColumn: group?.viewColumn ?? vscode.ViewColumn.One });
}
