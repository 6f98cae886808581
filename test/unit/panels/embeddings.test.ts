// @vitest-environment happy-dom
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { EmbeddingsData, EmbeddingsIntent } from '../../../src/analysis/embeddings/contract';
import type { Intent, PanelState } from '../../../src/analysis/panel';
import { initialIntent, initialState } from '../../../src/host/session/panelDefaults';
import type { Selection } from '../../../src/protocol/view';
import { allKeys, type View, type ViewContext } from '../../../webview/base/view';
import { carried } from '../../../webview/charts/embeddings/layout';
import {
  byGroup,
  embeddingFacts,
  leftOut,
  meanTokens,
  nextGroupName,
  pointsAtToken,
  rampStart,
  shownLayer,
  stripLayers,
} from '../../../webview/panels/embeddings/facts';
import { EmbeddingPictures } from '../../../webview/panels/embeddings/pictures';
import { createEmbeddingsView } from '../../../webview/panels/embeddings/view';
import {
  basisSentence,
  controlSentence,
  fallbackSentence,
  leftOutSentence,
  sameSentence,
} from '../../../webview/panels/embeddings/words';
import { press, theme } from '../charts/domSetup';

vi.mock('@vscode/webview-ui-toolkit', () => import('./noToolkit'));
vi.mock('../../../webview/base/icons', () => ({ icon: () => document.createElement('i') }));

const read = (name: string) => JSON.parse(readFileSync(join(__dirname, `../../fixtures/panel/${name}.json`), 'utf8'));
const dataOf = (name: string, key = 'embeddings') =>
  ({ prompt: read(name).prompt, ...read(`${name}.${key}`) }) as EmbeddingsData & Record<'more' | 'near', never>;
const bank = dataOf('bank');
const names = dataOf('names');
const umap = dataOf('names', 'umap');

beforeEach(() => document.body.replaceChildren());
afterEach(() => void vi.useRealTimers());

test('words of lines are numbered, rows bear their own name, words around theirs', () => {
  expect(embeddingFacts(bank).names.slice(0, 5)).toEqual(['bank 1', 'bank 2', 'bank 3', 'bank 4', 'the']);
  expect(embeddingFacts(names).names.slice(0, 2)).toEqual(['Emily', 'Sarah']);
});

test('groups come by size; pairs are ordered by them', () => {
  const facts = embeddingFacts(names);
  expect(new Set(facts.groups)).toEqual(new Set(['English', 'Spanish', 'Chinese', 'Indian']));
  const order = byGroup(facts).map((point) => facts.groupOf[point]);
  expect(order).toEqual([...order].sort((a, b) => a - b));
});

test('a locked token is the points that end in it', () => {
  const facts = embeddingFacts(bank);
  expect(pointsAtToken(facts, bank.places[2])).toEqual([2]);
  expect(pointsAtToken(facts, null)).toEqual([]);
});

test('layers: a third of the way up unasked, every third in the strip', () => {
  expect(shownLayer({ layer: null }, 30)).toBe(10);
  expect(shownLayer({ layer: 99 }, 30)).toBe(30);
  expect(stripLayers(30, false)).toEqual([0, 3, 6, 9, 12, 15, 18, 21, 24, 27, 30]);
  expect(stripLayers(30, true)).toEqual([0, 6, 12, 18, 24, 30]);
  expect(stripLayers(2, false)).toEqual([0, 1, 2]);
});

test('the ramp begins at a round tenth, groups made by hand go by the alphabet', () => {
  expect(rampStart([0.78, 1])).toBe(0.7);
  expect(rampStart([1])).toBe(0.9);
  expect(nextGroupName([{ text: 0, group: 'A' }])).toBe('B');
});

test('what is left out is named', () => {
  const facts = embeddingFacts(bank);
  expect(leftOut(facts).first).toBe(4);
  expect(leftOutSentence(facts)).toMatch(/^Left out because of a massive norm: 4 first tokens, /);
  expect(leftOutSentence(embeddingFacts(names))).toBe('');
});

test('the same token is said to be the same vector before any context, and not behind it', () => {
  const facts = embeddingFacts(bank);
  expect(sameSentence(facts, bank.result.layers[0])).toMatch(/^All 4 points are the same vector/);
  expect(sameSentence(facts, bank.result.layers[10])).toBe('');
});

