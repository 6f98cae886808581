/**
 * Relates an analysed text to the document in its current state: positions in, positions out, null wherever an edit has made them
 * uncertain.
 */
import * as vscode from 'vscode';
import type { Range } from '../../protocol/model';
import { offsetBefore, rangeAfter, type TextChange, textChange } from '../session/textChange';

export interface Carried {
  change: TextChange | null;
  /** Null where the range was edited. */
  toEditor(range: Range): vscode.Range | null;
  toAnalysed(position: vscode.Position): number | null;
}

export function carriedTo(document: vscode.TextDocument, analysed: string): Carried {
  const change = textChange(analysed, document.getText());
  return {
    change,
    toEditor(range) {
      const carried = rangeAfter(change, range);
      return carried && new vscode.Range(document.positionAt(carried[0]), document.positionAt(carried[1]));
    },
    toAnalysed: (position) => offsetBefore(change, document.offsetAt(position)),
  };
}
