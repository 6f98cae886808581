/** What the model expects after the end of the prompt, as an inlay that is no part of the text. */
import * as vscode from 'vscode';
import type { Lens } from '../lens';
import { shownProbabilities } from './shownProbabilities';
import { endOfSource } from './tokenMap';
import { probabilityText, visibleToken } from './tokenText';

const shownCandidates = 2;

export class NextTokenInlay implements vscode.InlayHintsProvider {
  readonly onDidChangeInlayHints: vscode.Event<void>;

  constructor(private readonly lens: Lens) {
    this.onDidChangeInlayHints = lens.onDidChange;
  }

  provideInlayHints(document: vscode.TextDocument, visible: vscode.Range): vscode.InlayHint[] {
    const shown = this.lens.settings.nextTokenInlay ? shownProbabilities(this.lens, document) : null;
    const end = shown && endOfSource(shown.data.prompt);
    if (!shown || end === null) return [];
    const { data } = shown;
    // After an edit the old continuation says nothing.
    if (!shown.present) return [];
    const at = document.positionAt(end);
    if (!visible.contains(at)) return [];
    const candidates = data.result.next.slice(0, shownCandidates);
    const label = candidates
      .map(({ text, logprob }) => `${visibleToken(text)} ${probabilityText(logprob)}`)
      .join(' · ');
    const hint = new vscode.InlayHint(at, label);
    hint.paddingLeft = true;
    hint.tooltip = vscode.l10n.t('What the model expects next, with its probability. It is not part of the text.');
    return [hint];
  }
}
