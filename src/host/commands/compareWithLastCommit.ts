/** Takes the version of the prompt in the last commit as the baseline. */
import * as vscode from 'vscode';
import { ProblemError } from '../../protocol/problem';
import { commandIds } from '../ids';
import { committedText } from '../lastCommit';
import { readPrompt } from '../promptDocuments';
import { askProbabilities } from '../session/analyses';
import type { Command } from './command';

export const compareWithLastCommit: Command = {
  id: commandIds.compareWithLastCommit,
  run: async (lens) => {
    const view = lens.current.session.source ? lens.current : lens.openPanel('probabilities');
    const { source } = view.session;
    if (!source) throw new ProblemError('noPrompt');
    const uri = vscode.Uri.parse(source.uri);
    const committed = await committedText(uri);
    const file = vscode.workspace.asRelativePath(uri, false);
    const prompt = await readPrompt(committed.text, file);
    const title = vscode.l10n.t('Prompt Lens: reading the last commit');
    await vscode.window.withProgress({ location: vscode.ProgressLocation.Window, title }, async () => {
      const { data } = await askProbabilities(lens.engine, prompt);
      const name = vscode.l10n.t('commit {0}', committed.commit.slice(0, 7));
      view.session.setBaseline({ name, prompt: data.prompt, result: data.result });
    });
    view.panel?.showTab('probabilities');
  },
};
