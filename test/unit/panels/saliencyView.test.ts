// @vitest-environment happy-dom
import { beforeEach, expect, test, vi } from 'vitest';
import type { PanelState } from '../../../src/analysis/panel';
import { allKeys, type ViewContext } from '../../../webview/base/view';
import { createSaliencyView } from '../../../webview/panels/saliency/view';
import { theme } from '../charts/domSetup';
import { read, ready, recorded } from './recordedSaliency';

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

/** The long recording by knock-out alone; of its units every third is known and the others are estimated. */
function long(complete = false): PanelState {
  const data = structuredClone({ prompt: read('tickets').prompt, ...read('tickets.saliencyPartial') });
  const { result } = data;
  const [occlusion] = result.methods;
  occlusion.scores = occlusion.scores.map((_: unknown, unit: number) =>
    complete || unit % 3 === 0 ? unit / 10 : null,
  );
  for (const unit of result.unscored) occlusion.scores[unit] = null;
  Object.assign(result, { methods: [occlusion], agreement: [[1]], complete });
  result.estimate = { method: 'attentionGradient', scores: result.units.map((_: unknown, unit: number) => -unit / 10) };
  return ready(data);
}

test('a long prompt opens as a ranking of its units with their whole texts; text and judge are folded', () => {
  const state = long();
  const { created } = view(state);
  const data = (state.saliency as { data: { result: { units: { text: string }[]; unscored: number[] } } }).data;
  const rows = [...created.element.querySelectorAll('.unit-ranking g.row')];
  // Line breaks that stand alone as a sentence have no row, and are counted under the list.
  const bare = data.result.units.filter(({ text }) => text.trim() === '');
  expect(bare.length).toBe(16);
  expect(rows).toHaveLength(data.result.units.length - bare.length);
  expect(created.element.textContent).toContain('16 with line breaks alone are in the table, not here');
  expect(created.table?.().rows).toHaveLength(data.result.units.length);
  expect(created.element.querySelector('.cols')?.hasAttribute('hidden')).toBe(true);
  const folds = [...created.element.querySelectorAll('details')];
  expect(folds.map((each) => [each.open, each.hidden])).toEqual([
    [false, false],
    [false, true],
  ]);
  const estimated = rows.filter((row) => row.querySelector('.n')?.textContent?.startsWith('estimate '));
  const shown = data.result.units.flatMap((each, unit) => (bare.includes(each) ? [] : [unit]));
  const open = shown.filter((unit) => unit % 3 !== 0 && !data.result.unscored.includes(unit));
  expect(estimated).toHaveLength(open.length);
  // The strongest of all stands in the tab's first sentence, and is not said again.
  const finding = created.element.querySelector('.saliency-finding')?.textContent;
  expect(finding).toBe('The run was not finished.');
  expect(created.lead().answer).toMatch(/^“.*” supports /);
  const table = created.table?.();
  expect(table?.columns.at(-1)).toBe('estimate');
  created.dispose();
});

test('a ranking whose scores are all known has no estimate, and leads to the text', () => {
  const notify = vi.fn();
  const { created, context } = view(long(true));
  Object.assign(context.channel, { notify });
  expect(created.element.querySelector('.unit-ranking')?.textContent).not.toContain('estimate');
  expect(created.table?.().columns).not.toContain('estimate');
  const list = created.element.querySelector('.unit-ranking') as SVGSVGElement;
  list.dispatchEvent(new KeyboardEvent('keydown', { key: 'ArrowDown', bubbles: true }));
  list.dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', bubbles: true }));
  expect(notify).toHaveBeenCalledWith('goToTokens', { from: expect.any(Number), to: expect.any(Number) });
  expect(created.exports?.().svg?.()).toContain('54 sentences with their scores');
});

test('other methods are behind a switch on a long prompt, and the unit in use is pressed', () => {
  const { created, asked } = view(long());
  const methods = created.element.querySelector('button.choice') as HTMLElement;
  expect(methods.hidden || methods.parentElement?.hidden).toBe(true);
  expect(created.element.querySelector('[role="radio"][aria-checked="true"]')?.textContent).toBe('Sentence');
  (created.element.querySelector('[role="radio"][data-value="word"]') as HTMLElement).click();
  expect(asked.at(-1)).toMatchObject({ saliency: { by: 'word', unitChosen: true } });
});
