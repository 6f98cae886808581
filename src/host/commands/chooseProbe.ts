/** Chooses the truth probe that judges: the bundled one, or a file. The engine refuses a probe of another model. */

import * as vscode from 'vscode';
import { addressed } from '../addressed';
import { commandIds } from '../ids';
import type { Lens, View } from '../lens';
import type { Command } from './command';

export const chooseProbe: Command = {
  id: commandIds.chooseProbe,
  run: async (lens, asker) => {
    const view = addressed(lens, asker);
    const chosen = await vscode.window.showQuickPick(items(view), {
      placeHolder: vscode.l10n.t('Probe to judge the statements with'),
    });
    const probe = await chosen?.path();
    if (probe === undefined) return;
    judgeWith(lens, view, probe);
  },
};

/** Sets the probe in use; a file that was written again is read again. */
export function judgeWith(lens: Lens, view: View, probe: string | null): void {
  const { lie } = view.session.state.intent;
  const section = lie.section === 'probe' ? 'statements' : lie.section;
  const same = lie.probe === probe;
  lens.change(view, { lie: { ...lie, probe, section } });
  lens.uncover(view);
  view.panel?.showTab('lie');
  if (same) view.session.run();
}

interface ProbeItem extends vscode.QuickPickItem {
  /** Undefined when the user cancelled. */
  path(): Promise<string | null | undefined>;
}

function items({ session }: View): ProbeItem[] {
  const { probe } = session.state.intent.lie;
  return [
    {
      label: vscode.l10n.t('The probe that comes with the model'),
      iconPath: new vscode.ThemeIcon(probe === null ? 'check' : 'blank'),
      path: async () => null,
    },
    ...(probe === null
      ? []
      : [
          {
            label: probe.split(/[\\/]/).at(-1) ?? probe,
            description: probe,
            iconPath: new vscode.ThemeIcon('check'),
            path: async () => probe,
          },
        ]),
    {
      label: vscode.l10n.t('Browse for a file…'),
      iconPath: new vscode.ThemeIcon('folder-opened'),
      path: () => browse(session.source?.uri ?? null),
    },
  ];
}

async function browse(beside: string | null): Promise<string | undefined> {
  const folder = beside ? vscode.Uri.joinPath(vscode.Uri.parse(beside), '..') : undefined;
  const [file] =
    (await vscode.window.showOpenDialog({
      title: vscode.l10n.t('Choose a probe'),
      defaultUri: folder?.scheme === 'file' ? folder : undefined,
      filters: { JSON: ['json'] },
      canSelectMany: false,
    })) ?? [];
  return file?.fsPath;
}
