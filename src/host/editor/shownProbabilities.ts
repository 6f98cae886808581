/** The probabilities of a document, carried over to its current text. The editor's features read probabilities only through this file. */
import type * as vscode from 'vscode';
import type { ProbabilitiesData } from '../../analysis/probabilities/contract';
import type { Lens, View } from '../lens';
import { shownData } from '../session/shownState';
import { exactTokens } from '../session/textChange';
import { type Carried, carriedTo } from './carried';

export interface Shown extends Carried {
  view: View;
  data: ProbabilitiesData;
  /** Tokens before this position are still valid. */
  exact: number;
  /** The result belongs to the current text and the model in use. */
  present: boolean;
}

export function shownProbabilities(lens: Lens, document: vscode.TextDocument): Shown | null {
  const view = lens.viewOf(document);
  const data = view && shownData(view.session.state.probabilities);
  const origin = view?.session.originOf('probabilities');
  // The numbers of a part would be taken for those of the whole text.
  if (!view || !data || !origin || data.part) return null;
  const carried = carriedTo(document, origin.text);
  const { outdated } = view.session.state;
  const present = carried.change === null && outdated.probabilities === undefined;
  // Another model changes every number; an edit changes those behind it.
  const before = outdated.probabilities === 'choice' ? 0 : data.prompt.tokens.length;
  const exact = carried.change ? Math.min(before, exactTokens(data.prompt, carried.change.start)) : before;
  return { view, data, exact, present, ...carried };
}
