// @vitest-environment happy-dom
/** A saved run whose results are not as they should be: every tab says so in place of its picture, and none is blank. */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type Analysis, analysisNames } from '../../../src/analysis/contracts';
import type { PanelState } from '../../../src/analysis/panel';
import { initialState } from '../../../src/host/session/panelDefaults';
import type { Host } from '../../../webview/base/api';
import { Shell } from '../../../webview/panels/shell/shell';
import { views } from '../../../webview/panels/views';
import { intentOf, ready } from './mountedTab';

vi.mock('@vscode/webview-ui-toolkit', () => import('./noToolkit'));
vi.mock('../../../webview/base/icons', () => ({ icon: () => document.createElement('i') }));
vi.setConfig({ testTimeout: 30_000 });
Object.defineProperty(HTMLElement.prototype, 'clientWidth', { get: () => 720 });
/** Tells the width; what its callback throws reaches the window, as in a browser. */
class Observer {
  constructor(private readonly callback: () => void) {}
  observe() {
    queueMicrotask(() => {
      try {
        this.callback();
      } catch (error) {
        window.dispatchEvent(new ErrorEvent('error', { error: error as Error }));
      }
    });
  }
  disconnect() {}
}
vi.stubGlobal('ResizeObserver', Observer);

const sentence = 'This result of the saved run is not as Prompt Lens writes it, and cannot be drawn.';

let listeners: EventListener[] = [];
const listen = window.addEventListener.bind(window);
beforeEach(() => {
  document.body.replaceChildren();
  vi.stubGlobal('addEventListener', (name: string, listener: EventListener) => {
    listeners.push(listener);
    listen(name, listener);
  });
});
afterEach(() => {
  for (const listener of listeners) window.removeEventListener('error', listener);
  listeners = [];
});

/** The text of the page for a saved run with these data of one analysis. */
async function drawn(name: Analysis, data: unknown, more: Partial<PanelState> = {}): Promise<string> {
  const request = () => new Promise(() => {});
  const host = { channel: { request, notify() {} }, savedIntent: () => null, saveIntent() {} } as unknown as Host;
  const root = document.createElement('div');
  document.body.append(root);
  const state = {
    ...initialState(intentOf(name), false),
    ...{ title: 'reviews.txt', text: 'Review', recorded: { saved: '2026-11-30T20:00:00.000Z', moved: false } },
    ...{ probabilities: ready('probabilities'), [name]: { ...ready(name), data } },
    ...more,
  };
  new Shell(root, host, state, views);
  await new Promise((resolve) => setTimeout(resolve));
  const shown = [...root.querySelectorAll<HTMLElement>('.scroll > *')].filter((part) => !part.closest('[hidden]'));
  return shown.map((part) => part.textContent).join(' ');
}

describe('a saved run', () => {
  it.each(analysisNames)('with a malformed result of %s says so', async (name) => {
    const { prompt } = (ready(name) as { data: { prompt: unknown } }).data;
    const words = await drawn(name, { prompt });
    expect(words).toContain(sentence);
    expect(words).toContain('Save the run again.');
  });

  it('with sound results says nothing of the kind', async () => {
    const { data } = ready('probabilities') as unknown as { data: unknown };
    expect(await drawn('probabilities', data)).not.toContain(sentence);
  });

  it('with a malformed baseline or continuation says so as well', async () => {
    const { data } = ready('probabilities') as unknown as { data: unknown };
    const wrong = { baseline: { name: 'a', logprob: 1, texts: 3 }, continuations: { rows: [{}, null] } };
    expect(await drawn('probabilities', data, wrong as unknown as Partial<PanelState>)).toContain(sentence);
  });
});
