/** Shows a token in the user's file: opens the file if needed, selects the token and scrolls to it. */
import * as vscode from 'vscode';
import type { Range } from '../../protocol/model';
import type { LensSession } from '../session/lensSession';
import { rangeAfter, textChange } from '../session/textChange';
import { wantedBy } from '../session/wanted';
import { sourceOf } from './tokenMap';

/** Does nothing for template text, which is in no file, and for text that an edit has since removed. */
export function revealToken(session: LensSession, position: number): Promise<void> {
  return revealTokens(session, [position]);
}

/** Selects all of the tokens and scrolls to the first one. */
export async function revealTokens(session: LensSession, positions: readonly number[]): Promise<void> {
  const found = await Promise.all(positions.map((position) => tokenRange(session, position)));
  await showRanges(found.filter((range) => range !== null));
}

/** Selects the tokens [from, to) as one range, as far as they are in the file, and moves the focus there. */
export async function goToTokens(session: LensSession, from: number, to: number): Promise<void> {
  const positions = Array.from({ length: Math.max(0, to - from) }, (_, index) => from + index);
  const found = await Promise.all(positions.map((position) => tokenRange(session, position)));
  const places = found.filter((range) => range !== null);
  const [first] = places;
  if (!first) return;
  const [start, end] = [Math.min(...places.map((each) => each.start)), Math.max(...places.map((each) => each.end))];
  await showRanges([{ document: first.document, start, end }], true);
}

/** Reveals a range of the file as it was when its statements were judged. */
export async function revealStatement(session: LensSession, source: Range): Promise<void> {
  const range = await rangeNow(session, source);
  if (range) await showRanges([range]);
}

interface Place {
  document: vscode.TextDocument;
  start: number;
  end: number;
}

async function showRanges(ranges: readonly Place[], focused = false): Promise<void> {
  const [range] = ranges;
  if (!range) return;
  const open = vscode.window.visibleTextEditors.find(({ document }) => document === range.document);
  const editor = await vscode.window.showTextDocument(range.document, {
    viewColumn: open?.viewColumn ?? vscode.ViewColumn.One,
    preserveFocus: !focused,
  });
  const at = (offset: number) => range.document.positionAt(offset);
  editor.selections = ranges.map(({ start, end }) => new vscode.Selection(at(start), at(end)));
  editor.revealRange(
    new vscode.Range(at(range.start), at(range.end)),
    vscode.TextEditorRevealType.InCenterIfOutsideViewport,
  );
}

async function tokenRange(session: LensSession, position: number): Promise<Place | null> {
  const [tab = 'probabilities'] = wantedBy(session.state.intent);
  const prompt = session.promptOf(tab);
  const source = prompt && sourceOf(prompt, position);
  return source ? rangeNow(session, source) : null;
}

async function rangeNow(session: LensSession, source: Range): Promise<Place | null> {
  const [tab = 'probabilities'] = wantedBy(session.state.intent);
  const origin = session.originOf(tab);
  if (!origin) return null;
  const document = await vscode.workspace.openTextDocument(vscode.Uri.parse(origin.uri));
  const range = rangeAfter(textChange(origin.text, document.getText()), source);
  return range && { document, start: range[0], end: range[1] };
}
