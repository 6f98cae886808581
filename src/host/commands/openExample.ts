/** One of the prompts that come with the extension. */
import * as vscode from 'vscode';
import { ProblemError } from '../../protocol/problem';
import { commandIds } from '../ids';
import type { Command } from './command';

export const openExample: Command = {
  id: commandIds.openExample,
  run: async (lens) => {
    const folder = vscode.Uri.joinPath(lens.context.extensionUri, 'examples');
    const names = await exampleNames(folder);
    const placeHolder = vscode.l10n.t('Example to open');
    const name = names.length === 1 ? names[0] : await vscode.window.showQuickPick(names, { placeHolder });
    if (!name) return;
    const document = await vscode.workspace.openTextDocument(vscode.Uri.joinPath(folder, name));
    await vscode.window.showTextDocument(document, vscode.ViewColumn.One);
    lens.openPanel();
  },
};

async function exampleNames(folder: vscode.Uri): Promise<string[]> {
  try {
    const entries = await vscode.workspace.fs.readDirectory(folder);
    return entries.filter(([, type]) => type === vscode.FileType.File).map(([name]) => name);
  } catch (error) {
    throw new ProblemError('fileUnreadable', [folder.fsPath, error instanceof Error ? error.message : String(error)]);
  }
}
