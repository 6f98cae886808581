// @vitest-environment happy-dom
/** The section "Does it say the same twice?" of the Probabilities tab, on recorded results. */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, expect, test, vi } from 'vitest';
import type { Intent, PanelState } from '../../../src/analysis/panel';
import type { RepeatData, RepeatResult } from '../../../src/analysis/repeat/contract';
import { initialIntent, initialState } from '../../../src/host/session/panelDefaults';
import { panelFacts } from '../../../src/protocol/problemCatalogue';
import { allKeys, type ViewContext } from '../../../webview/base/view';
import { RepeatSection } from '../../../webview/panels/probabilities/repeatSection';
import { createProbabilitiesView } from '../../../webview/panels/probabilities/view';
import { press, theme } from '../charts/domSetup';

vi.mock('@vscode/webview-ui-toolkit', () => import('./noToolkit'));
vi.mock('../../../webview/base/icons', () => ({ icon: () => document.createElement('i') }));

const read = (name: string) => JSON.parse(readFileSync(join(__dirname, `../../fixtures/panel/${name}.json`), 'utf8'));
const { prompt, result: scores, end } = read('capital');
const fragile: RepeatResult = read('capital.repeat').result;
const exact: RepeatResult = read('reviews.repeat').result;

const ready = (result: RepeatResult): PanelState['repeat'] => ({
  ...{ kind: 'ready', runMs: 1, at: 0 },
  data: { prompt, result },
});
const [again, withoutCache, ...others] = fragile.ways;
const parting: RepeatResult = {
  ...fragile,
  ways: [again, { ...withoutCache, firstDifference: 4, instead: [{ id: 9, text: ' A\n' }] }, ...others],
  parts: { step: 4, tokens: [] },
};

beforeEach(() => document.body.replaceChildren());
vi.setConfig({ testTimeout: 30_000 });

function stand(repeat: PanelState['repeat'], asked = true) {
  const { probabilities } = initialIntent;
  const intent = { ...initialIntent, probabilities: { ...probabilities, repeat: { ...probabilities.repeat, asked } } };
  let state: PanelState = {
    ...initialState(intent, false),
    title: 'capital.txt',
    probabilities: { kind: 'ready', runMs: 1, at: 0, data: { prompt, result: scores, end } },
    repeat,
  };
  const request = vi.fn(async () => [{ id: 77, text: '\ufffd', bytes: 'e4bda0' }]);
  const context = {
    channel: { request },
    theme: () => theme,
    state: () => state,
    setIntent: vi.fn((change: Partial<Intent>) => {
      state = { ...state, intent: { ...state.intent, ...change } };
    }),
    select: vi.fn(),
    action: vi.fn(),
    announce: vi.fn(),
    answered: vi.fn(),
    card: vi.fn(),
    onWidth: (_: Element, listener: (width: number) => void) => {
      queueMicrotask(() => listener(720));
      return () => {};
    },
  };
  return { context: context as unknown as ViewContext, spies: context, request, state: () => state };
}

async function drawn(repeat: PanelState['repeat'], asked = true) {
  const stage = stand(repeat, asked);
  const section = new RepeatSection(stage.context);
  document.body.append(section.element);
  const update = () => section.update(stage.state());
  update();
  await Promise.resolve();
  const shown = (selector: string) =>
    [...document.querySelectorAll<HTMLElement>(selector)].filter((element) => !element.closest('[hidden]'));
  const words = (selector: string) => shown(selector).map((element) => element.textContent ?? '');
  return { ...stage, section, update, shown, words };
}

test('nothing is computed before somebody asks, and Close puts it away again', async () => {
  const { shown, words, spies, state, update, section } = await drawn({ kind: 'empty' }, false);
  expect(words('h2')).toEqual(['Does it say the same twice?Close']);
  expect(shown('.repeat-answer')).toEqual([]);
  expect(section.tables()).toEqual([]);
  shown('.repeat-ask vscode-button')[0].click();
  expect(state().intent.probabilities.repeat).toEqual({ asked: true, maxTokens: 40, runs: 2 });
  update();
  expect(shown('.repeat-ask')).toEqual([]);
  shown('h2 .link')[0].click();
  expect(state().intent.probabilities.repeat.asked).toBe(false);
  expect(spies.setIntent).toHaveBeenCalledTimes(2);
});

test('the answer begins with the answer, and says what qualifies it', async () => {
  const { words } = await drawn(ready(exact));
  const sentence =
    'Yes: the same 24 tokens in 4 ways of computing. A logit moves by 6.1e−5 at most, so a lead below 1.2e−4 could turn over: 0 of 24 steps are that close.';
  expect(words('.repeat-answer')).toEqual([sentence]);
  expect(words('.tok.fragile')).toEqual([]);
  expect(words('.legend')[0]).not.toContain('fragile');
  expect(words('.legend')[0]).toContain('exactly 0: again');
});

