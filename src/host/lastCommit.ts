/** The text of a file in the last commit, read through the editor's own git extension, so that this extension runs no git itself. */
import * as vscode from 'vscode';
import { type ClauseKey, clause } from '../protocol/clauses';
import { ProblemError } from '../protocol/problem';

/** The part that we use of the API that `vscode.git` exports, version 1. */
interface GitRepository {
  readonly state: { readonly HEAD: { readonly commit?: string } | undefined };
  show(ref: string, path: string): Promise<string>;
}
interface GitExtension {
  readonly enabled: boolean;
  getAPI(version: 1): {
    getRepository(uri: vscode.Uri): GitRepository | null;
    openRepository?(root: vscode.Uri): Promise<GitRepository | null>;
  };
}

/** @throws ProblemError `folderNotTrusted`, `gitOff`, `noCommit` with the reason: no repository, no commit, not in the commit. */
export async function committedText(uri: vscode.Uri): Promise<{ text: string; commit: string }> {
  const name = uri.path.split('/').at(-1) ?? uri.path;
  const refuse = (reason: ClauseKey) => new ProblemError('noCommit', [name, clause(reason)]);
  const extension = vscode.extensions.getExtension<GitExtension>('vscode.git');
  if (!vscode.workspace.isTrusted) throw new ProblemError('folderNotTrusted', [name]);
  if (!extension) throw new ProblemError('gitOff', [name, clause('gitOff')]);
  const git = extension.isActive ? extension.exports : await extension.activate();
  if (!git.enabled) throw new ProblemError('gitOff', [name, clause('gitSwitchedOff')]);
  const api = git.getAPI(1);
  const repository = api.getRepository(uri) ?? (await api.openRepository?.(vscode.Uri.joinPath(uri, '..')));
  if (!repository) throw refuse('noRepository');
  const commit = repository.state.HEAD?.commit;
  if (!commit) throw refuse('noCommitYet');
  try {
    return { text: await repository.show(commit, uri.fsPath), commit };
  } catch {
    throw refuse('notInCommit');
  }
}
