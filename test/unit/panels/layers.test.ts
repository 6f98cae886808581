// @vitest-environment happy-dom
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, expect, test, vi } from 'vitest';
import type { ExamplesResult } from '../../../src/analysis/examples/contract';
import type { HeadMap } from '../../../src/analysis/heads/contract';
import type { LayersData, LensTable, LensTableParams } from '../../../src/analysis/logitLens/contract';
import type { Intent, LayersIntent, PanelState } from '../../../src/analysis/panel';
import { initialIntent, initialState } from '../../../src/host/session/panelDefaults';
import { clause } from '../../../src/protocol/clauses';
import { ProblemError } from '../../../src/protocol/problem';
import type { Selection } from '../../../src/protocol/view';
import { allKeys, type View, type ViewContext } from '../../../webview/base/view';
import { LensColumns } from '../../../webview/panels/layers/lensColumns';
import {
  afterPinning,
  chosenRows,
  firstPlace,
  followedLines,
  followingId,
  lensFacts,
  mostPins,
  originOf,
  rowAfterKey,
  verdictLine,
} from '../../../webview/panels/layers/lensFacts';
import { originWords, verdict } from '../../../webview/panels/layers/lensWords';
import { createLayersView } from '../../../webview/panels/layers/view';
import { press, theme } from '../charts/domSetup';

vi.mock('@vscode/webview-ui-toolkit', () => import('./noToolkit'));
vi.mock('../../../webview/base/icons', () => ({ icon: () => document.createElement('i') }));

const read = (name: string) => JSON.parse(readFileSync(join(__dirname, `../../fixtures/panel/${name}.json`), 'utf8'));
const { prompt } = read('reviews');
const lens = read('reviews.lens');
const heads: HeadMap = read('reviews.heads').result;
const examples: ExamplesResult = read('reviews.examples').result;
const negative = 3524;
const last = 56;

/** The host's answer, made from the compact recording. */
function slice({ positions, follow, change }: LensTableParams): LensTable {
  const ids = [negative, ...follow.filter((id) => id !== negative)];
  return {
    positions,
    follow: ids.map((id) => ({ id, text: id === negative ? ' negative' : (lens.texts[id] ?? '?') })),
    cells: positions.map((position) =>
      lens.cells[position].map(([top, entropy, moved, ranks]: [number[], number, number | null, number[]]) => ({
        top: [0, 1, 2, 3, 4].map((k) => ({ id: top[2 * k], text: lens.texts[top[2 * k]], logprob: top[2 * k + 1] })),
        entropy,
        change: change ? moved : null,
        follow: ids.map((id) => {
          const at = lens.follow.findIndex((other: { id: number }) => other.id === id);
          return at < 0 ? { logprob: -20, rank: 9999 } : { logprob: ranks[2 * at], rank: ranks[2 * at + 1] };
        }),
      })),
    ),
  };
}
const table = slice({ positions: [51, 52, 53, 54, 55, 56], top: 5, follow: [], change: false });
const data: LayersData = { prompt, target: lens.target, table };
const model = { sha256: 'x', layers: 30, vocabulary: 49152 } as PanelState['model'];
const facts = lensFacts(data, model);

// A drawn lens has hundreds of elements, which take their time in a simulated document on a busy machine.
vi.setConfig({ testTimeout: 30_000 });
beforeEach(() => document.body.replaceChildren());

test('the token that does follow is the prompt’s own next, after the last the target’s', () => {
  expect(followingId(facts, 53)).toBe(prompt.tokens[54].id);
  expect(followingId(facts, last)).toBe(negative);
  const elsewhere = { ...facts, target: { ...facts.target, position: 20 } };
  expect(followingId(elsewhere, last)).toBeNull();
});

test('followed lines: target, contrast, what follows and pins, each once and in that order', () => {
  const columns = { name: () => null };
  const contrast = { ids: [2731], text: ' positive', logprob: -2 };
  const pins = [
    { id: 441, text: ' not' },
    { id: negative, text: ' negative' },
  ];
  const both = { ...facts, target: { ...facts.target, contrast } };
  expect(followedLines(both, last, pins, columns).map(({ id, role }) => [id, role])).toEqual([
    [negative, 'target'],
    [2731, 'contrast'],
    [441, 'pin'],
  ]);
  expect(followedLines(facts, 53, [], columns).map(({ text }) => text)).toEqual([' negative', 'Sent']);
});

