/**
 * The scores that a document shows in its text; none unless the user asked for them there. An edit, another target or another unit changes
 * every score, so nothing is shown until the new ones are known.
 */
import type * as vscode from 'vscode';
import type { SaliencyData } from '../../analysis/saliency/contract';
import type { Lens, View } from '../lens';
import { shownData } from '../session/shownState';
import { type Carried, carriedTo } from './carried';
import { inOrder } from './signedTints';

export interface ShownSaliency extends Carried {
  view: View;
  data: SaliencyData;
}

export function shownSaliency(lens: Lens, document: vscode.TextDocument): ShownSaliency | null {
  const view = lens.viewOf(document, 'saliency');
  const data = view && shownData(view.session.state.saliency);
  const origin = view?.session.originOf('saliency');
  const wanted = view?.session.state.intent.saliency;
  if (!wanted?.inEditor || !data || !origin) return null;
  const carried = carriedTo(document, origin.text);
  if (carried.change || view.session.state.outdated.saliency) return null;
  return { view, data: inOrder(data, wanted.methods), ...carried };
}
