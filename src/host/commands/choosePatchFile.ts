/** Chooses the second prompt of the Patching tab: an open prompt, the last commit's version, or a file. */

import * as vscode from 'vscode';
import { ProblemError } from '../../protocol/problem';
import { addressed } from '../addressed';
import { commandIds } from '../ids';
import { chooseOtherText } from '../otherTexts';
import type { Command } from './command';

export const choosePatchFile: Command = {
  id: commandIds.choosePatchFile,
  run: async (lens, asker) => {
    const view = addressed(lens, asker);
    const { source } = view.session;
    if (!source) throw new ProblemError('noPrompt');
    const asked = vscode.l10n.t('Second prompt, with as many tokens');
    const second = await chooseOtherText(source, asked, vscode.l10n.t('Choose the second prompt'));
    if (!second || view.session.source?.id !== source.id) return;
    lens.uncover(view);
    view.second = { text: second.text, uri: second.uri };
    lens.change(view, { patching: { ...view.session.state.intent.patching, from: second.text } });
    view.panel?.showTab('patching');
  },
};
