/** Offers the models that come with the extension, or any GGUF file. */
import * as vscode from 'vscode';
import { type ManifestModel, readManifest } from '../../files/modelManifest';
import { commandIds, settingIds } from '../ids';
import type { Lens } from '../lens';
import type { Command } from './command';

interface ModelItem extends vscode.QuickPickItem {
  /** Null opens the file dialog; the empty name is the bundled model. */
  value: string | null;
}

export const chooseModel: Command = {
  id: commandIds.chooseModel,
  run: async (lens) => {
    const placeHolder = vscode.l10n.t('Model to look into');
    const item = await vscode.window.showQuickPick(await modelItems(lens), { placeHolder, matchOnDetail: true });
    if (!item) return;
    const value = item.value ?? (await browse());
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
  const browseItem = {
    label: vscode.l10n.t('Browse for a GGUF file…'),
    iconPath: new vscode.ThemeIcon('folder-opened'),
  };
  return [...items, { ...browseItem, value: null }];
}

function isPresent(model: ManifestModel, present: string | null): boolean {
  return present === null ? model.bundled : present === model.name;
}

async function browse(): Promise<string | undefined> {
  const title = vscode.l10n.t('Choose a model file');
  const chosen = await vscode.window.showOpenDialog({ title, filters: { GGUF: ['gguf'] }, canSelectMany: false });
  return chosen?.[0]?.fsPath;
}
