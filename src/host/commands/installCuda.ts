/**
 * CUDA for NVIDIA cards on Linux: its libraries are too large for the package. This is the only command that uses the network, and only
 * after the user has read the source's address and agreed; onnxruntime's own installer does the work, in a terminal that the user can read.
 */
import { access } from 'node:fs/promises';
import * as vscode from 'vscode';
import { clause } from '../../protocol/clauses';
import { ProblemError } from '../../protocol/problem';
import { commandIds } from '../ids';
import type { Command } from './command';

/** The runtime's script, bundled with its dependencies. */
const installer = ['dist', 'installCuda.js'];

export const installCuda: Command = {
  id: commandIds.installCuda,
  run: async (lens) => {
    if (!cudaOffered()) throw new ProblemError('providerUnavailable', ['cuda', clause('needsLinux')]);
    const script = vscode.Uri.joinPath(lens.context.extensionUri, ...installer).fsPath;
    await access(script).catch(() => {
      throw new ProblemError('cudaInstallerMissing', [script]);
    });
    const install = vscode.l10n.t('Download and Install');
    const detail = vscode.l10n.t(
      "This runs ONNX Runtime's own installer in a terminal. It downloads Microsoft's package Microsoft.ML.OnnxRuntime.Gpu.Linux (several hundred MB) from NuGet into the extension's folder. NVIDIA's driver, CUDA 12 and cuDNN 9 must be installed on this machine. Prompts and models stay here; nothing else is sent.",
    );
    const title = vscode.l10n.t('Install the CUDA libraries?');
    const answer = await vscode.window.showWarningMessage(title, { modal: true, detail }, install);
    if (answer === install) await vscode.tasks.executeTask(installTask(script));
  },
};

/** The runtime's installer has the libraries only for Linux on x64. */
export function cudaOffered(): boolean {
  return process.platform === 'linux' && process.arch === 'x64';
}

function installTask(script: string): vscode.Task {
  // Runs on the editor's own Node, so that none needs to be installed; arguments are passed without a shell.
  const run = new vscode.ProcessExecution(process.execPath, [script, '--onnxruntime-node-install=cuda12'], {
    env: { ELECTRON_RUN_AS_NODE: '1' },
  });
  const name = vscode.l10n.t('Install CUDA Support');
  const task = new vscode.Task({ type: 'promptLens.installCuda' }, vscode.TaskScope.Global, name, 'Prompt Lens', run);
  task.presentationOptions = { reveal: vscode.TaskRevealKind.Always, focus: true };
  const ended = vscode.tasks.onDidEndTaskProcess(({ execution, exitCode }) => {
    if (execution.task.name !== name) return;
    ended.dispose();
    if (exitCode === 0) void offerRestart();
  });
  return task;
}

async function offerRestart(): Promise<void> {
  const restart = vscode.l10n.t('Restart Engine');
  const text = vscode.l10n.t('The CUDA libraries are installed. Restart the engine to use them.');
  if ((await vscode.window.showInformationMessage(text, restart)) === restart)
    await vscode.commands.executeCommand(commandIds.restartEngine);
}
