/**
 * The status bar item: model · provider · tokens of the context, the engine's activity, and why faster providers were refused. A click
 * opens the menu of available actions.
 */
import * as vscode from 'vscode';
import type { Token } from '../../protocol/model';
import { readable } from '../../protocol/pieces';
import { compiledText } from '../commands/showModelInformation';
import { commandIds } from '../ids';
import type { Lens } from '../lens';
import { say, sayProblem } from '../translate';
import { targetWords, worded } from './saliencyText';
import { grouped } from './tokenText';

export class StatusItem implements vscode.Disposable {
  private readonly item = vscode.window.createStatusBarItem('promptLens.status', vscode.StatusBarAlignment.Left, 0);
  private readonly subscription: vscode.Disposable;

  constructor(private readonly lens: Lens) {
    this.item.name = 'Prompt Lens';
    this.item.command = commandIds.statusMenu;
    this.subscription = lens.onDidChange(() => this.update());
  }

  dispose(): void {
    this.item.dispose();
    this.subscription.dispose();
  }

  private update(): void {
    const { status } = this.lens.engine;
    if (status.kind === 'stopped' && !this.lens.main.panel) {
      this.item.hide();
      return;
    }
    const { text, tooltip, failed } = this.content();
    this.item.text = text;
    this.item.tooltip = tooltip;
    this.item.accessibilityInformation = { label: `Prompt Lens: ${text.replace(/\$\([^)]*\)\s*/g, '')}` };
    this.item.backgroundColor = failed ? new vscode.ThemeColor('statusBarItem.warningBackground') : undefined;
    this.item.show();
  }

  private content(): { text: string; tooltip: string | vscode.MarkdownString; failed: boolean } {
    const { status } = this.lens.engine;
    switch (status.kind) {
      case 'stopped':
        return {
          text: '$(telescope) Prompt Lens',
          tooltip: vscode.l10n.t('The engine starts when it is needed.'),
          failed: false,
        };
      case 'loading': {
        const done = status.progress && status.progress.total > 0 ? status.progress.done / status.progress.total : null;
        const share = done === null ? '' : ` ${Math.round(100 * done)} %`;
        const text = `$(loading~spin) ${vscode.l10n.t('Loading the model')}${share}`;
        return { text, tooltip: text.replace(/\$\([^)]*\)\s*/, ''), failed: false };
      }
      case 'restarting':
        return {
          text: `$(sync~spin) ${vscode.l10n.t('Restarting the engine')}`,
          tooltip: say(status.reason),
          failed: false,
        };
      case 'down': {
        const tooltip = status.problem
          ? sayProblem(status.problem)
          : vscode.l10n.t('The engine stopped: {0}.', say(status.reason));
        return { text: `$(error) ${vscode.l10n.t('Prompt Lens: engine stopped')}`, tooltip, failed: true };
      }
      case 'refused':
        return {
          text: `$(warning) ${vscode.l10n.t('Prompt Lens: no model')}`,
          tooltip: sayProblem(status.problem),
          failed: true,
        };
      case 'ready':
        return this.ready();
    }
  }

  private ready(): { text: string; tooltip: vscode.MarkdownString; failed: boolean } {
    const { session } = this.lens.current;
    const { model, runtime, selection, intent } = session.state;
    const prompt = session.promptOf('probabilities') ?? session.promptOf('attention');
    const words = targetWords(intent.target, prompt);
    if (!model || !runtime)
      return { text: '$(telescope) Prompt Lens', tooltip: new vscode.MarkdownString(), failed: false };
    const number = (value: number) => grouped(value, vscode.env.language);
    const busy = this.lens.views().some((view) => view.session.busy);
    const { outdated, elsewhere, file } = session.state;
    const present = !outdated.probabilities;
    const count = prompt && present ? `${number(prompt.tokens.length)}/${number(model.context)}` : '';
    // If the numbers belong to another text than the active one, that text's name comes first.
    const named = elsewhere && file && prompt ? `${file.name} ` : '';
    const tokens = count === '' ? '' : ` · ${named}${count}`;
    const locked =
      selection.locked === null || !present ? '' : `  $(lock) ${lockedText(prompt?.tokens[selection.locked])}`;
    const text = `${busy ? '$(loading~spin)' : '$(telescope)'} ${model.name} · ${runtime.provider.toUpperCase()}${tokens}${locked}${words === null ? '' : `  $(target) ${words}`}`;
    const tooltip = new vscode.MarkdownString();
    const precision = runtime.precision === 'exact' ? vscode.l10n.t('exact') : vscode.l10n.t('fast');
    tooltip.appendText(`${model.name} · ${model.quantisation} · ${precision} · ${runtime.weights}`);
    tooltip.appendMarkdown('\n\n');
    tooltip.appendText(vscode.l10n.t('{0}, {1} threads', runtime.provider.toUpperCase(), runtime.threads));
    const { status } = this.lens.engine;
    if (status.kind === 'ready') {
      tooltip.appendMarkdown('\n\n');
      tooltip.appendText(`${vscode.l10n.t('Compiled graphs')}: ${compiledText(status.loaded.compiled)}`);
    }
    if (words !== null) {
      const { contrast } = intent.target;
      tooltip.appendMarkdown('\n\n');
      tooltip.appendText(
        contrast === undefined
          ? vscode.l10n.t('Target: {0}', words)
          : vscode.l10n.t('Target: {0}, not {1}', words, worded(contrast)),
      );
    }
    if (runtime.reason) {
      tooltip.appendMarkdown('\n\n');
      tooltip.appendText(vscode.l10n.t('Not used: {0}', say(runtime.reason)));
    }
    return { text, tooltip, failed: false };
  }
}

const lockedText = (token: Token | undefined) => (token ? readable(token).trim() : '');
