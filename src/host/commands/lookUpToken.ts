/** Shows how the model splits a text into tokens, or the text of an id. */
import * as vscode from 'vscode';
import { readable } from '../../protocol/pieces';
import { spacedBytes, visibleToken } from '../editor/tokenText';
import { commandIds } from '../ids';
import type { Command } from './command';

export const lookUpToken: Command = {
  id: commandIds.lookUpToken,
  run: async (lens) => {
    const prompt = vscode.l10n.t('Text, or ids after a # (#19724 #5461). A space before a word counts.');
    const typed = await vscode.window.showInputBox({ title: vscode.l10n.t('Look Up Token'), prompt });
    if (!typed) return;
    const ids = /^(\s*#\d+)+\s*$/.test(typed) ? typed.match(/\d+/g)?.map(Number) : undefined;
    const tokens = await lens.engine.request('vocabulary', ids ? { ids } : { text: typed });
    const items = tokens.map(({ id, text, bytes }) => ({
      label: visibleToken(readable({ text, bytes })),
      description: vscode.l10n.t('id {0} · bytes {1}', id, spacedBytes(bytes)),
      id,
    }));
    const placeHolder = vscode.l10n.t('{0} tokens; choose one to copy its id', items.length);
    const item = await vscode.window.showQuickPick(items, { placeHolder, matchOnDescription: true });
    if (item) await vscode.env.clipboard.writeText(String(item.id));
  },
};
