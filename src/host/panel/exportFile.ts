/** Saves a page's finished export to a file of the user's choice. */
import { basename } from 'node:path';
import * as vscode from 'vscode';
import type { PanelHostApi } from '../../analysis/panel';
import { reservedOnWindows } from '../../files/place';
import { writeFile } from './writeFile';

type ExportParams = PanelHostApi['requests']['export']['params'];

/** The bytes of what a page has drawn or written. */
export function exportBytes({ format, content }: Pick<ExportParams, 'format' | 'content'>): Uint8Array {
  return Buffer.from(content, format === 'png' ? 'base64' : 'utf8');
}

/**
 * `content` is made once a place is chosen; `beside` is the prompt's URI, in whose folder the dialog opens; `read` are files that must not be
 * overwritten. False when the user cancelled. Throws what `content` and `writeFile` throw.
 */
export async function exportFile(
  { suggestedName, format }: Pick<ExportParams, 'suggestedName' | 'format'>,
  content: () => Uint8Array | Promise<Uint8Array>,
  beside: string | null,
  read: readonly vscode.Uri[],
): Promise<boolean> {
  const folder = exportFolder(beside);
  const name = fileName(suggestedName);
  const chosen = await vscode.window.showSaveDialog({
    defaultUri: folder ? vscode.Uri.joinPath(folder, name) : undefined,
    // The editor's own dialog knows an ending of one part only, and would write a longer one twice.
    filters: format === 'lens' ? { [vscode.l10n.t('Saved Run')]: ['json'] } : { [format.toUpperCase()]: [format] },
    saveLabel: vscode.l10n.t('Export'),
  });
  const target = chosen && format === 'lens' ? await asSavedRun(chosen) : chosen;
  if (!target) return false;
  await writeFile(target, await content(), read);
  const open = vscode.l10n.t('Open');
  void vscode.window.showInformationMessage(vscode.l10n.t('Exported to {0}.', target.fsPath), open).then((choice) => {
    if (choice === open) void vscode.commands.executeCommand('vscode.open', target);
  });
  return true;
}

/** The place with the ending by which the editor knows a saved run; undefined where the user keeps the file that stands there. */
async function asSavedRun(chosen: vscode.Uri): Promise<vscode.Uri | undefined> {
  const name = basename(chosen.path);
  const wanted = savedRunName(name);
  if (wanted === name) return chosen;
  const target = vscode.Uri.joinPath(chosen, '..', wanted);
  const stands = await vscode.workspace.fs.stat(target).then(
    () => true,
    () => false,
  );
  if (!stands) return target;
  const replace = vscode.l10n.t('Replace');
  const question = vscode.l10n.t('{0} exists already. Replace it?', wanted);
  return (await vscode.window.showWarningMessage(question, { modal: true }, replace)) === replace ? target : undefined;
}

/** `run`, `run.json` and `run.lens` become `run.lens.json`. */
export const savedRunName = (name: string): string => `${name.replace(/(\.lens)?(\.json)?$/i, '')}.lens.json`;

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
