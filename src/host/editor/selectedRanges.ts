/** The selection in the editor of a session's prompt. */
import * as vscode from 'vscode';
import type { Range } from '../../protocol/model';
import type { LensSession } from '../session/lensSession';

/** UTF-16 ranges of the file, ascending; empty where nothing is selected. While a panel has the focus, no editor is active. */
export function selectedRanges({ source }: LensSession): Range[] {
  const editors = [vscode.window.activeTextEditor, ...vscode.window.visibleTextEditors];
  const editor = editors.find((each) => each !== undefined && each.document.uri.toString() === source?.uri);
  if (!editor) return [];
  const { document, selections } = editor;
  return selections
    .filter(({ isEmpty }) => !isEmpty)
    .map(({ start, end }): Range => [document.offsetAt(start), document.offsetAt(end)])
    .sort(([a], [b]) => a - b);
}
