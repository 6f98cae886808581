/** Copies the command line that prints what the panel shows. */

import { join } from 'node:path';
import { platform } from 'node:process';
import * as vscode from 'vscode';
import type { Intent, PanelState } from '../../analysis/panel';
import { promptKind } from '../../document/promptKind';
import { clause } from '../../protocol/clauses';
import { ProblemError } from '../../protocol/problem';
import { canContinue } from '../../protocol/promptEnd';
import { addressed } from '../addressed';
import { commandLine, shellOf } from '../commandLine';
import { commandIds } from '../ids';
import type { View } from '../lens';
import { candidatesPerToken } from '../session/analyses';
import type { PromptSource } from '../session/promptSource';
import { shownData } from '../session/viewState';
import type { Command } from './command';

/** Whose paths the command line can open. */
const fileSchemes = new Set(['file', 'vscode-remote']);

export const copyCommandLine: Command = {
  id: commandIds.copyCommandLine,
  run: async (lens, asker) => {
    const view = addressed(lens, asker);
    const { source, state } = view.session;
    if (!source) throw new ProblemError('noPrompt');
    const uri = vscode.Uri.parse(source.uri);
    if (source.range !== null || !fileSchemes.has(uri.scheme)) throw new ProblemError('needsFile', [source.title]);
    const document = vscode.workspace.textDocuments.find((each) => each.uri.toString() === source.uri);
    const request = {
      program: ['node', cliPath(lens.context.extensionUri.fsPath)],
      file: pathOf(uri),
      intent: settled(state),
      selection: state.selection,
      engine: lens.settings.engine,
      top: candidatesPerToken,
      plan: shownData(state.embeddings)?.plan ?? null,
      raw: asItStands(source, document),
      blocks: state.model?.layers ?? 0,
      continueLast: state.intent.continueLast && canContinue(await view.session.input('probabilities')),
      second: state.intent.tab === 'patching' ? secondFile(view) : null,
    };
    await vscode.env.clipboard.writeText(commandLine(request, shellOf(vscode.env.shell, platform)));
    const copied = document?.isDirty
      ? vscode.l10n.t('Command line copied. Save the file before you run it: it reads what is on the disk.')
      : vscode.l10n.t('Command line copied.');
    vscode.window.setStatusBarMessage(`$(check) ${copied}`, 6000);
  },
};

/** The command line reads a file by its name alone. */
function asItStands({ file: { reading } }: PromptSource, document: vscode.TextDocument | undefined): boolean {
  const byName = document ? promptKind(document.uri.path) : 'raw';
  if (reading === 'plain') return byName !== 'raw';
  if (document && byName !== promptKind(document.uri.path, document.languageId))
    throw new ProblemError('notOnCommandLine', [clause('formatByLanguage')]);
  return false;
}

/** What the layer probe took the labels for, where that was left to it. */
function settled({ intent, probe }: PanelState): Intent {
  return { ...intent, lie: { ...intent.lie, task: shownData(probe)?.result.task ?? intent.lie.task } };
}

/** The folder that a terminal opens in, where that is sure. */
function terminalFolder(): string | null {
  const folders = vscode.workspace.workspaceFolders ?? [];
  return folders.length === 1 ? folders[0].uri.fsPath : null;
}

/** The command line beside the extension: from a checkout that is open, a path in it. */
function cliPath(extension: string): string {
  return terminalFolder() === extension ? 'dist/cli.js' : join(extension, 'dist', 'cli.js');
}

/** As a terminal that opens in the workspace's folder sees it. */
function pathOf(uri: vscode.Uri): string {
  const within = terminalFolder() !== null && vscode.workspace.getWorkspaceFolder(uri);
  return within ? vscode.workspace.asRelativePath(uri, false) : uri.fsPath;
}

/** The file that patching's second prompt came from, as long as it has not been changed in the panel. */
function secondFile({ session, second }: View): string | null {
  const { from } = session.state.intent.patching;
  if (from === null) return null;
  if (second?.text !== from || second.uri === null) throw new ProblemError('needsFile', [clause('secondPrompt')]);
  return pathOf(vscode.Uri.parse(second.uri));
}
