/** Saves a page's finished export to a file of the user's choice. */
import * as vscode from 'vscode';
import type { PanelHostApi } from '../../analysis/panel';
import { reservedOnWindows } from '../../files/place';
import { writeFile } from './writeFile';

type ExportParams = PanelHostApi['requests']['export']['params'];

/**
 * `beside` is the prompt's URI, in whose folder the dialog opens; `read` are files that must not be overwritten. False when the user
 * cancelled. Throws what `writeFile` throws.
 */
export async function exportFile(
  { suggestedName, format, content }: ExportParams,
  beside: string | null,
  read: readonly vscode.Uri[],
): Promise<boolean> {
  const folder = exportFolder(beside);
  const name = fileName(suggestedName);
  const target = await vscode.window.showSaveDialog({
    defaultUri: folder ? vscode.Uri.joinPath(folder, name) : undefined,
    filters: format === 'lens' ? { [vscode.l10n.t('Saved Run')]: ['lens.json'] } : { [format.toUpperCase()]: [format] },
    saveLabel: vscode.l10n.t('Export'),
  });
  if (!target) return false;
  const bytes = format === 'png' ? Buffer.from(content, 'base64') : Buffer.from(content, 'utf8');
  await writeFile(target, bytes, read);
  const open = vscode.l10n.t('Open');
  void vscode.window.showInformationMessage(vscode.l10n.t('Exported to {0}.', target.fsPath), open).then((choice) => {
    if (choice === open) void vscode.commands.executeCommand('vscode.open', target);
  });
  return true;
}

/** Longer than a dialog shows, and shorter than any disk's limit. */
const longestName = 120;

/** A name from a page is always a name and never a path; the result is valid on every system. */
export function fileName(suggested: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: no name has them
  const plain = suggested.replace(/[\\/:*?"<>|\u0000-\u001f]/g, '-');
  const [, stem, ending] = /^(.*?)(\.[^.]{1,10})?$/s.exec(plain) as unknown as [string, string, string | undefined];
  const short = [...stem].slice(0, longestName).join('') + (ending ?? '');
  return reservedOnWindows(short) ? `_${short.replace(/[. ]+$/, '')}` : short;
}

function exportFolder(beside: string | null): vscode.Uri | undefined {
  const uri = beside ? vscode.Uri.parse(beside) : undefined;
  if (uri && uri.scheme !== 'untitled') return vscode.Uri.joinPath(uri, '..');
  return vscode.workspace.workspaceFolders?.[0]?.uri;
}
