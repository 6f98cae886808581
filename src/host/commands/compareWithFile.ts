/** Takes another text as the baseline: an open prompt, the version in the last commit, or a file. */

import * as vscode from 'vscode';
import { ProblemError } from '../../protocol/problem';
import { addressed } from '../addressed';
import { commandIds } from '../ids';
import { compareWith } from '../otherBaseline';
import { chooseOtherText } from '../otherTexts';
import type { Command } from './command';

export const compareWithFile: Command = {
  id: commandIds.compareWithFile,
  run: async (lens, asker) => {
    const view = addressed(lens, asker);
    const { source } = view.session;
    if (!source) throw new ProblemError('noPrompt');
    const asked = vscode.l10n.t('The text to compare with, read like this one');
    const other = await chooseOtherText(source, asked, vscode.l10n.t('Choose the file to compare with'));
    if (other) await compareWith(lens, view, source, other);
  },
};
