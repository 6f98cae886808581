/**
 * Lists every command, and is the only place where their errors become messages: cause, remedy, and a button to press. Commands always
 * exist, with or without an engine.
 */
import * as vscode from 'vscode';
import { ProblemError } from '../../protocol/problem';
import { entryOf } from '../../protocol/problemCatalogue';
import type { MessageButton } from '../../protocol/problemKinds';
import { type CommandId, commandIds } from '../ids';
import type { Lens } from '../lens';
import { sayProblem } from '../translate';
import { cancel } from './cancel';
import { chooseModel } from './chooseModel';
import { choosePatchFile } from './choosePatchFile';
import { chooseProbe } from './chooseProbe';
import { chooseProvider } from './chooseProvider';
import { clearBaseline } from './clearBaseline';
import { clearCompiledGraphs } from './clearCompiledGraphs';
import { clearTarget } from './clearTarget';
import type { Command } from './command';
import { compareWithFile } from './compareWithFile';
import { compareWithLastCommit } from './compareWithLastCommit';
import { copyCommandLine } from './copyCommandLine';
import { explainSelection } from './explainSelection';
import { focusPanel } from './focusPanel';
import { generate } from './generate';
import { goToFile } from './goToFile';
import { installCuda } from './installCuda';
import { lockToken } from './lockToken';
import { lookUpToken } from './lookUpToken';
import { openExample } from './openExample';
import { openPanel } from './openPanel';
import { openSettings } from './openSettings';
import { pinBaseline } from './pinBaseline';
import { restartEngine } from './restartEngine';
import { run } from './run';
import { setTarget } from './setTarget';
import { setVariable } from './setVariable';
import { showAsText } from './showAsText';
import { showAttention } from './showAttention';
import { showEmbeddings } from './showEmbeddings';
import { showLayers } from './showLayers';
import { showLieDetector } from './showLieDetector';
import { showLog } from './showLog';
import { showModelInformation } from './showModelInformation';
import { showPatching } from './showPatching';
import { showProbabilities } from './showProbabilities';
import { showWhereWordLies } from './showWhereWordLies';
import { statusMenu } from './statusMenu';
import { targetFromSelection } from './targetFromSelection';
import { tearOff } from './tearOff';
import { toggleLive } from './toggleLive';
import { toggleSaliencyInEditor } from './toggleSaliencyInEditor';
import { toggleTints } from './toggleTints';
import { trainProbe } from './trainProbe';
import { unlockToken } from './unlockToken';
import { whyThisAnswer } from './whyThisAnswer';

const all: Readonly<Record<keyof typeof commandIds, Command>> = {
  cancel,
  chooseModel,
  choosePatchFile,
  chooseProbe,
  chooseProvider,
  clearBaseline,
  clearCompiledGraphs,
  clearTarget,
  compareWithFile,
  compareWithLastCommit,
  copyCommandLine,
  explainSelection,
  focusPanel,
  generate,
  goToFile,
  installCuda,
  lockToken,
  lookUpToken,
  openExample,
  openPanel,
  openSettings,
  pinBaseline,
  restartEngine,
  run,
  setTarget,
  setVariable,
  showAsText,
  showAttention,
  showEmbeddings,
  showLayers,
  showLieDetector,
  showLog,
  showModelInformation,
  showPatching,
  showProbabilities,
  showWhereWordLies,
  statusMenu,
  targetFromSelection,
  tearOff,
  toggleLive,
  toggleSaliencyInEditor,
  toggleTints,
  trainProbe,
  unlockToken,
  whyThisAnswer,
};

/** Each command returns whether it succeeded; if it did not, the problem has been shown. */
export function registerCommands(lens: Lens): vscode.Disposable {
  return vscode.Disposable.from(
    ...Object.values(all).map(({ id, run }) =>
      vscode.commands.registerCommand(id, async (...args: unknown[]) => {
        try {
          await run(lens, ...args);
          return true;
        } catch (error) {
          await showProblem(lens, error);
          return false;
        }
      }),
    ),
  );
}

async function showProblem(lens: Lens, error: unknown): Promise<void> {
  const { problem } = ProblemError.wrap(error);
  if (problem.code === 'cancelled') return;
  if (problem.detail) lens.log.error(problem.detail);
  const { kind, button } = entryOf(problem.code);
  const buttons = buttonsOf(button);
  const titles = buttons.map(({ title }) => title);
  const show = kind === 'unmet' ? vscode.window.showWarningMessage : vscode.window.showErrorMessage;
  const chosen = await show(`Prompt Lens: ${sayProblem(error)}`, ...titles);
  const command = buttons.find(({ title }) => title === chosen)?.command;
  if (command) await vscode.commands.executeCommand(command);
}

function buttonsOf(button: MessageButton | undefined): { title: string; command: CommandId }[] {
  const log = { title: vscode.l10n.t('Show Log'), command: commandIds.showLog };
  switch (button) {
    case 'restart':
      return [{ title: vscode.l10n.t('Restart Engine'), command: commandIds.restartEngine }, log];
    case 'clearCache':
      return [{ title: vscode.l10n.t('Clear Compiled Graphs'), command: commandIds.clearCompiledGraphs }];
    case 'model':
      return [{ title: vscode.l10n.t('Choose Model…'), command: commandIds.chooseModel }, log];
    case 'provider':
      return [{ title: vscode.l10n.t('Choose Provider…'), command: commandIds.chooseProvider }];
    case 'example':
      return [{ title: vscode.l10n.t('Open Example'), command: commandIds.openExample }];
    case 'log':
      return [log];
    case undefined:
      return [];
  }
}
