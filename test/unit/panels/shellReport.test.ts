// @vitest-environment happy-dom
/** The page's frame shows the reader's report on every tab, and sends what is typed there to the host. */
import { expect, it, vi } from 'vitest';
import { tabs } from '../../../src/analysis/contracts';
import { initialIntent, initialState } from '../../../src/host/session/panelDefaults';
import type { Host } from '../../../webview/base/api';
import { Shell } from '../../../webview/panels/shell/shell';
import { views } from '../../../webview/panels/views';

vi.mock('@vscode/webview-ui-toolkit', () => import('./noToolkit'));
vi.mock('../../../webview/base/icons', () => ({ icon: () => document.createElement('i') }));
vi.setConfig({ testTimeout: 30_000 });

it.each(tabs)('on %s', (tab) => {
  document.body.replaceChildren();
  const root = document.body.appendChild(document.createElement('div'));
  const notify = vi.fn();
  const host = { channel: { notify, request: () => new Promise(() => {}) }, saveIntent() {} } as unknown as Host;
  const report = {
    uri: 'file:///trip.prompty',
    notes: ['This is prompt 1 of 2 in the file.'],
    variables: [{ name: 'city', value: 'Oslo', from: 'file' as const }],
  };
  const state = { ...initialState({ ...initialIntent, tab }, false), title: 'trip.prompty', text: 'x', report };
  const shell = new Shell(root, host, state, views);
  expect(root.querySelector('.scroll .report [role=status]')?.textContent).toBe('This is prompt 1 of 2 in the file.');
  const box = root.querySelector<HTMLTextAreaElement>('.report textarea');
  if (!box) throw new Error('There is no field.');
  box.value = 'Bergen';
  box.dispatchEvent(new Event('blur'));
  expect(notify).toHaveBeenCalledWith('setVariable', { uri: 'file:///trip.prompty', name: 'city', value: 'Bergen' });
  shell.apply({ report: null });
  expect(root.querySelector<HTMLElement>('.report')?.hidden).toBe(true);
});
