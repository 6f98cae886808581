/** Saves what a page has finished to a file of the user's choice. Used by panel/lensPanel.ts. */
import * as vscode from 'vscode';
import type { PanelHostApi } from '../../protocol/panelApi';
import { ProblemError } from '../../protocol/problem';

type ExportParams = PanelHostApi['requests']['export']['params'];

/** `beside` is the prompt's URI: the dialog opens in its folder. False when the user changed their mind. */
export async function exportFile(
  { suggestedName, format, content }: ExportParams,
  beside: string | null,
): Promise<boolean> {
  const folder = exportFolder(beside);
  // A name from a page is a name, never a path.
  const name = suggestedName.replace(/[\\/:*?"<>|]/g, '-');
  const target = await vscode.window.showSaveDialog({
    defaultUri: folder ? vscode.Uri.joinPath(folder, name) : undefined,
    filters: { [format.toUpperCase()]: [format] },
    saveLabel: vscode.l10n.t('Export'),
  });
  if (!target) return false;
  const bytes = format === 'png' ? Buffer.from(content, 'base64') : Buffer.from(content, 'utf8');
  try {
    await vscode.workspace.fs.writeFile(target, bytes);
  } catch (error) {
    throw new ProblemError('fileNotWritten', [target.fsPath, error instanceof Error ? error.message : String(error)]);
  }
  const open = vscode.l10n.t('Open');
  void vscode.window.showInformationMessage(vscode.l10n.t('Exported to {0}.', target.fsPath), open).then((choice) => {
    if (choice === open) void vscode.commands.executeCommand('vscode.open', target);
  });
  return true;
}

function exportFolder(beside: string | null): vscode.Uri | undefined {
  const uri = beside ? vscode.Uri.parse(beside) : undefined;
  if (uri && uri.scheme !== 'untitled') return vscode.Uri.joinPath(uri, '..');
  return vscode.workspace.workspaceFolders?.[0]?.uri;
}