test('a part of a character is followed under the character’s name', () => {
  const part = prompt.tokens.findIndex((token: { text: string }) => token.text === '\ufffd');
  const [, follows] = followedLines(facts, part - 1, [], { name: () => null });
  expect(follows.text).not.toContain('\ufffd');
});

test('without a lock the origin is where the target is predicted', () => {
  expect(originOf(data, null)).toBe(last);
  expect(originOf(data, 20)).toBe(20);
  expect(originOf(data, 99)).toBe(last);
  expect(originOf({ prompt, target: { ...data.target, position: 14 } }, null)).toBe(13);
});

test('pins join, leave and are limited', () => {
  const pins = Array.from({ length: mostPins }, (_, id) => ({ id, text: String(id) }));
  expect(afterPinning([], pins[0])).toEqual([pins[0]]);
  expect(afterPinning(pins, pins[1])).toEqual(pins.filter(({ id }) => id !== 1));
  expect(afterPinning(pins, { id: 99, text: 'x' })).toBeNull();
});

test('when a token comes first, and from when for good', () => {
  expect(firstPlace([5, 3, 0, 2, 0, 0])).toEqual({ first: 2, stays: 4 });
  expect(firstPlace([5, 3])).toEqual({ first: null, stays: null });
  expect(firstPlace([0, 0])).toEqual({ first: 0, stays: 0 });
  const line = { id: 1, text: ' a', role: 'target' as const };
  const ranks = (all: number[]) => all.map((rank) => ({ rank, logprob: -1 }));
  expect(verdict(line, ranks([9, 0, 1, 0]))).toBe('“·a” first leads after 1 block, and for good after 3 blocks.');
  expect(verdict(line, ranks([9, 0, 1]))).toBe(
    '“·a” first leads after 1 block, but not at the end, where its rank is 2.',
  );
  expect(verdict(line, ranks([9, 4]))).toBe('“·a” leads after no block; at the end its rank is 5.');
  expect(verdict(line, null)).toBeNull();
});

test('the sentence is about the target where it is predicted, elsewhere about what follows', () => {
  const roles = (origin: number) => {
    const lines = followedLines(facts, origin, [], { name: () => null });
    return lines[verdictLine(facts, origin, lines)].role;
  };
  expect(roles(last)).toBe('target');
  expect(roles(53)).toBe('follows');
});

test('rows: closer together towards the end, the chosen one among them; brackets go around without row 0', () => {
  expect(chosenRows(31, 6, null)).toEqual([0, 10, 20, 25, 28, 30]);
  expect(chosenRows(31, 4, 27)).toEqual([20, 25, 27, 28, 30]);
  expect(chosenRows(2, 6, null)).toEqual([0, 1]);
  expect(rowAfterKey(']', 30, 31)).toBe(1);
  expect(rowAfterKey('[', 1, 31)).toBe(30);
  expect(rowAfterKey('[', null, 31)).toBe(30);
  expect(rowAfterKey('x', 3, 31)).toBeNull();
});

test('columns keep what says more, and forget another prompt', () => {
  const columns = new LensColumns();
  columns.begin('a');
  columns.add(table);
  expect(columns.missing([50, 51], false)).toEqual([50]);
  expect(columns.missing([51], true)).toEqual([51]);
  columns.add(slice({ positions: [51], top: 5, follow: [441], change: true }));
  expect(columns.cells(51, true)).not.toBeNull();
  expect(columns.follow(51, 441)?.length).toBe(31);
  // The answer to a pin came later and without the change; the change stays.
  columns.add(slice({ positions: [51], top: 5, follow: [2731], change: false }));
  expect(columns.cells(51, true)).not.toBeNull();
  expect(columns.follow(51, 441)).not.toBeNull();
  const { version } = columns;
  columns.add(table);
  expect(columns.version).toBe(version);
  columns.begin('b');
  expect(columns.known()).toEqual([]);
});

