/**
 * One line above a prompt: how many tokens, how surprising, what comes next. Before the first run it only offers to look: nothing
 * is loaded for a lens.
 */
import * as vscode from 'vscode';
import { commandIds } from '../ids';
import type { Lens } from '../lens';
import { explains } from '../session/wanted';
import { targetWords, worded } from './saliencyText';
import { shownProbabilities } from './shownProbabilities';
import { grouped, probabilityText, visibleToken } from './tokenText';

/** Names that say "prompt" themselves; a README gets a lens only once it is under the lens. */
const promptNames = /\.(prompt\.md|prompty|prompt)$/i;

export class PromptCodeLens implements vscode.CodeLensProvider {
  readonly onDidChangeCodeLenses: vscode.Event<void>;

  constructor(private readonly lens: Lens) {
    this.onDidChangeCodeLenses = lens.onDidChange;
  }

  provideCodeLenses(document: vscode.TextDocument): vscode.CodeLens[] {
    if (!this.lens.settings.codeLens) return [];
    const commands = this.results(document) ?? (promptNames.test(document.uri.path) ? [offer()] : []);
    const top = new vscode.Range(0, 0, 0, 0);
    return commands.map((command) => new vscode.CodeLens(top, command));
  }

  private results(document: vscode.TextDocument): vscode.Command[] | null {
    const shown = shownProbabilities(this.lens, document);
    if (!shown) return null;
    const { prompt, result } = shown.data;
    const count = grouped(prompt.tokens.length, vscode.env.language);
    const template = prompt.tokens.filter(({ source }) => source === null).length;
    const tokens =
      template > 0
        ? vscode.l10n.t('{0} tokens, {1} from the chat template', count, template)
        : vscode.l10n.t('{0} tokens', count);
    const perplexity =
      result.perplexity === null ? '' : ` · ${vscode.l10n.t('perplexity {0}', result.perplexity.toFixed(1))}`;
    const [next] = result.next;
    const { target, tab } = shown.view.session.state.intent;
    const word = targetWords(target, prompt) ?? (next ? worded(next.text) : null);
    const why = word === null ? [] : [{ title: vscode.l10n.t('Why “{0}”?', word), command: commandIds.whyThisAnswer }];
    if (explains(tab)) {
      const compare = { title: vscode.l10n.t('Compare with Last Commit'), command: commandIds.compareWithLastCommit };
      return [{ title: tokens, command: commandIds.showProbabilities }, ...why, compare];
    }
    const continued = next && {
      title: vscode.l10n.t('Next: {0} {1}', visibleToken(next.text), probabilityText(next.logprob)),
      command: commandIds.generate,
    };
    return [
      { title: `${tokens}${perplexity}`, command: commandIds.showProbabilities },
      ...(continued ? [continued] : []),
      ...why,
    ];
  }
}

function offer(): vscode.Command {
  return { title: vscode.l10n.t('Open Prompt Lens'), command: commandIds.openPanel };
}
