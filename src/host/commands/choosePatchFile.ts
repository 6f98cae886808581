/** Chooses the second prompt of the Patching tab: an open prompt, the last commit's version, or a file. */

import * as vscode from 'vscode';
import { saidBy } from '../../protocol/clauses';
import { ProblemError } from '../../protocol/problem';
import { addressed } from '../addressed';
import { commandIds } from '../ids';
import { committedText } from '../lastCommit';
import { isPromptDocument, readingOf } from '../promptDocuments';
import type { PromptSource } from '../session/promptSource';
import type { Command } from './command';

interface Second {
  text: string;
  /** Where the text can be read again; null for a text that is in no file. */
  uri: string | null;
}

interface SecondItem extends vscode.QuickPickItem {
  read(): Promise<Second | null>;
}

export const choosePatchFile: Command = {
  id: commandIds.choosePatchFile,
  run: async (lens, asker) => {
    const view = addressed(lens, asker);
    const { source } = view.session;
    if (!source) throw new ProblemError('noPrompt');
    const placeHolder = vscode.l10n.t('Second prompt, with as many tokens');
    const item = await vscode.window.showQuickPick(items(source), { placeHolder, matchOnDescription: true });
    const second = await item?.read();
    if (!second || view.session.source?.id !== source.id) return;
    lens.uncover(view);
    view.second = second;
    lens.change(view, { patching: { ...view.session.state.intent.patching, from: second.text } });
    view.panel?.showTab('patching');
  },
};

function items(source: PromptSource): SecondItem[] {
  const commit: SecondItem = {
    label: vscode.l10n.t('Its version in the last commit'),
    iconPath: new vscode.ThemeIcon('git-commit'),
    read: async () => ({ text: (await committedText(vscode.Uri.parse(source.uri))).text, uri: null }),
  };
  const browse: SecondItem = {
    label: vscode.l10n.t('Browse for a file…'),
    iconPath: new vscode.ThemeIcon('folder-opened'),
    read: () => chosenFile(source),
  };
  return [...openPrompts(source), ...(source.range ? [] : [commit]), browse];
}

/** Offers open prompts of the same format, because the second prompt is read like the first one. */
function openPrompts(source: PromptSource): SecondItem[] {
  const others = vscode.workspace.textDocuments.filter(
    (each) =>
      each.uri.toString() !== source.uri &&
      readingOf(each) !== 'table' &&
      (isPromptDocument(each) || source.reading === 'plain') &&
      (readingOf(each) === source.reading || source.range !== null),
  );
  return others.map((document) => ({
    label: document.uri.path.split('/').at(-1) ?? document.uri.path,
    description: vscode.workspace.asRelativePath(document.uri),
    iconPath: new vscode.ThemeIcon('file'),
    read: async () => second(document),
  }));
}

async function chosenFile({ uri }: PromptSource): Promise<Second | null> {
  const folder = vscode.Uri.joinPath(vscode.Uri.parse(uri), '..');
  const title = vscode.l10n.t('Choose the second prompt');
  const defaultUri = folder.scheme === 'file' ? folder : undefined;
  const [file] = (await vscode.window.showOpenDialog({ title, defaultUri, canSelectMany: false })) ?? [];
  if (!file) return null;
  try {
    return second(await vscode.workspace.openTextDocument(file));
  } catch (error) {
    throw new ProblemError('fileUnreadable', [file.fsPath, saidBy(error)]);
  }
}

function second(document: vscode.TextDocument): Second {
  return { text: document.getText(), uri: document.isUntitled ? null : document.uri.toString() };
}