test('the control says whether the groups differ in their number of tokens', () => {
  const facts = embeddingFacts(names);
  const means = Object.fromEntries(meanTokens(facts).map(({ group, tokens }) => [group, tokens]));
  expect(means.Indian).toBeGreaterThan(means.English + 0.5);
  expect(controlSentence(facts)).toMatch(/from 4\.\d \(English\) to 5\.\d \(Indian\)/);
  expect(controlSentence(embeddingFacts(bank))).toMatch(/same number of tokens/);
});

test('the axes say what they keep; without a meaning they say that', () => {
  const { embeddings } = initialIntent;
  expect(basisSentence(names.result.layers[10], embeddings)).toMatch(/keep \d+ % of the variance.*this block/);
  const frozen = { ...embeddings, basis: 'frozen' as const, basisLayer: 20 };
  expect(basisSentence(names.result.layers[10], frozen)).toMatch(/fitted to block 20/);
  expect(basisSentence(umap.result.layers[0], { ...embeddings, method: 'umap' })).toMatch(/^UMAP, seed 1/);
  expect(fallbackSentence(bank.result.layers[0], 'tsne')).toMatch(/PCA/);
  expect(fallbackSentence(bank.result.layers[0], 'pca')).toBe('');
});

test('a picture that did not come with the result is asked for and turned like the one below it', async () => {
  const more = read('names.umap').more;
  const turned = (layer: { x: number[]; y: number[] }) => ({
    ...layer,
    x: layer.y.map((v) => v + 3),
    y: layer.x.map((v) => -v),
  });
  const asked: number[][] = [];
  const changed = vi.fn();
  const pictures = new EmbeddingPictures(async (layers) => {
    asked.push(layers);
    return more.map(turned);
  }, changed);
  pictures.show(umap);
  expect(pictures.at(9, true)).toMatchObject({ exact: true });
  expect(pictures.at(10, true)).toMatchObject({ exact: false, picture: { layer: 9 } });
  await vi.waitFor(() => expect(changed).toHaveBeenCalled());
  expect(asked).toEqual([[9, 10]]);
  const { picture, exact } = pictures.at(10, true);
  expect(exact).toBe(true);
  // The result is the same as without the turn: points keep the distances to the picture below that they have in the answer.
  const [nine, ten] = more;
  const expected = carried(ten, nine, umap.result.layers[3]);
  for (const [i, x] of expected.x.entries()) expect(picture.x[i]).toBeCloseTo(x, 6);
  for (const [i, y] of expected.y.entries()) expect(picture.y[i]).toBeCloseTo(y, 6);
});

function open(data: EmbeddingsData, embeddings: Partial<EmbeddingsIntent> = {}, view: Partial<PanelState> = {}) {
  let state: PanelState = {
    ...initialState({ ...initialIntent, tab: 'embeddings' }, true),
    title: 'bank.txt',
    model: { layers: 30, width: 576 } as PanelState['model'],
    embeddings: { kind: 'ready', data, runMs: 1, at: 0 },
    ...view,
  };
  state = { ...state, intent: { ...state.intent, embeddings: { ...state.intent.embeddings, ...embeddings } } };
  const told: [string, unknown][] = [];
  let shown: View | null = null;
  const redraw = () => shown?.update(state, allKeys);
  const context = {
    channel: {
      request: async (method: string, params: unknown) => {
        told.push([method, params]);
        return { points: [{ source: 1, position: 8, cosine: 0.5 }], vocabulary: null };
      },
      notify: (method: string, params: unknown) => told.push([method, params]),
    },
    theme: () => theme,
    state: () => state,
    select(change: Partial<Selection>) {
      state = { ...state, selection: { ...state.selection, ...change } };
      redraw();
    },
    setIntent(change: Partial<Intent>) {
      state = { ...state, intent: { ...state.intent, ...change } };
      redraw();
    },
    action: () => {},
    reveal: (position: number) => told.push(['reveal', position]),
    announce: () => {},
    answered: () => {},
    onWidth(_: HTMLElement, listener: (width: number) => void) {
      queueMicrotask(() => listener(560));
      return () => {};
    },
    card: () => {},
  } as unknown as ViewContext;
  shown = createEmbeddingsView(context);
  document.body.append(shown.element);
  redraw();
  return { view: shown, told, state: () => state };
}

