/** Tells the memory of prompts when the user renames or deletes files or folders. */
import * as vscode from 'vscode';
import type { FileMemory } from './session/fileMemory';

export function followFiles(memory: FileMemory): vscode.Disposable {
  return vscode.Disposable.from(
    vscode.workspace.onDidRenameFiles(({ files }) => {
      for (const { oldUri, newUri } of files) memory.renamed(oldUri.toString(), newUri.toString());
    }),
    vscode.workspace.onDidDeleteFiles(({ files }) => {
      for (const uri of files) memory.forget(uri.toString());
    }),
  );
}
