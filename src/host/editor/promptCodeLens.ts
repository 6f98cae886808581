/**
 * One line above a prompt: the number of tokens, how surprising they are, and the next token. Before the first run it only offers to
 * analyse: no model is loaded for a code lens.
 */
import * as vscode from 'vscode';
import type { Baseline } from '../../analysis/probabilities/contract';
import type { Candidate } from '../../analysis/shared/contract';
import { isNamedPrompt } from '../../document/promptKind';
import { likeliestText, readableWithLikely } from '../../protocol/pieces';
import { commandIds } from '../ids';
import type { Lens } from '../lens';
import { explains } from '../session/wanted';
import { targetWords, worded } from './saliencyText';
import { shownProbabilities } from './shownProbabilities';
import { grouped, probabilityText, visibleToken } from './tokenText';

export class PromptCodeLens implements vscode.CodeLensProvider {
  readonly onDidChangeCodeLenses: vscode.Event<void>;

  constructor(private readonly lens: Lens) {
    this.onDidChangeCodeLenses = lens.onDidSettle;
  }

  provideCodeLenses(document: vscode.TextDocument): vscode.CodeLens[] {
    if (!this.lens.settings.codeLens) return [];
    // A README gets a code lens only once it is under the lens.
    const commands = this.results(document) ?? (isNamedPrompt(document.uri.path) ? [offer(document)] : []);
    const top = new vscode.Range(0, 0, 0, 0);
    return commands.map((command) => new vscode.CodeLens(top, command));
  }

  /** Replaces the numbers after an edit, since a reader would take them for those of the text below. */
  private before(asker: string): vscode.Command[] {
    const title = vscode.l10n.t('Edited since the last run');
    if (this.lens.settings.live) return [{ title, command: '' }];
    return [{ title: `${title} · ${vscode.l10n.t('Run')}`, command: commandIds.run, arguments: [asker] }];
  }

  private results(document: vscode.TextDocument): vscode.Command[] | null {
    const shown = shownProbabilities(this.lens, document);
    if (!shown) return null;
    const { prompt, result } = shown.data;
    const asker = document.uri.toString();
    if (!shown.present) return this.before(asker);
    const count = grouped(prompt.tokens.length, vscode.env.language);
    const template = prompt.tokens.filter(({ source }) => source === null).length;
    const tokens =
      template > 0
        ? vscode.l10n.t('{0} tokens, {1} from the chat template', count, template)
        : vscode.l10n.t('{0} tokens', count);
    const { baseline } = shown.view.session.state;
    const perplexity = result.perplexity === null ? '' : ` · ${perplexityWords(result.perplexity, baseline)}`;
    const [next] = result.next;
    const { target, tab } = shown.view.session.state.intent;
    const word = targetWords(target, prompt) ?? (next ? worded(likeliestText(next)) : null);
    const why =
      word === null
        ? []
        : [{ title: vscode.l10n.t('Why “{0}”?', word), command: commandIds.whyThisAnswer, arguments: [asker] }];
    if (explains(tab)) {
      const compare = {
        title: vscode.l10n.t('Compare with Last Commit'),
        command: commandIds.compareWithLastCommit,
        arguments: [asker],
      };
      return [{ title: tokens, command: commandIds.showProbabilities, arguments: [asker] }, ...why, compare];
    }
    const continued = next && {
      title: nextWords(next, baseline),
      command: commandIds.generate,
      arguments: [asker],
    };
    return [
      { title: `${tokens}${perplexity}`, command: commandIds.showProbabilities, arguments: [asker] },
      ...(continued ? [continued] : []),
      ...why,
    ];
  }
}

function perplexityWords(now: number, baseline: Baseline | null): string {
  const before = baseline?.perplexity ?? null;
  if (before === null) return vscode.l10n.t('perplexity {0}', now.toFixed(1));
  return vscode.l10n.t('perplexity {0} (before {1})', now.toFixed(1), before.toFixed(1));
}

/** With a baseline, the token that was likeliest there too, or the same token's probability there. */
function nextWords(next: Candidate, baseline: Baseline | null): string {
  const [text, p] = [visibleToken(readableWithLikely(next)), probabilityText(next.logprob)];
  const before = baseline?.next[0];
  if (!before) return vscode.l10n.t('Next: {0} {1}', text, p);
  const then = probabilityText(before.logprob);
  if (before.id === next.id) return vscode.l10n.t('Next: {0} {1} (before {2})', text, p, then);
  return vscode.l10n.t('Next: {0} {1} (before: {2} {3})', text, p, visibleToken(readableWithLikely(before)), then);
}

function offer({ uri }: vscode.TextDocument): vscode.Command {
  return { title: vscode.l10n.t('Open Prompt Lens'), command: commandIds.openPanel, arguments: [uri.toString()] };
}