test('marks each fragile step in the text and in the picture, and lists the ways', async () => {
  const { shown, words } = await drawn(ready(fragile));
  const count = fragile.steps.filter((step) => step.fragile).length;
  expect(count).toBe(21);
  expect(shown('.tok.fragile')).toHaveLength(count);
  expect(shown('.repeat-reach rect.lead')).toHaveLength(count);
  expect(shown('.repeat-reach circle.lead')).toHaveLength(24 - count);
  expect(words('.repeat-ways tbody td:first-child')).toEqual([
    ...['again', 'without stored values', 'after an edit', 'beside seven copies'],
  ]);
  expect(words('.repeat-ways tbody td:nth-child(3)')).toEqual(['0', '1.9', '2.3', '1.7']);
  expect(new Set(words('.repeat-ways tbody td:last-child'))).toEqual(new Set(['the same']));
});

test('says which way parts, where, and what it says instead', async () => {
  const { words, shown } = await drawn(ready(parting));
  expect(words('.repeat-answer b')).toEqual(['No: computed without stored values, it differs from step 5 of 24 on.']);
  expect(words('.repeat-ways tbody td:last-child')[1]).toBe('differs from step 5 on:  A↵');
  expect(shown('.tok.parted')).toHaveLength(1);
});

test('while it runs, it counts, shows what is known, and keeps the focus on Cancel', async () => {
  const partial: RepeatResult = { ...fragile, ways: [again], logits: 0, complete: false };
  const progress = { stage: 'running' as const, done: 10, total: 200, unit: 'tokens' as const };
  const running = (done: number): PanelState['repeat'] => ({
    ...{ kind: 'running', elapsedMs: 50, progress: { ...progress, done } },
    previous: { prompt, result: partial },
  });
  const { section, shown, words, spies, state } = await drawn(running(10));
  expect(words('.repeat-state')[0]).toContain('Computing the continuation again in each wayrunning, 10 of 200 tokens');
  expect(words('.repeat-answer b')).toEqual(['Not known yet: the ways computed so far (again) say the same.']);
  const [cancel] = shown('.repeat-state vscode-button');
  section.update({ ...state(), repeat: running(20) });
  expect(words('.repeat-state')[0]).toContain('20 of 200 tokens');
  expect(shown('.repeat-state vscode-button')[0]).toBe(cancel);
  cancel.click();
  expect(spies.action).toHaveBeenCalledWith('cancel');
  section.update({ ...state(), repeat: { kind: 'running', elapsedMs: 5, progress: null, previous: null } });
  expect(shown('.repeat-answer')).toEqual([]);
});

const known: RepeatData = { prompt, result: exact };
const cancelled = {
  ...{ code: 'cancelled' as const, message: 'Cancelled.', remedy: 'Again?', args: [] },
  panel: panelFacts('cancelled'),
};
const stopped: [PanelState['repeat'], string][] = [
  [{ kind: 'failed', problem: cancelled, previous: known }, 'Cancelled. Again?Run Again'],
  [{ kind: 'stale', data: known, exactTokens: 2 }, 'results before your editRun'],
];

test.each(stopped)('a run that stopped, or is of another text, says so: %#', async (state, said) => {
  const { words, shown, spies } = await drawn(state);
  expect(words('.repeat-state')).toEqual([said]);
  expect(words('.repeat-answer b')[0]).toMatch(/^Yes: /);
  shown('.repeat-state vscode-button')[0].click();
  expect(spies.action).toHaveBeenCalledWith('run');
});

test('a character of several tokens is drawn whole once its bytes are known', async () => {
  const piece = { ...exact.steps[0], id: 77, text: '\ufffd' };
  const { request, words } = await drawn(ready({ ...exact, steps: [piece, ...exact.steps.slice(1)] }));
  await vi.waitFor(() => expect(words('.repeat-text .tok')[0]).toBe('你'));
  expect(request).toHaveBeenCalledWith('vocabulary', { ids: [77] });
});

test('the arrows say each step, and the limit is read without opening anything', async () => {
  const { shown, spies, words } = await drawn(ready(exact));
  press(shown('.repeat-text')[0], 'ArrowRight');
  expect(spies.announce).toHaveBeenLastCalledWith(
    expect.stringMatching(/^·negative, step 1: leads ·positive by 2\.4$/),
  );
  expect(words('summary')[0]).toContain('This cannot tell what another machine, provider or precision does');
  expect(words('.repeat-believe li').join()).toContain('0 of 4 repetitions of a way differ in any bit');
});

test('the tab exports it beside its own numbers once it is there', async () => {
  const stage = stand(ready(fragile));
  const view = createProbabilitiesView(stage.context);
  document.body.append(view.element);
  view.update(stage.state(), allKeys);
  await Promise.resolve();
  expect(view.moreTables?.().map(({ rows }) => rows.length)).toEqual([24, 4]);
  expect(view.exports?.().json?.()).toMatchObject({ repeat: fragile });
  expect(view.exports?.().svg?.()).toContain('Lead over the next token');
  view.dispose();
});
