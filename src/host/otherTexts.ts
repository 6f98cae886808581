/** Lets the user choose a text that is read like the shown prompt: an open prompt, the version in the last commit, or a file. */
import * as vscode from 'vscode';
import { saidBy } from '../protocol/clauses';
import { ProblemError } from '../protocol/problem';
import { committedText } from './lastCommit';
import { isPromptDocument, readingOf } from './promptDocuments';
import type { PromptSource } from './session/promptSource';

export interface OtherText {
  text: string;
  /** Where the text can be read again; null for a text that is in no file. */
  uri: string | null;
  /** As the panel calls it: the file's name, or `commit 1a2b3c4`. */
  name: string;
}

interface Item extends vscode.QuickPickItem {
  read(): Promise<OtherText | null>;
}

/** `title`: of the dialog that chooses a file. Null where nothing was chosen. @throws ProblemError of the last commit, `fileUnreadable` */
export async function chooseOtherText(
  source: PromptSource,
  placeHolder: string,
  title: string,
): Promise<OtherText | null> {
  const item = await vscode.window.showQuickPick(items(source, title), { placeHolder, matchOnDescription: true });
  return (await item?.read()) ?? null;
}

/** @throws ProblemError `folderNotTrusted`, `gitOff`, `noCommit` */
export async function committedVersion({ uri }: PromptSource): Promise<OtherText> {
  const { text, commit } = await committedText(vscode.Uri.parse(uri));
  return { text, uri: null, name: vscode.l10n.t('commit {0}', commit.slice(0, 7)) };
}

function items(source: PromptSource, title: string): Item[] {
  const commit: Item = {
    label: vscode.l10n.t('Its version in the last commit'),
    iconPath: new vscode.ThemeIcon('git-commit'),
    read: () => committedVersion(source),
  };
  const browse: Item = {
    label: vscode.l10n.t('Browse for a file…'),
    iconPath: new vscode.ThemeIcon('folder-opened'),
    read: () => chosenFile(source, title),
  };
  return [...openPrompts(source), ...(source.range ? [] : [commit]), browse];
}

/** Offers open prompts of the same format, because the other text is read like the shown one. */
function openPrompts(source: PromptSource): Item[] {
  const others = vscode.workspace.textDocuments.filter(
    (each) =>
      each.uri.toString() !== source.uri &&
      readingOf(each) !== 'table' &&
      (isPromptDocument(each) || source.reading === 'plain') &&
      (readingOf(each) === source.reading || source.range !== null),
  );
  return others.map((document) => ({
    label: nameOf(document.uri),
    description: vscode.workspace.asRelativePath(document.uri),
    iconPath: new vscode.ThemeIcon('file'),
    read: async () => textOf(document),
  }));
}

async function chosenFile({ uri }: PromptSource, title: string): Promise<OtherText | null> {
  const folder = vscode.Uri.joinPath(vscode.Uri.parse(uri), '..');
  const defaultUri = folder.scheme === 'file' ? folder : undefined;
  const [file] = (await vscode.window.showOpenDialog({ title, defaultUri, canSelectMany: false })) ?? [];
  if (!file) return null;
  try {
    return textOf(await vscode.workspace.openTextDocument(file));
  } catch (error) {
    throw new ProblemError('fileUnreadable', [file.fsPath, saidBy(error)]);
  }
}

const nameOf = (uri: vscode.Uri) => uri.path.split('/').at(-1) ?? uri.path;

function textOf(document: vscode.TextDocument): OtherText {
  const uri = document.isUntitled ? null : document.uri.toString();
  return { text: document.getText(), uri, name: nameOf(document.uri) };
}
