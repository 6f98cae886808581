/** One of the prompts and tables that come with the extension, by what they are for: each folder of examples/ is a group. */

import * as vscode from 'vscode';
import type { Tab } from '../../analysis/contracts';
import type { LieIntent } from '../../analysis/panel';
import { saidBy } from '../../protocol/clauses';
import { ProblemError } from '../../protocol/problem';
import { commandIds } from '../ids';
import type { Command } from './command';

export const openExample: Command = {
  id: commandIds.openExample,
  run: async (lens) => {
    const folder = vscode.Uri.joinPath(lens.context.extensionUri, 'examples');
    const placeHolder = vscode.l10n.t('Example to open');
    const chosen = await vscode.window.showQuickPick(examples(folder), { placeHolder, matchOnDescription: true });
    if (!chosen?.uri) return;
    const document = await vscode.workspace.openTextDocument(chosen.uri);
    await vscode.window.showTextDocument(document, vscode.ViewColumn.One);
    const view = lens.openPanel(chosen.tab, document.uri);
    if (chosen.section) lens.change(view, { lie: { ...view.session.state.intent.lie, section: chosen.section } });
  },
};

/** No statement: the model's answer to it is looked at. */
const question = 'answer.txt';

interface ExampleItem extends vscode.QuickPickItem {
  /** Missing for the heading of a group. */
  uri?: vscode.Uri;
  /** Where it is looked at; the tab in front where that is not said. */
  tab?: Tab;
  section?: LieIntent['section'];
}

/** The prompts first, then what is in folders; what explains a folder to a reader of the repository is no example. */
async function examples(folder: vscode.Uri): Promise<ExampleItem[]> {
  const groups = [
    { name: '', label: vscode.l10n.t('Prompts') },
    { name: 'embeddings', label: vscode.l10n.t('Embeddings: where words lie'), tab: 'embeddings' as const },
    { name: 'probing', label: vscode.l10n.t('Lie Detector: what layers know'), ...lie('probe') },
    { name: 'truth', label: vscode.l10n.t('Lie Detector: statements'), ...lie('statements') },
  ];
  const all = await Promise.all(
    groups.map(async ({ name, label, ...place }) => {
      const inside = vscode.Uri.joinPath(folder, name);
      const files = (await fileNames(inside)).filter((file) => file !== 'README.md');
      const items = files.map((file): ExampleItem => {
        const own = file === question ? lie('answer') : {};
        return { label: file, uri: vscode.Uri.joinPath(inside, file), ...place, ...own };
      });
      return [{ label, kind: vscode.QuickPickItemKind.Separator }, ...items];
    }),
  );
  return all.flat();
}

const lie = (section: LieIntent['section']) => ({ tab: 'lie' as const, section });

async function fileNames(folder: vscode.Uri): Promise<string[]> {
  try {
    const entries = await vscode.workspace.fs.readDirectory(folder);
    return entries.filter(([, type]) => type === vscode.FileType.File).map(([name]) => name);
  } catch (error) {
    throw new ProblemError('fileUnreadable', [folder.fsPath, saidBy(error)]);
  }
}
