/**
 * Trains a probe on the table in front: statements that are true or false, with topics, become a truth probe in a file of the user's
 * choice; any other labels are probed layer by layer in the tab.
 */

import * as vscode from 'vscode';
import type { StoredProbe, TruthStatement } from '../../analysis/truth/contract';
import { saidBy } from '../../protocol/clauses';
import { ProblemError } from '../../protocol/problem';
import type { Progress } from '../../protocol/request';
import { textInFront } from '../addressed';
import { commandIds } from '../ids';
import type { Lens } from '../lens';
import { modelRead, writeFile } from '../panel/writeFile';
import { readingOf } from '../promptDocuments';
import { judgeWith } from './chooseProbe';
import type { Command } from './command';

const seed = 1;

export const trainProbe: Command = {
  id: commandIds.trainProbe,
  run: async (lens, asker) => {
    const table = await tableInFront(lens, asker);
    if (!table) return;
    const view = lens.openPanel('lie', table.uri);
    const statements = await statementsOf(table);
    if (!statements) {
      lens.change(view, { lie: { ...view.session.state.intent.lie, section: 'probe' } });
      return;
    }
    const stored = await trained(lens, statements, table.uri);
    const path = stored && (await save(stored, table.uri, [table.uri, ...modelRead(view.session)]));
    if (path) judgeWith(lens, view, path);
  },
};

/** The table that the user is in, or else one that the user chooses. */
async function tableInFront(lens: Lens, asker: unknown): Promise<vscode.TextDocument | null> {
  const front = textInFront(lens, asker);
  if (front && readingOf(front) === 'table') return front;
  const [file] =
    (await vscode.window.showOpenDialog({
      title: vscode.l10n.t('Choose a table of labelled texts'),
      filters: { CSV: ['csv', 'tsv', 'tab'] },
      canSelectMany: false,
    })) ?? [];
  if (!file) return null;
  try {
    const document = await vscode.workspace.openTextDocument(file);
    await vscode.window.showTextDocument(document, vscode.ViewColumn.One);
    return document;
  } catch (error) {
    throw new ProblemError('fileUnreadable', [file.fsPath, saidBy(error)]);
  }
}

/** Null for a table whose labels are not true and false, or that has no topics to hold out. */
async function statementsOf(document: vscode.TextDocument): Promise<TruthStatement[] | null> {
  const [{ parseTable }, { holdsStatements, truthStatements }] = await Promise.all([
    import('../../document/table'),
    import('../../document/statements'),
  ]);
  const name = vscode.workspace.asRelativePath(document.uri);
  const table = parseTable(document.getText(), name);
  return holdsStatements(table) ? truthStatements(table, name) : null;
}

async function trained(lens: Lens, statements: TruthStatement[], uri: vscode.Uri): Promise<StoredProbe | null> {
  const title = vscode.l10n.t('Training a probe on {0}', vscode.workspace.asRelativePath(uri));
  const where = { location: vscode.ProgressLocation.Notification, title, cancellable: true };
  return vscode.window.withProgress(where, async (shown, token) => {
    const abort = new AbortController();
    token.onCancellationRequested(() => abort.abort());
    let share = 0;
    const onProgress = ({ done, total }: Progress) => {
      const now = (100 * done) / total;
      shown.report({ increment: now - share, message: `${Math.round(now)} %` });
      share = now;
    };
    await lens.engine.load();
    const params = { statements, frozen: null, open: null, seed };
    const { probe } = await lens.engine.request('trainTruth', params, { signal: abort.signal, onProgress });
    return abort.signal.aborted ? null : probe;
  });
}

async function save(probe: StoredProbe, beside: vscode.Uri, read: vscode.Uri[]): Promise<string | null> {
  const name = (beside.path.split('/').at(-1) ?? 'statements').replace(/\.(?:csv|tsv|tab)$/i, '');
  const target = await vscode.window.showSaveDialog({
    title: vscode.l10n.t('Save the probe'),
    defaultUri: beside.scheme === 'file' ? vscode.Uri.joinPath(beside, '..', `${name}.probe.json`) : undefined,
    filters: { JSON: ['json'] },
  });
  if (!target) return null;
  await writeFile(target, Buffer.from(`${JSON.stringify(probe)}\n`, 'utf8'), read);
  return target.fsPath;
}
