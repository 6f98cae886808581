/** Keeps the current probabilities as a baseline; the panel then shows what an edit changed, token by token. */

import * as vscode from 'vscode';
import { ProblemError } from '../../protocol/problem';
import { addressedAndShown } from '../addressed';
import { commandIds } from '../ids';
import { shownData } from '../session/shownState';
import type { Command } from './command';

export const pinBaseline: Command = {
  id: commandIds.pinBaseline,
  run: (lens, asker) => {
    const { session } = addressedAndShown(lens, asker);
    const data = shownData(session.state.probabilities);
    if (!data) throw new ProblemError('noResult');
    const time = new Date().toLocaleTimeString(vscode.env.language, { hour: '2-digit', minute: '2-digit' });
    session.setBaseline({ name: vscode.l10n.t('pinned {0}', time), prompt: data.prompt, result: data.result });
  },
};
