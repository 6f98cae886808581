/**
 * The probabilities that belong to a document, carried to its present text. The one way the editor's features look at a result.
 */
import type * as vscode from 'vscode';
import type { ProbabilitiesData } from '../../analysis/probabilities/contract';
import type { Lens, View } from '../lens';
import { exactTokens } from '../session/textChange';
import { shownData } from '../session/viewState';
import { type Carried, carriedTo } from './carried';

export interface Shown extends Carried {
  view: View;
  data: ProbabilitiesData;
  /** Tokens before this position still hold. */
  exact: number;
  /** The result is of the text as it stands now, by the model in use. */
  present: boolean;
}

export function shownProbabilities(lens: Lens, document: vscode.TextDocument): Shown | null {
  const view = lens.viewOf(document);
  const data = view && shownData(view.session.state.probabilities);
  const origin = view?.session.originOf('probabilities');
  if (!view || !data || !origin) return null;
  const carried = carriedTo(document, origin.text);
  const { outdated } = view.session.state;
  const present = carried.change === null && outdated.probabilities === undefined;
  // Another model makes every number another one, an edit those behind it.
  const before = outdated.probabilities === 'choice' ? 0 : data.prompt.tokens.length;
  const exact = carried.change ? Math.min(before, exactTokens(data.prompt, carried.change.start)) : before;
  return { view, data, exact, present, ...carried };
}
