/** Takes the version of the prompt in the last commit as the baseline. */

import * as vscode from 'vscode';
import { ProblemError } from '../../protocol/problem';
import { addressed } from '../addressed';
import { commandIds } from '../ids';
import { committedText } from '../lastCommit';
import { askProbabilities } from '../session/analyses';
import { baselineOf } from '../session/baselineOf';
import type { Command } from './command';

export const compareWithLastCommit: Command = {
  id: commandIds.compareWithLastCommit,
  run: async (lens, asker) => {
    const view = addressed(lens, asker);
    const { source } = view.session;
    if (!source) throw new ProblemError('noPrompt');
    const uri = vscode.Uri.parse(source.uri);
    const committed = await committedText(uri);
    const called = vscode.l10n.t('Its version in the last commit');
    const prompt = await source.readText(committed.text, called);
    const title = vscode.l10n.t('Prompt Lens: reading the last commit');
    await vscode.window.withProgress({ location: vscode.ProgressLocation.Window, title }, async () => {
      const { model } = await lens.engine.load();
      const { data } = await askProbabilities(lens.engine, prompt);
      // Another file came under the lens meanwhile, so the version is not that file's.
      if (view.session.source?.id !== source.id) throw new ProblemError('cancelled');
      const name = vscode.l10n.t('commit {0}', committed.commit.slice(0, 7));
      view.session.setBaseline(baselineOf(name, model.sha256, data));
    });
    view.panel?.showTab('probabilities');
  },
};
