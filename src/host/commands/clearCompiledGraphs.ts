/** Frees the disk space of compiled graphs. Running engines go on; graphs that they need later are compiled again. */
import * as vscode from 'vscode';
import { sizeText } from '../../protocol/sizeText';
import { commandIds } from '../ids';
import type { Command } from './command';

export const clearCompiledGraphs: Command = {
  id: commandIds.clearCompiledGraphs,
  run: async (lens) => {
    const { cache: folder, cacheLimitGb } = lens.settings.engine;
    const { freedBytes, bytes } = await vscode.window.withProgress(
      { location: vscode.ProgressLocation.Window, title: vscode.l10n.t('Clearing compiled graphs') },
      () => lens.engine.compiledGraphs({ folder, limitGb: cacheLimitGb ?? null, clear: true }),
    );
    const freed = vscode.l10n.t('Compiled graphs cleared: {0} freed.', sizeText(freedBytes));
    const kept = vscode.l10n.t('{0} are still in use and were kept.', sizeText(bytes));
    void vscode.window.showInformationMessage(bytes > 0 ? `${freed} ${kept}` : freed);
  },
};
