// @vitest-environment happy-dom
// The frame for those who use no mouse: dialogs close, locks are said, the page has its landmarks and its name.
import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { Tab } from '../../../src/analysis/contracts';
import { tabs } from '../../../src/analysis/contracts';
import { initialIntent, initialState } from '../../../src/host/session/panelDefaults';
import type { Host } from '../../../webview/base/api';
import type { CreateView, ViewContext } from '../../../webview/base/view';
import { tokenValue } from '../../../webview/panels/shell/chips';
import { Shell } from '../../../webview/panels/shell/shell';
import { press } from '../charts/domSetup';
import { ready } from './mountedTab';

vi.mock('@vscode/webview-ui-toolkit', () => import('./noToolkit'));
vi.mock('../../../webview/base/icons', () => ({ icon: () => document.createElement('i') }));
vi.stubGlobal(
  'ResizeObserver',
  class {
    observe() {}
    disconnect() {}
  },
);
beforeEach(() => document.body.replaceChildren());

function opened() {
  const contexts: ViewContext[] = [];
  const shown: Tab[] = [];
  const creator =
    (tab: Tab): CreateView =>
    (context) => {
      contexts.push(context);
      return {
        ...{ tab, element: document.createElement('p'), about: { shows: '', cannotTell: '' }, terms: [] },
        ...{ lead: () => ({ question: 'What is this?', answer: '' }), running: () => '', update() {}, dispose() {} },
        showFigures: () => void shown.push(tab),
      };
    };
  const creators = Object.fromEntries(tabs.map((tab) => [tab, creator(tab)])) as Record<Tab, CreateView>;
  const notify = vi.fn();
  const request = vi.fn(() => new Promise(() => {}));
  const host = { channel: { request, notify }, savedIntent: () => null, saveIntent() {} } as unknown as Host;
  const root = document.createElement('div');
  document.body.append(root);
  const state = {
    ...initialState(initialIntent, false),
    title: 'a.txt',
    text: '',
    probabilities: ready('probabilities'),
  };
  const shell = new Shell(root, host, state, creators);
  const said = () => document.querySelector('[aria-live="polite"]')?.textContent ?? '';
  return { shell, root, notify, said, contexts, shown };
}

/** Opens the target's dialog; its first text field. */
function targetField(root: HTMLElement) {
  root.querySelector<HTMLElement>('.chip.target .chip-open')!.click();
  return document.querySelector('.popover .target-column vscode-text-field') as HTMLElement & { value: string };
}
const dialog = () => document.querySelector('.popover');

describe('the target dialog', () => {
  it('closes by Esc in its text field, and the focus is back on the chip', () => {
    const { root } = opened();
    press(targetField(root), 'Escape');
    expect(dialog()).toBeNull();
    expect(document.activeElement).toBe(root.querySelector('.chip.target .chip-open'));
  });

  it('keeps the key that closes it from the button that then has the focus, and leaves the one of a composition alone', () => {
    const { root, notify } = opened();
    const field = targetField(root);
    field.value = ' ni';
    const key = (more: object) =>
      new KeyboardEvent('keydown', { key: 'Enter', bubbles: true, cancelable: true, ...more });
    field.dispatchEvent(key({ isComposing: true }));
    expect(notify).not.toHaveBeenCalledWith('setIntent', expect.anything());
    expect(dialog()).not.toBeNull();
    const enter = key({});
    field.dispatchEvent(enter);
    expect(enter.defaultPrevented).toBe(true);
    expect(dialog()).toBeNull();
  });

  it('takes what is typed by Enter, and closes', () => {
    const { root, notify } = opened();
    const field = targetField(root);
    field.value = ' London';
    press(field, 'Enter');
    expect(notify).toHaveBeenCalledWith('setIntent', { target: { text: ' London' } });
    expect(dialog()).toBeNull();
    expect(document.activeElement?.className).toBe('chip-open');
  });
});

describe('a banner', () => {
  it('stands below the picture, so that nothing moves when it comes or goes', () => {
    const { root, shell } = opened();
    const { data } = ready('probabilities') as unknown as { data: never };
    shell.apply({ probabilities: { kind: 'running', previous: data, progress: null, elapsedMs: 0 } });
    const parts = [...root.querySelector('.scroll')!.children];
    const banner = parts.findIndex((part) => part.querySelector('.banner'));
    expect(banner).toBeGreaterThan(parts.findIndex((part) => part.id === 'view'));
  });
});

describe('the code lens', () => {
  it('leads to the figures that it sums up', () => {
    const { shell, shown } = opened();
    shell.showFigures();
    expect(shown).toEqual(['probabilities']);
  });
});

describe('a screen reader', () => {
  it('hears that a token is locked and unlocked, and nothing old on another tab', () => {
    const { root, said } = opened();
    press(root, 'j');
    expect(said()).toBe('Locked: token 1, Review');
    press(root, 'Escape');
    expect(said()).toBe('Unlocked');
    root.querySelector<HTMLElement>('#tab-attention')!.click();
    expect(said()).toBe('');
  });

  it('hears that a head is locked and unlocked, and nothing where a block alone is chosen', () => {
    const { contexts, said } = opened();
    const { select } = contexts[0];
    select({ layer: 20, head: 5 });
    expect(said()).toBe('Locked: block 20, head 5');
    select({ layer: null, head: null });
    expect(said()).toBe('Unlocked');
    select({ locked: 0 });
    select({ layer: 3 });
    expect(said()).toBe('Locked: token 1, Review');
  });

  it('is not read the dots of a token, whose place is counted from 1', () => {
    const { root, shell } = opened();
    shell.apply({ selection: { ...initialState(initialIntent, false).selection, locked: 0 } });
    expect([...root.querySelectorAll('.chip.lock .k')].map((each) => each.textContent)).toEqual(['Locked', '1']);
    const [value] = tokenValue({ text: ' dull ', bytes: '2064756c6c20' });
    expect(value.textContent).toBe('·dull·');
    for (const silent of value.querySelectorAll('[aria-hidden]')) silent.remove();
    expect(value.textContent).toBe('dull');
  });

  it('finds one heading above the others and the landmarks of the page', () => {
    const { root } = opened();
    expect([...root.querySelectorAll('h1')].map((each) => each.textContent)).toEqual(['What is this?']);
    for (const landmark of ['header', 'main', 'footer', '[role="region"][aria-label="Shown file"]'])
      expect(root.querySelectorAll(landmark)).toHaveLength(1);
  });
});

it('the keyboard comes to the tab in front when the editor sends it', () => {
  const { shell, root } = opened();
  shell.focus();
  expect(document.activeElement).toBe(root.querySelector('#tab-probabilities'));
});
