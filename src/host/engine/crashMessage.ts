/**
 * One clear message when the engine crashes: what happened, whether it runs again, which button to press; and one when its model's file
 * changed.
 */
import * as vscode from 'vscode';
import type { Clause } from '../../protocol/clauses';
import type { ProblemError } from '../../protocol/problem';
import { type CommandId, commandIds } from '../ids';
import { say, sayProblem } from '../translate';

export function reportCrash(reason: Clause, final: boolean, problem?: ProblemError): void {
  const restart = vscode.l10n.t('Restart Engine');
  const log = vscode.l10n.t('Show Log');
  const act = (choice: string | undefined) => {
    const command: CommandId | null =
      choice === restart ? commandIds.restartEngine : choice === log ? commandIds.showLog : null;
    if (command) void vscode.commands.executeCommand(command);
  };
  if (problem?.problem.code === 'engineCannotStart') {
    void vscode.window.showErrorMessage(`Prompt Lens: ${sayProblem(problem)}`, log).then(act);
  } else if (problem?.problem.code === 'engineKilled') {
    void vscode.window.showErrorMessage(`Prompt Lens: ${sayProblem(problem)}`, restart, log).then(act);
  } else if (final) {
    const text = vscode.l10n.t(
      'Prompt Lens: the engine stopped again ({0}) and stays off. The editor and your text are not affected.',
      say(reason),
    );
    void vscode.window.showErrorMessage(text, restart, log).then(act);
  } else {
    const text = vscode.l10n.t(
      'Prompt Lens: the engine stopped ({0}) and is being restarted. The editor and your text are not affected.',
      say(reason),
    );
    void vscode.window.showWarningMessage(text, log).then(act);
  }
}

/** Numbers on screen are computed again, and the user should know why they may differ. */
export function reportModelChanged({ problem }: ProblemError): void {
  const text = vscode.l10n.t(
    'Prompt Lens: the model file {0} changed while it was open. It is being read again; results from the old file are out of date.',
    say(problem.args[0]),
  );
  void vscode.window.showWarningMessage(text);
}
