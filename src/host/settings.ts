/** The user's settings as one typed value. */
import * as vscode from 'vscode';
import type { EngineOptions } from '../protocol/model';
import { type SettingValues, settingValues } from './settingsSchema';

type OfEngine = 'model' | 'provider' | 'precision' | 'threads' | 'compiledGraphsLimit';

export interface Settings extends Omit<SettingValues, OfEngine> {
  engine: EngineOptions;
}

export function readSettings(): Settings {
  const all = vscode.workspace.getConfiguration();
  const { model, provider, precision, threads, compiledGraphsLimit, ...others } = settingValues((id) => all.get(id));
  return { ...others, engine: { model, provider, precision, threads, cache: null, cacheLimitGb: compiledGraphsLimit } };
}

/** Writes a setting where the user sees it: in this workspace if it is already set there, or else for the user. */
export async function writeSetting(id: string, value: unknown): Promise<void> {
  const all = vscode.workspace.getConfiguration();
  const inWorkspace = all.inspect(id)?.workspaceValue !== undefined;
  const target = inWorkspace ? vscode.ConfigurationTarget.Workspace : vscode.ConfigurationTarget.Global;
  await all.update(id, value, target);
}
