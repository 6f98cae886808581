/** Chooses the hardware that computes; the reasons why faster providers were refused are shown beside them. */
import * as vscode from 'vscode';
import type { ProviderRequest } from '../../protocol/model';
import { commandIds, settingIds } from '../ids';
import { writeSetting } from '../settings';
import { say } from '../translate';
import type { Command } from './command';

export const chooseProvider: Command = {
  id: commandIds.chooseProvider,
  run: async (lens) => {
    const present = lens.settings.engine.provider;
    const runtime = lens.engine.status.kind === 'ready' ? lens.engine.status.loaded.runtime : null;
    const offered = choices().filter(
      ({ value, only }) => !only || only.includes(process.platform) || value === present,
    );
    const items = offered.map(({ value, label, detail }) => ({
      label,
      detail,
      description: runtime?.provider === value ? vscode.l10n.t('in use') : undefined,
      iconPath: new vscode.ThemeIcon(value === present ? 'check' : 'circuit-board'),
      value,
    }));
    const placeHolder = runtime?.reason
      ? vscode.l10n.t('Not used: {0}', say(runtime.reason))
      : vscode.l10n.t('Hardware to compute with');
    const item = await vscode.window.showQuickPick(items, { placeHolder });
    if (item) await writeSetting(settingIds.provider, item.value);
  },
};

/** `only`: the systems that have it; every system where missing. */
function choices(): { value: ProviderRequest; label: string; detail: string; only?: NodeJS.Platform[] }[] {
  return [
    { value: 'auto', label: 'auto', detail: vscode.l10n.t('The fastest one that works here.') },
    {
      value: 'cuda',
      label: 'CUDA',
      detail: vscode.l10n.t('NVIDIA graphics cards on Linux; libraries are installed on demand.'),
      only: ['linux', 'win32'],
    },
    { value: 'webgpu', label: 'WebGPU', detail: vscode.l10n.t('Most graphics cards.') },
    { value: 'dml', label: 'DirectML', detail: vscode.l10n.t('Graphics cards on Windows.'), only: ['win32'] },
    { value: 'coreml', label: 'CoreML', detail: vscode.l10n.t('Apple computers.'), only: ['darwin'] },
    { value: 'cpu', label: 'CPU', detail: vscode.l10n.t('The processor, which works everywhere.') },
  ];
}
