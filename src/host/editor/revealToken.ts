/** Shows a token in the user's file: opens it if need be, selects the token, scrolls to it. Used by host/lens.ts. */
import * as vscode from 'vscode';
import type { LensSession } from '../session/lensSession';
import { rangeAfter, textChange } from '../session/textChange';
import { wantedBy } from '../session/wanted';
import { sourceOf } from './tokenMap';

/** Nothing happens for template text, which stands in no file, and for text that was edited away since. */
export async function revealToken(session: LensSession, position: number): Promise<void> {
  const range = await tokenRange(session, position);
  if (!range) return;
  const open = vscode.window.visibleTextEditors.find(({ document }) => document === range.document);
  const editor = await vscode.window.showTextDocument(range.document, {
    viewColumn: open?.viewColumn ?? vscode.ViewColumn.One,
    preserveFocus: true,
  });
  const place = new vscode.Range(range.document.positionAt(range.start), range.document.positionAt(range.end));
  editor.selection = new vscode.Selection(place.start, place.end);
  editor.revealRange(place, vscode.TextEditorRevealType.InCenterIfOutsideViewport);
}

async function tokenRange(session: LensSession, position: number) {
  const [tab = 'probabilities'] = wantedBy(session.state.intent);
  const origin = session.originOf(tab);
  const prompt = session.promptOf(tab);
  const source = prompt && sourceOf(prompt, position);
  if (!origin || !source) return null;
  const document = await vscode.workspace.openTextDocument(vscode.Uri.parse(origin.uri));
  const range = rangeAfter(textChange(origin.text, document.getText()), source);
  return range && { document, start: range[0], end: range[1] };
}
