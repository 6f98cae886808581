/** Copies the command line that prints what the panel shows. */
import { platform } from 'node:process';
import * as vscode from 'vscode';
import { ProblemError } from '../../protocol/problem';
import { commandLine, shellOf } from '../commandLine';
import { commandIds } from '../ids';
import { candidatesPerToken } from '../session/analyses';
import type { Command } from './command';

export const copyCommandLine: Command = {
  id: commandIds.copyCommandLine,
  run: async (lens) => {
    const { source, state } = lens.current.session;
    if (!source) throw new ProblemError('noPrompt');
    const uri = vscode.Uri.parse(source.uri);
    if (source.range !== null || uri.scheme === 'untitled') throw new ProblemError('needsFile', [source.title]);
    const document = vscode.workspace.textDocuments.find((each) => each.uri.toString() === source.uri);
    const file = vscode.workspace.getWorkspaceFolder(uri) ? vscode.workspace.asRelativePath(uri, false) : uri.fsPath;
    const request = {
      file,
      tab: state.intent.tab,
      selection: state.selection,
      engine: lens.settings.engine,
      top: candidatesPerToken,
    };
    await vscode.env.clipboard.writeText(commandLine(request, shellOf(vscode.env.shell, platform)));
    const copied = document?.isDirty
      ? vscode.l10n.t('Command line copied. Save the file before you run it: it reads what is on the disk.')
      : vscode.l10n.t('Command line copied.');
    vscode.window.setStatusBarMessage(`$(check) ${copied}`, 6000);
  },
};
