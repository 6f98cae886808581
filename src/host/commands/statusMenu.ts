/** The menu behind the status item. */
import * as vscode from 'vscode';
import { type CommandId, commandIds } from '../ids';
import type { Lens } from '../lens';
import type { Command } from './command';

interface MenuItem extends vscode.QuickPickItem {
  command?: CommandId;
}

export const statusMenu: Command = {
  id: commandIds.statusMenu,
  run: async (lens) => {
    const item = await vscode.window.showQuickPick(menu(lens), { placeHolder: 'Prompt Lens' });
    if (item?.command) await vscode.commands.executeCommand(item.command);
  },
};

function menu(lens: Lens): MenuItem[] {
  const { live } = lens.settings;
  const busy = lens.views().some(({ session }) => session.busy);
  const item = (icon: string, label: string, command: CommandId, description?: string): MenuItem => ({
    label: `$(${icon}) ${label}`,
    command,
    description,
  });
  return [
    ...(busy ? [item('debug-stop', vscode.l10n.t('Cancel'), commandIds.cancel)] : []),
    item('telescope', vscode.l10n.t('Open Panel'), commandIds.openPanel),
    item(
      'symbol-color',
      lens.tintsShown ? vscode.l10n.t('Hide Tints') : vscode.l10n.t('Show Tints'),
      commandIds.toggleTints,
    ),
    item('sync', live ? vscode.l10n.t('Live Updates Off') : vscode.l10n.t('Live Updates On'), commandIds.toggleLive),
    { label: '', kind: vscode.QuickPickItemKind.Separator },
    item('package', vscode.l10n.t('Choose Model…'), commandIds.chooseModel, lens.main.session.state.model?.name),
    item('circuit-board', vscode.l10n.t('Choose Provider…'), commandIds.chooseProvider, lens.settings.engine.provider),
    item('info', vscode.l10n.t('Model Information'), commandIds.showModelInformation),
    { label: '', kind: vscode.QuickPickItemKind.Separator },
    item('debug-restart', vscode.l10n.t('Restart Engine'), commandIds.restartEngine),
    item('output', vscode.l10n.t('Show Log'), commandIds.showLog),
    item('settings-gear', vscode.l10n.t('Settings'), commandIds.openSettings),
  ];
}
