/** Ends the engine process and starts it again. */
import * as vscode from 'vscode';
import { commandIds } from '../ids';
import type { Command } from './command';

export const restartEngine: Command = {
  id: commandIds.restartEngine,
  run: async (lens) => {
    await lens.engine.restart();
    vscode.window.setStatusBarMessage(vscode.l10n.t('The engine is running again.'), 5000);
  },
};