/** A minimal shell: the state, requests answered from the recording, and the list of requests. */
function harness(section: LayersIntent['section'], change: Partial<PanelState> = {}, answer = slice) {
  const ready = <T>(value: T) => ({ kind: 'ready' as const, data: value, runMs: 1, at: 0 });
  let state: PanelState = {
    ...initialState({ ...initialIntent, tab: 'layers', layers: { ...initialIntent.layers, section } }, false),
    title: 'reviews.txt',
    model,
    layers: ready(data),
    heads: ready({ prompt, result: heads }),
    examples: ready({ prompt, result: examples }),
    ...change,
  };
  const asked: LensTableParams[] = [];
  let view: View | null = null;
  const apply = (more: Partial<PanelState>) => {
    state = { ...state, ...more };
    view?.update(state, allKeys);
  };
  const request = vi.fn(async (method: string, params: never) => {
    if (method === 'vocabulary') return [{ id: 441, text: ' not', bytes: '' }];
    asked.push(params);
    return answer(params);
  });
  const context = {
    channel: { request, notify: vi.fn() },
    theme: () => theme,
    state: () => state,
    select: vi.fn((more: Partial<Selection>) => apply({ selection: { ...state.selection, ...more } })),
    setIntent: vi.fn((more: Partial<Intent>) => apply({ intent: { ...state.intent, ...more } })),
    action: vi.fn(),
    reveal: vi.fn(),
    announce: vi.fn(),
    answered: vi.fn(),
    card: vi.fn(),
    onWidth: (_: Element, listener: (width: number) => void) => {
      queueMicrotask(() => listener(720));
      return () => {};
    },
  };
  view = createLayersView(context as unknown as ViewContext);
  document.body.append(view.element);
  view.update(state, allKeys);
  const settle = () => new Promise((resolve) => setTimeout(resolve));
  return { view, context, asked, settle, apply, text: () => document.body.textContent ?? '' };
}

test('the lens draws what came with the state without asking, and says when the target comes first', async () => {
  const { view, asked, settle } = harness('lens');
  await settle();
  expect(view.stateKey?.(initialState({ ...initialIntent }, false))).toBe('layers');
  expect(asked).toEqual([]);
  expect(view.lead().answer).toBe('“·negative” first leads after 27 blocks, and for good after 30 blocks.');
  expect(view.table?.().rows).toHaveLength(6 * 31);
  expect(view.exports?.().svg?.()).toContain('<svg');
});

test('scrolling asks for the columns that come into view, once', async () => {
  const { asked, settle, text } = harness('lens');
  await settle();
  document.querySelector<HTMLButtonElement>('.lens-window button')?.click();
  await settle();
  expect(asked).toHaveLength(1);
  expect(asked[0].positions).toContain(47);
  expect(asked[0].positions).not.toContain(52);
  expect(text()).toContain('positions 49–52 of 57');
  document.querySelectorAll<HTMLButtonElement>('.lens-window button')[1].click();
  await settle();
  expect(asked).toHaveLength(1);
});

test('a token of the table is followed: asked for at the origin, named in the legend, given up again', async () => {
  const { asked, settle, context } = harness('lens');
  await settle();
  const positive = [...document.querySelectorAll<HTMLElement>('.lens-token')].find(
    (b) => b.textContent === '·positive',
  );
  positive?.click();
  await settle();
  expect(context.state().intent.layers.pins).toEqual([{ id: 2731, text: ' positive' }]);
  expect(asked.at(-1)).toMatchObject({ positions: [last], follow: [2731], change: false });
  expect(document.querySelector('.lens-lines')?.textContent).toContain('·positive2');
  document.querySelector<HTMLElement>('.lens-lines .x')?.click();
  expect(context.state().intent.layers.pins).toEqual([]);
});