const settle = () => new Promise((resolve) => setTimeout(resolve, 0));
const find = (selector: string) => document.querySelector(selector) as HTMLElement;

test('the tab draws every point, its pairs, its curves and the nearest words', async () => {
  open(bank);
  await settle();
  expect(document.querySelectorAll('.embed-scatter path').length).toBeGreaterThanOrEqual(28);
  expect(find('.embed-scatter').textContent).toContain('bank 1');
  expect(find('.embed-cosine').textContent).toContain('.965');
  expect(find('.embed-curves').textContent).toContain('.963');
  expect(find('.embed-words').textContent).toContain('river');
  expect(find('.embed-notes').textContent).toContain('Left out');
});

test('keys and the strip change the layer without asking anybody', async () => {
  const { view, told, state } = open(bank);
  await settle();
  view.key?.(new KeyboardEvent('keydown', { key: ']' }));
  expect(state().intent.embeddings.layer).toBe(11);
  press(find('.embed-strip'), 'Home');
  expect(state().intent.embeddings.layer).toBe(0);
  expect(find('.embed-notes').textContent).toContain('points are the same vector');
  expect(told).toEqual([]);
});

test('a probe’s direction as an axis is said in a chip, and given up there', async () => {
  const { view, state } = open(bank, { axis: [1, 0] });
  await settle();
  const axis = () => view.chips?.().find((chip) => chip.textContent?.includes('a probe’s direction'));
  axis()?.querySelector('button')?.click();
  expect(state().intent.embeddings.axis).toBeNull();
  expect(axis()).toBeUndefined();
});

test('playing goes on block by block and ends at the last', async () => {
  vi.useFakeTimers();
  const { state } = open(bank, { layer: 28 });
  find('.embed-layer button').click();
  vi.advanceTimersByTime(1000);
  expect(state().intent.embeddings.layer).toBe(29);
  vi.advanceTimersByTime(5000);
  expect(state().intent.embeddings.layer).toBe(30);
  expect(find('.embed-layer button').getAttribute('aria-label')).toBe('Play all blocks');
});

test('arrows and Enter lock a point: the selection of everywhere, shown in the editor, with its nearest', async () => {
  const { told, state } = open(bank);
  await settle();
  const scatter = find('.embed-scatter');
  press(scatter, 'Home');
  press(scatter, 'Enter');
  expect(state().selection.locked).toBe(bank.places[0]);
  expect(told).toContainEqual(['reveal', bank.places[0]]);
  expect(told).toContainEqual(['neighbours', { source: 0, position: 8, layer: 10, count: 8 }]);
  await settle();
  expect(find('.embed-row').textContent).toContain('bank 2');
  press(scatter, 'Enter');
  expect(state().selection.locked).toBeNull();
});

test('Space chooses several; they can be made a group', async () => {
  const { told, state } = open(bank);
  await settle();
  const scatter = find('.embed-scatter');
  press(scatter, 'Home');
  press(scatter, ' ');
  expect(told).toContainEqual(['revealTokens', { positions: [bank.places[0]] }]);
  (document.querySelector('.embed-choice vscode-button') as HTMLElement).click();
  expect(state().intent.embeddings.marks).toEqual([{ text: 0, group: 'A' }]);
});

test('after a failure the controls stay, so that another word can be tried', () => {
  const problem = { code: 'noPoints' as const, message: 'Nothing matches.', remedy: 'Try another.', args: [] };
  const { view, state } = open(bank, {}, { embeddings: { kind: 'failed', problem, previous: null } });
  expect(view.standsAlone?.(state())).toBe(true);
  expect(find('.embed-controls')).not.toBeNull();
  expect(view.exports?.()).toEqual({});
});

test('the twins hold what the pictures show', async () => {
  const { view } = open(names);
  await settle();
  const twins = [view.table?.(), ...(view.moreTables?.() ?? [])];
  expect(twins.map((twin) => twin?.rows.length)).toEqual([40, 40, 31]);
  const [first] = twins[0]?.rows ?? [];
  expect(first.slice(0, 5)).toEqual(['Emily', ' Emily', 'Emily', 4, 'English']);
  expect(view.exports?.().svg?.()).toContain('<svg');
});
