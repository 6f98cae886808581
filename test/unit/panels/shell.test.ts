// @vitest-environment happy-dom
/** The frame of the page around a small view: what it shows for a state, what its keys do, what it tells the host. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { Tab } from '../../../src/analysis/contracts';
import type { PanelState } from '../../../src/analysis/panel';
import { initialIntent, initialState } from '../../../src/host/session/panelDefaults';
import { ProblemError } from '../../../src/protocol/problem';
import type { Host } from '../../../webview/base/api';
import type { CreateView, View, ViewContext } from '../../../webview/base/view';
import { Shell } from '../../../webview/panels/shell/shell';
import { press } from '../charts/domSetup';

vi.mock('@vscode/webview-ui-toolkit', () => import('./noToolkit'));
vi.mock('../../../webview/base/icons', () => ({ icon: () => document.createElement('i') }));
vi.stubGlobal(
  'ResizeObserver',
  class {
    observe() {}
    disconnect() {}
  },
);

const read = (name: string) => JSON.parse(readFileSync(join(__dirname, `../../fixtures/panel/${name}.json`), 'utf8'));
const { prompt, result, end } = read('capital');
const ready = {
  kind: 'ready',
  data: { prompt, result, end },
  runMs: 12,
  at: 0,
} as unknown as PanelState['probabilities'];

function stand(change: Partial<PanelState> = {}, own: Partial<View> = {}) {
  const updates: (readonly string[])[] = [];
  const contexts: ViewContext[] = [];
  const creator =
    (tab: Tab): CreateView =>
    (context) => {
      contexts.push(context);
      const element = document.createElement('p');
      element.textContent = `picture of ${tab}`;
      return {
        tab,
        element,
        about: { shows: `what ${tab} shows.`, cannotTell: 'the rest.' },
        terms: ['token', 'logit'],
        lead: () => ({ question: `What is ${tab}?`, answer: `It is ${tab}.` }),
        running: () => `Computing ${tab}`,
        update: (_, changed) => updates.push([...changed].sort()),
        dispose() {},
        table: () => ({ caption: `numbers of ${tab}`, columns: ['n'], rows: [[1]] }),
        ...own,
      };
    };
  const tabs = Object.keys(initialIntent).filter(
    (key) => key in initialState(initialIntent, false) || key === 'layers',
  );
  const creators = Object.fromEntries(tabs.map((tab) => [tab, creator(tab as Tab)])) as Record<Tab, CreateView>;
  const request = vi.fn(async (): Promise<unknown> => null);
  const notify = vi.fn();
  const saveIntent = vi.fn();
  const host = { channel: { request, notify }, savedIntent: () => null, saveIntent } as unknown as Host;
  const root = document.createElement('div');
  document.body.append(root);
  const state = { ...initialState(initialIntent, false), title: 'a.txt', text: prompt.rendered, ...change };
  const shell = new Shell(root, host, state, creators);
  const visible = (selector: string) =>
    [...root.querySelectorAll<HTMLElement>(selector)].filter((element) => !element.closest('[hidden]'));
  const text = () => root.querySelector('.scroll')?.textContent ?? '';
  return { shell, root, request, notify, saveIntent, updates, contexts, visible, text };
}

// A page has one frame for its whole life, so its listeners are taken away here.
const listening: [string, EventListener][] = [];
const listen = document.addEventListener.bind(document);
vi.spyOn(document, 'addEventListener').mockImplementation((name: string, listener: unknown) => {
  listening.push([name, listener as EventListener]);
  listen(name, listener as EventListener);
});

beforeEach(() => {
  for (const [name, listener] of listening.splice(0)) document.removeEventListener(name, listener);
  document.body.replaceChildren();
});

describe('the frame shows', () => {
  it('the view with its promise and its limit, once there are data', () => {
    const { visible, text, updates } = stand({ probabilities: ready });
    expect(visible('#view').map(({ textContent }) => textContent)).toEqual(['picture of probabilities']);
    expect(text()).toContain('Showswhat probabilities shows.Cannot tellthe rest.');
    expect(updates[0]).toContain('probabilities');
  });

  it('what is computed in the words of the view, and the share that is done', () => {
    const progress = { stage: 'running', done: 30, total: 120, unit: 'tokens' } as const;
    const { visible, text } = stand({ probabilities: { kind: 'running', previous: null, progress, elapsedMs: 900 } });
    expect(visible('#view')).toEqual([]);
    expect(text()).toContain('Computing probabilities');
    expect(visible('.prog')[0].getAttribute('aria-valuenow')).toBe('25');
  });

  it('the view’s own remedies behind those that help everywhere', () => {
    const problem = { ...new ProblemError('outOfMemory', ['900']).problem };
    const onChoose = vi.fn();
    const remedies = () => [{ label: 'Another way', onChoose }];
    const { visible } = stand({ probabilities: { kind: 'failed', previous: null, problem } }, { remedies });
    const names = visible('.state-actions vscode-button').map(({ textContent }) => textContent);
    expect(names).toEqual(['Run Again', 'Restart the Engine', 'Another way', 'Show Log']);
    visible('.state-actions vscode-button')[2].click();
    expect(onChoose).toHaveBeenCalledOnce();
  });

  it('what the reader of the file reports, and hands a typed value to the host', () => {
    const report = {
      uri: 'file:///w/trip.prompty',
      notes: ['The picture is left out.'],
      variables: [{ name: 'city', value: null, from: null }],
    };
    const { visible, notify } = stand({ probabilities: ready, report });
    expect(visible('.report')[0].textContent).toContain('The picture is left out.');
    const field = visible('.report textarea')[0] as HTMLTextAreaElement;
    field.focus();
    field.value = 'Oslo';
    press(field, 'Enter');
    expect(notify).toHaveBeenCalledWith('setVariable', { uri: report.uri, name: 'city', value: 'Oslo' });
  });

  it('the table in place of the picture, and the picture again', () => {
    const { visible, text } = stand({ probabilities: ready });
    const table = visible('.foot .link').find(({ textContent }) => textContent === 'Table') as HTMLElement;
    table.click();
    expect(visible('#view')).toEqual([]);
    expect(text()).toContain('numbers of probabilities');
    table.click();
    expect(visible('#view')).toHaveLength(1);
    expect(text()).not.toContain('numbers of probabilities');
  });
});

describe('the frame does', () => {
  it('J and K lock the next and the previous token, Esc unlocks; not while one types', () => {
    const { root, notify } = stand({ probabilities: ready });
    const locked = () => notify.mock.calls.filter(([name]) => name === 'select').at(-1)?.[1].locked;
    press(root, 'j');
    expect(locked()).toBe(0);
    press(root, 'j');
    expect(locked()).toBe(1);
    expect(notify).toHaveBeenLastCalledWith('revealToken', { position: 1 });
    press(root, 'K');
    expect(locked()).toBe(0);
    press(root, 'Escape');
    expect(locked()).toBeNull();
    const calls = notify.mock.calls.length;
    const field = document.createElement('input');
    root.append(field);
    press(field, 'j');
    expect(notify.mock.calls).toHaveLength(calls);
  });

  it('keys of the view come first', () => {
    const key = vi.fn(() => true);
    const { root, notify } = stand({ probabilities: ready }, { key });
    press(root, 'j');
    expect(key).toHaveBeenCalledOnce();
    expect(notify).not.toHaveBeenCalled();
  });

  it('an intent is applied at once, sent and kept; facts change only what they name', () => {
    const { contexts, notify, saveIntent, updates, shell, visible } = stand({
      probabilities: ready,
      attention: ready as never,
    });
    contexts[0].setIntent({ tab: 'attention' });
    expect(visible('#view').map(({ textContent }) => textContent)).toEqual(['picture of attention']);
    expect(notify).toHaveBeenCalledWith('setIntent', { tab: 'attention' });
    expect(saveIntent.mock.calls.at(-1)?.[0].tab).toBe('attention');
    shell.apply({ live: true });
    expect(updates.at(-1)).toEqual(['live']);
  });

  it('a refused command is told where the user looks, and goes on ×', async () => {
    const { contexts, request, visible } = stand({ probabilities: ready });
    request.mockRejectedValueOnce(new ProblemError('noSelection'));
    contexts[0].action('explainSelection');
    await Promise.resolve();
    await Promise.resolve();
    const banner = () => visible('.banner[role="alert"]');
    expect(banner()).toHaveLength(1);
    (banner()[0].querySelector('button, vscode-button') as HTMLElement).click();
    expect(banner()).toEqual([]);
  });
});
