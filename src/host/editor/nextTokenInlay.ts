/** Shows the model's next token after the end of the prompt, as an inlay that is not part of the text. */
import * as vscode from 'vscode';
import { readableWithLikely } from '../../protocol/pieces';
import type { Lens } from '../lens';
import { shownProbabilities } from './shownProbabilities';
import { endOfSource } from './tokenMap';
import { probabilityText, visibleToken } from './tokenText';

const shownCandidates = 2;
const againMs = 1000;
/** The announcements are limited, since no editor asks for hints while none is visible. */
const maxTries = 4;

export class NextTokenInlay implements vscode.InlayHintsProvider {
  /** The editor has asked for hints since the last change. */
  private asked = true;

  constructor(private readonly lens: Lens) {}

  /** VS Code ignores the event while it waits for an answer, so a change that it did not ask about is announced again. */
  readonly onDidChangeInlayHints: vscode.Event<void> = (listener, thisArg) => {
    let later: NodeJS.Timeout | undefined;
    const tell = (tries: number): void => {
      this.asked = false;
      listener.call(thisArg);
      later = setTimeout(() => {
        if (!this.asked && tries > 1) tell(tries - 1);
      }, againMs);
    };
    const subscription = this.lens.onDidSettle(() => {
      clearTimeout(later);
      tell(maxTries);
    });
    return {
      dispose: () => {
        clearTimeout(later);
        subscription.dispose();
      },
    };
  };

  provideInlayHints(document: vscode.TextDocument, visible: vscode.Range): vscode.InlayHint[] {
    this.asked = true;
    const shown = this.lens.settings.nextTokenInlay ? shownProbabilities(this.lens, document) : null;
    const end = shown && endOfSource(shown.data.prompt);
    if (!shown || end === null) return [];
    const { data } = shown;
    // After an edit the old continuation has no meaning.
    if (!shown.present) return [];
    const at = document.positionAt(end);
    if (!visible.contains(at)) return [];
    const candidates = data.result.next.slice(0, shownCandidates);
    const label = candidates
      .map((candidate) => `${visibleToken(readableWithLikely(candidate))} ${probabilityText(candidate.logprob)}`)
      .join(' · ');
    const hint = new vscode.InlayHint(at, label);
    hint.paddingLeft = true;
    hint.tooltip = vscode.l10n.t(
      'The token that the model expects next, with its probability. It is not part of the text.',
    );
    return [hint];
  }
}
