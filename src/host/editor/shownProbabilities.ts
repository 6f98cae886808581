/**
 * The probabilities that belong to a document, carried to its present text. The one way the editor's features look at a result:
 * positions in, positions out, null wherever an edit has made the answer uncertain.
 */
import * as vscode from 'vscode';
import type { Range } from '../../protocol/model';
import type { ProbabilitiesData } from '../../protocol/panel';
import type { Lens, View } from '../lens';
import { exactTokens, offsetBefore, rangeAfter, type TextChange, textChange } from '../session/textChange';
import { shownData } from '../session/viewState';

export interface Shown {
  view: View;
  data: ProbabilitiesData;
  /** Tokens before this position still hold. */
  exact: number;
  /** Null where the place was edited. */
  toEditor(range: Range): vscode.Range | null;
  toAnalysed(position: vscode.Position): number | null;
}

export function shownProbabilities(lens: Lens, document: vscode.TextDocument): Shown | null {
  const view = lens.viewOf(document);
  const data = view && shownData(view.session.state.probabilities);
  const origin = view?.session.originOf('probabilities');
  if (!view || !data || !origin) return null;
  const change: TextChange | null = textChange(origin.text, document.getText());
  return {
    view,
    data,
    exact: change ? exactTokens(data.prompt, change.start) : data.prompt.tokens.length,
    toEditor(range) {
      const carried = rangeAfter(change, range);
      return carried && new vscode.Range(document.positionAt(carried[0]), document.positionAt(carried[1]));
    },
    toAnalysed: (position) => offsetBefore(change, document.offsetAt(position)),
  };
}
