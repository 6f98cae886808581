/** Opens one of the prompts and tables that come with the extension, grouped by purpose: each folder of examples/ is a group. */

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

/** This file is not a statement: the tab shows the model's answer to it. */
const question = 'answer.txt';

interface ExampleItem extends vscode.QuickPickItem {
  /** Missing for a group's heading. */
  uri?: vscode.Uri;
  /** The tab that shows the example; the tab in front when absent. */
  tab?: Tab;
  section?: LieIntent['section'];
}

/** Lists the prompts first, then the files in folders; a README that explains a folder to readers of the repository is not an example. */
async function examples(folder: vscode.Uri): Promise<ExampleItem[]> {
  const groups = [
    { name: '', label: vscode.l10n.t('Prompts') },
    { name: 'embeddings', label: vscode.l10n.t('Embeddings: words as points'), tab: 'embeddings' as const },
    { name: 'probing', label: vscode.l10n.t('Lie Detector: what layers know'), ...lie('probe') },
    { name: 'truth', label: vscode.l10n.t('Lie Detector: statements'), ...lie('statements') },
  ];
  const all = await Promise.all(
    groups.map(async ({ name, label, ...place }) => {
      const inside = vscode.Uri.joinPath(folder, name);
      const files = (await fileNames(inside)).filter((file) => file !== 'README.md');
      const items = files.map((file): ExampleItem => {
        const own = file === question ? lie('answer') : {};
        return {
          label: file,
          description: aboutExample(file),
          uri: vscode.Uri.joinPath(inside, file),
          ...place,
          ...own,
        };
      });
      return [{ label, kind: vscode.QuickPickItemKind.Separator }, ...items];
    }),
  );
  return all.flat();
}

/** What to look for, in a few words; empty for a file without any. */
export function aboutExample(file: string): string {
  const words: Record<string, string> = {
    'reviews.txt': vscode.l10n.t('two examples, then a review to judge'),
    'capital.txt': vscode.l10n.t('one likely next word and its rivals'),
    'dull.txt': vscode.l10n.t('one review, without examples'),
    'chinese.txt': vscode.l10n.t('Chinese, in many small tokens'),
    'support.prompt.md': vscode.l10n.t('a prompt file with front matter'),
    'translate.prompty': vscode.l10n.t('roles and variables'),
    'story.prompt': vscode.l10n.t('a Dotprompt template with defaults'),
    'chat.json': vscode.l10n.t('a conversation of several turns'),
    'bank.txt': vscode.l10n.t('one word in two senses'),
    'cities.csv': vscode.l10n.t('cities: is there a map in the model?'),
    'names.csv': vscode.l10n.t('first names, by language and gender'),
    'things.csv': vscode.l10n.t('animals, fruit and vehicles'),
    'grammar.csv': vscode.l10n.t('singular or plural?'),
    'meaning.csv': vscode.l10n.t('praise or complaint?'),
    'surface.csv': vscode.l10n.t('vowel or consonant?'),
    'statements.txt': vscode.l10n.t('statements, true and false'),
    'answer.txt': vscode.l10n.t('a question: does the model’s own answer look true?'),
  };
  return words[file] ?? '';
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
