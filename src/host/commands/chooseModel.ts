/** Offers the models that come with the extension, any GGUF file, or a Hugging Face folder. */
import * as vscode from 'vscode';
import { type ManifestModel, readManifest } from '../../files/modelManifest';
import { commandIds, settingIds } from '../ids';
import type { Lens } from '../lens';
import type { Command } from './command';

interface ModelItem extends vscode.QuickPickItem {
  /** The empty name is the bundled model; a dialog opens for a file or a folder. */
  value: string | { browse: 'file' | 'folder' };
}

export const chooseModel: Command = {
  id: commandIds.chooseModel,
  run: async (lens) => {
    const placeHolder = vscode.l10n.t('Model to look into');
    const item = await vscode.window.showQuickPick(await modelItems(lens), { placeHolder, matchOnDetail: true });
    if (!item) return;
    const value = typeof item.value === 'string' ? item.value : await browse(item.value.browse);
    if (value === undefined) return;
    // The path of a model belongs to the machine, never to the workspace.
    const all = vscode.workspace.getConfiguration();
    await all.update(settingIds.model, value === '' ? undefined : value, vscode.ConfigurationTarget.Global);
  },
};

async function modelItems(lens: Lens): Promise<ModelItem[]> {
  const manifest = vscode.Uri.joinPath(lens.context.extensionUri, 'models', 'manifest.json').fsPath;
  const models = await readManifest(manifest);
  const present = lens.settings.engine.model;
  const items: ModelItem[] = models.map((model) => ({
    label: model.name,
    description: [model.quantisation, `${Math.round(model.sizeBytes / 1e6)} MB`, model.licence].join(' · '),
    detail: model.bundled ? vscode.l10n.t('Comes with the extension.') : undefined,
    iconPath: new vscode.ThemeIcon(isPresent(model, present) ? 'check' : 'package'),
    value: model.bundled ? '' : model.name,
  }));
  if (present !== null && !models.some((model) => isPresent(model, present)))
    items.unshift({ label: present, iconPath: new vscode.ThemeIcon('check'), value: present });
  // No dialog of Windows or Linux chooses both files and folders.
  const iconPath = new vscode.ThemeIcon('folder-opened');
  return [
    ...items,
    { label: vscode.l10n.t('Browse for a GGUF file…'), iconPath, value: { browse: 'file' } },
    { label: vscode.l10n.t('Browse for a Hugging Face folder…'), iconPath, value: { browse: 'folder' } },
  ];
}

function isPresent(model: ManifestModel, present: string | null): boolean {
  return present === null ? model.bundled : present === model.name;
}

async function browse(kind: 'file' | 'folder'): Promise<string | undefined> {
  const chosen = await vscode.window.showOpenDialog(
    kind === 'file'
      ? { title: vscode.l10n.t('Choose a model file'), filters: { GGUF: ['gguf'] } }
      : { title: vscode.l10n.t('Choose a model folder'), canSelectFiles: false, canSelectFolders: true },
  );
  return chosen?.[0]?.fsPath;
}
