/** Opens the extension's settings. */
import * as vscode from 'vscode';
import { commandIds, extensionPrefix } from '../ids';
import type { Command } from './command';

export const openSettings: Command = {
  id: commandIds.openSettings,
  run: async () => {
    await vscode.commands.executeCommand('workbench.action.openSettings', `${extensionPrefix}.`);
  },
};
