// @vitest-environment happy-dom
import { beforeEach, expect, test, vi } from 'vitest';
import type { PanelState } from '../../../src/analysis/panel';
import { allKeys, type ViewContext } from '../../../webview/base/view';
import { createSaliencyView } from '../../../webview/panels/saliency/view';
import { theme } from '../charts/domSetup';
import { ready, recorded } from './recordedSaliency';

vi.mock('@vscode/webview-ui-toolkit', () => import('./noToolkit'));
vi.mock('../../../webview/base/icons', () => ({ icon: () => document.createElement('i') }));

beforeEach(() => document.body.replaceChildren());

function view(state: PanelState) {
  const asked: unknown[] = [];
  const context: ViewContext = {
    channel: {} as ViewContext['channel'],
    theme: () => theme,
    state: () => state,
    select: vi.fn(),
    setIntent: (change) => asked.push(change),
    action: vi.fn(),
    reveal: vi.fn(),
    announce: vi.fn(),
    answered: vi.fn(),
    onWidth: (_, listener) => {
      widths.push(() => listener(480));
      return () => {};
    },
    card: vi.fn(),
  };
  const widths: (() => void)[] = [];
  const created = createSaliencyView(context);
  document.body.append(created.element);
  created.update(state, allKeys);
  for (const say of widths) say();
  return { created, context, asked };
}

test('the tab draws text, judge, agreement and list; each chart is one named tab stop', () => {
  const { created } = view(ready(recorded('sentiment')));
  const charts = [...created.element.querySelectorAll('svg[tabindex="0"]')];
  expect(charts).toHaveLength(4);
  for (const chart of charts) expect(chart.getAttribute('aria-label')).not.toBe('');
  expect(created.element.textContent).toContain('log p(·negative) − log p(·positive) = 2.00');
  expect(created.exports?.().json?.()).toMatchObject({ by: 'word', complete: true });
  expect(created.exports?.().svg?.()).toContain('Does the ranking matter?');
  created.dispose();
});

test('a click on a unit locks its first token and shows it in the editor', () => {
  const { created, context } = view(ready(recorded('sentiment')));
  const list = created.element.querySelector('.unit-bars') as SVGSVGElement;
  list.dispatchEvent(new KeyboardEvent('keydown', { key: 'ArrowDown', bubbles: true }));
  list.dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', bubbles: true }));
  const { result } = recorded('sentiment');
  const dull = result.units.find(({ text }) => text === ' dull')?.tokens[0];
  expect(context.select).toHaveBeenCalledWith({ locked: dull });
  expect(context.reveal).toHaveBeenCalledWith(dull);
});

test('controls say what they want: units, methods, style', () => {
  const { created, asked } = view(ready(recorded('sentiment')));
  const press = (selector: string) => (document.querySelector(selector) as HTMLElement).click();
  press('[role="radio"][data-value="line"]');
  expect(asked.at(-1)).toMatchObject({ saliency: { by: 'line', operator: 'knockout' } });
  press('[role="radio"][data-value="heat"]');
  expect(asked.at(-1)).toMatchObject({ saliency: { style: 'heat' } });
  (created.element.querySelector('.choice') as HTMLElement).click();
  press('[role="menuitemcheckbox"][data-value="rollout"]');
  expect(asked.at(-1)).toMatchObject({
    saliency: { methods: ['occlusion', 'input', 'integrated', 'attention', 'rollout'] },
  });
});

test('after a failure without data the controls stay, as the way out', () => {
  const problem = { code: 'noUnits', message: 'Nothing matches.', remedy: 'Change it.', args: [] } as const;
  const state: PanelState = {
    ...ready(recorded('sentiment')),
    saliency: { kind: 'failed', problem: { ...problem, args: [] }, previous: null },
  };
  const { created } = view(state);
  expect(created.standsAlone?.(state)).toBe(true);
  expect(created.element.querySelector('.ctl')).not.toBeNull();
  expect((created.element.querySelector('.cols') as HTMLElement).hidden).toBe(true);
});
