/**
 * The user's settings as one typed value, limits applied here again: settings.json may hold anything. Imported by the host only.
 */
import * as vscode from 'vscode';
import type { EngineOptions, Precision, ProviderRequest } from '../protocol/model';
import { settingIds } from './ids';

export interface Settings {
  engine: EngineOptions;
  live: boolean;
  liveDelayMs: number;
  tints: boolean;
  tintKind: 'surprisal' | 'rank';
  nextTokenInlay: boolean;
  codeLens: boolean;
  alternatives: number;
  maxTokens: number;
  followCursor: boolean;
}

const providers: readonly ProviderRequest[] = ['auto', 'cuda', 'webgpu', 'dml', 'coreml', 'cpu'];

export function readSettings(): Settings {
  const all = vscode.workspace.getConfiguration();
  const flag = (id: string) => all.get(id) === true;
  const whole = (id: string, least: number, most: number) => {
    const value = Number(all.get(id));
    return Number.isFinite(value) ? Math.min(most, Math.max(least, Math.round(value))) : least;
  };
  const limit = Number(all.get(settingIds.compiledGraphsLimit));
  const model = all.get(settingIds.model);
  const provider = all.get(settingIds.provider) as ProviderRequest;
  const precision: Precision = all.get(settingIds.precision) === 'fast' ? 'fast' : 'exact';
  return {
    engine: {
      model: typeof model === 'string' && model.trim() !== '' ? model.trim() : null,
      provider: providers.includes(provider) ? provider : 'auto',
      precision,
      threads: whole(settingIds.threads, 0, 256),
      cache: null,
      cacheLimitGb: limit > 0 ? limit : null,
    },
    live: flag(settingIds.liveEnabled),
    liveDelayMs: whole(settingIds.liveDelayMs, 50, 5000),
    tints: flag(settingIds.tintsEnabled),
    tintKind: all.get(settingIds.tintsKind) === 'rank' ? 'rank' : 'surprisal',
    nextTokenInlay: flag(settingIds.nextTokenInlay),
    codeLens: flag(settingIds.codeLens),
    alternatives: whole(settingIds.alternatives, 1, 10),
    maxTokens: whole(settingIds.maxTokens, 1, 1024),
    followCursor: flag(settingIds.followCursor),
  };
}

/** Written where the user sees it: where it is already set in this workspace, else for the user. */
export async function writeSetting(id: string, value: unknown): Promise<void> {
  const all = vscode.workspace.getConfiguration();
  const inWorkspace = all.inspect(id)?.workspaceValue !== undefined;
  const target = inWorkspace ? vscode.ConfigurationTarget.Workspace : vscode.ConfigurationTarget.Global;
  await all.update(id, value, target);
}
