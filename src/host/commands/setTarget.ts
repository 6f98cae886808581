/** Asks for the text to explain, and optionally for a second text to contrast it with: why this and not that. */

import * as vscode from 'vscode';
import { readable, typable } from '../../protocol/pieces';
import { ProblemError } from '../../protocol/problem';
import { addressed } from '../addressed';
import { visibleToken } from '../editor/tokenText';
import { commandIds } from '../ids';
import type { Lens } from '../lens';
import { shownData } from '../session/shownState';
import type { Command } from './command';

export const setTarget: Command = {
  id: commandIds.setTarget,
  run: async (lens, asker) => {
    const view = addressed(lens, asker);
    if (!view.session.source) throw new ProblemError('noPrompt');
    const { source } = view.session;
    if (!view.panel?.panel.visible) lens.openPanel('saliency', asker);
    const { target } = view.session.state.intent;
    const [likeliest] = shownData(view.session.state.probabilities)?.result.next ?? [];
    const text = await ask(lens, {
      title: vscode.l10n.t('Explain Why (1/2)'),
      prompt: vscode.l10n.t('Text that follows the prompt. A space before a word counts: most words need one.'),
      value: target.text ?? (likeliest ? typable(likeliest) : null) ?? '',
      required: true,
    });
    if (text === undefined) return;
    const contrast = await ask(lens, {
      title: vscode.l10n.t('Rather Than (2/2)'),
      prompt: vscode.l10n.t('A text to compare it with: the difference is explained. Leave it empty for none.'),
      value: target.contrast ?? '',
      required: false,
    });
    if (contrast === undefined) return;
    // Another text came under the lens meanwhile, so the target does not belong to it.
    if (view.session.source?.id !== source.id) throw new ProblemError('cancelled');
    view.session.setTarget({ text, ...(contrast === '' ? {} : { contrast }) });
  },
};

/** Longest time that a key press waits for the check of the typed text. */
const patienceMs = 400;

interface Asking {
  title: string;
  prompt: string;
  value: string;
  required: boolean;
}

/** Shows the tokens of the text while it is typed; returns undefined when the user cancelled. */
function ask(lens: Lens, { required, ...box }: Asking): Thenable<string | undefined> {
  return vscode.window.showInputBox({
    ...box,
    validateInput: async (text) => {
      if (text === '' && !required) return null;
      const tokens = text === '' ? [] : await tokensOf(lens, text);
      if (tokens === null) return null;
      return tokens.length === 0
        ? { message: vscode.l10n.t('Write at least one character.'), severity: vscode.InputBoxValidationSeverity.Error }
        : { message: described(text, tokens), severity: vscode.InputBoxValidationSeverity.Info };
    },
  });
}

/** Null while the engine is busy or gone: the user does not wait for it, and the run itself will report what is wrong. */
async function tokensOf(lens: Lens, text: string): Promise<string[] | null> {
  const late = new Promise<null>((resolve) => setTimeout(() => resolve(null), patienceMs));
  const asked = lens.current.session
    .input('probabilities')
    .then((prompt) => lens.engine.request('follow', { prompt, prefix: [], keep: null, text }))
    .then(
      ({ tokens }) => tokens.map(readable),
      () => null,
    );
  return Promise.race([asked, late]);
}

function described(text: string, tokens: readonly string[]): string {
  const pieces = tokens.map((token) => `[${visibleToken(token)}]`).join(' ');
  const counted =
    tokens.length === 1
      ? vscode.l10n.t('1 token: {0}', pieces)
      : vscode.l10n.t('{0} tokens: {1}', tokens.length, pieces);
  return /^[\p{L}\p{N}]/u.test(text) ? `${counted} · ${vscode.l10n.t('no space before it')}` : counted;
}