test('the candidates at one position are one tab stop with arrows inside', async () => {
  const { settle } = harness('lens');
  await settle();
  const stops = () => [...document.querySelectorAll<HTMLButtonElement>('.lens-token')].filter((b) => b.tabIndex === 0);
  expect(stops()).toHaveLength(1);
  stops()[0].focus();
  press(stops()[0], 'ArrowDown');
  press(stops()[0], 'End');
  expect(document.activeElement?.textContent).toBe('·positive');
  expect(stops()).toEqual([document.activeElement]);
});

test('a slice that fails says so and is asked again on demand', async () => {
  let fails = true;
  const { settle, text } = harness('lens', {}, (params) => {
    if (fails) throw new ProblemError('engineGone', [clause('signal', 'SIGKILL')]);
    return slice(params);
  });
  await settle();
  document.querySelector<HTMLButtonElement>('.lens-window button')?.click();
  await settle();
  expect(text()).toContain('The engine stopped');
  fails = false;
  document.querySelector<HTMLElement>('.lens-message vscode-button')?.click();
  await settle();
  expect(text()).not.toContain('The engine stopped');
  expect(text()).toContain('·from');
});

test('a stale lens asks for nothing', async () => {
  const { asked, settle } = harness('lens', { layers: { kind: 'stale', data, exactTokens: 40 } });
  await settle();
  document.querySelector<HTMLButtonElement>('.lens-window button')?.click();
  await settle();
  expect(asked).toEqual([]);
});

test('brackets choose a row; the chip gives it up', async () => {
  const { view, settle, context } = harness('lens');
  await settle();
  expect(view.key?.(new KeyboardEvent('keydown', { key: '[' }))).toBe(true);
  expect(context.state().selection.layer).toBe(29);
  expect(view.chips?.()[0].textContent).toContain('after 30 blocks');
  view.unlock?.();
  expect(context.state().selection.layer).toBeNull();
});

test('heads: a click on a name opens its attention', async () => {
  const { context, settle } = harness('heads');
  await settle();
  const name = document.querySelector<HTMLButtonElement>('.heads-list button');
  expect(name?.textContent).toBe('21.1');
  name?.click();
  expect(context.state().selection).toMatchObject({ layer: 21, head: 1 });
  expect(context.state().intent.tab).toBe('attention');
});

test('heads: another measure, another order; the caveat stays', async () => {
  const { view, settle, text } = harness('heads');
  await settle();
  expect(text()).toContain('a backup head may step in');
  document.querySelector<HTMLElement>('[data-value="previousToken"]')?.click();
  const { rows } = view.table?.() ?? { rows: [] };
  const previous = rows.map((row) => Number(row[6]));
  expect(previous[0]).toBe(Math.max(...previous));
});

test('examples: each with its label word, its loss and its strongest head', async () => {
  const { settle, text, context } = harness('examples');
  await settle();
  const rows = [...document.querySelectorAll('.example-row')].slice(1);
  expect(rows).toHaveLength(2);
  expect(rows[1].querySelector('.example-word')?.textContent).toBe('negative');
  expect(rows[1].querySelector('.example-score')?.textContent).toMatch(/^\+[0-9.]+$/);
  expect(text()).toContain('even spread .018');
  rows[1].querySelector<HTMLElement>('.example-head button')?.click();
  expect(context.state().selection).toMatchObject({ layer: 20, head: 5 });
});

test('without data the switch of sections is the way out', async () => {
  const { problem } = new ProblemError('noExamples');
  const { view, settle, context } = harness('examples', { examples: { kind: 'failed', problem, previous: null } });
  await settle();
  expect(view.standsAlone?.(context.state())).toBe(true);
  expect(view.stateKey?.(context.state())).toBe('examples');
  document.querySelector<HTMLElement>('[data-value="lens"]')?.click();
  await settle();
  expect(view.stateKey?.(context.state())).toBe('layers');
  expect(document.querySelector('.lens-table')).not.toBeNull();
});

test('the heading of the origin from 1, like the headings beside it', () => {
  expect(originWords(56, true, 57)).toBe('57 · locked');
  expect(originWords(56, false, 57)).toBe('57 · last');
  expect(originWords(40, false, 57)).toBe('41 · before target');
});
