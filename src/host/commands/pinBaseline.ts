/** Keeps the current probabilities as a baseline; the panel then shows what an edit changed, token by token. */

import * as vscode from 'vscode';
import { ProblemError } from '../../protocol/problem';
import { addressedAndShown } from '../addressed';
import { commandIds } from '../ids';
import { baselineOf } from '../session/baselineOf';
import { shownData } from '../session/shownState';
import type { Command } from './command';

export const pinBaseline: Command = {
  id: commandIds.pinBaseline,
  run: (lens, asker) => {
    const { session } = addressedAndShown(lens, asker);
    const data = shownData(session.state.probabilities);
    const { model } = session.state;
    if (!data || !model) throw new ProblemError('noResult');
    const time = new Date().toLocaleTimeString(vscode.env.language, { hour: '2-digit', minute: '2-digit' });
    session.setBaseline(baselineOf(vscode.l10n.t('pinned {0}', time), model.sha256, data));
  },
};
