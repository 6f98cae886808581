// @vitest-environment happy-dom
/** Every analysis that a contract puts on a tab is drawn there: a section that no view mounts would be computed and never seen. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { type Analysis, analysisNames, contracts, type DataOf } from '../../../src/analysis/contracts';
import type { Intent, PanelState } from '../../../src/analysis/panel';
import { initialIntent, initialState } from '../../../src/host/session/panelDefaults';
import { allKeys, type ViewContext } from '../../../webview/base/view';
import { views } from '../../../webview/panels/views';
import { theme } from '../charts/domSetup';

vi.mock('@vscode/webview-ui-toolkit', () => import('./noToolkit'));
vi.mock('../../../webview/base/icons', () => ({ icon: () => document.createElement('i') }));
vi.setConfig({ testTimeout: 30_000 });
beforeEach(() => document.body.replaceChildren());

const read = (name: string) => JSON.parse(readFileSync(join(__dirname, `../../fixtures/panel/${name}.json`), 'utf8'));
const { prompt, result, end } = read('reviews');
const { summaries } = read('reviews.heads').result;

/** A small result of each analysis, as the page gets it. */
const data: { [A in Analysis]: () => DataOf[A] } = {
  probabilities: () => ({ prompt, result, end }),
  repeat: () => ({ prompt, ...read('reviews.repeat') }),
  attention: () => {
    const [size, layers, heads] = [1, 30, 9];
    const overview = { size, thumbnails: new Float32Array(layers * heads * size * size), summaries, sinkMass: 0.5 };
    return { prompt, overview };
  },
  saliency: () => ({ prompt, ...read('reviews.saliency') }),
  layers: () => {
    const { target, texts, cells } = read('reviews.lens');
    const column = (rows: [number[], number, number, number[]][]) =>
      rows.map(([top, entropy, , follow]) => ({
        top: [{ id: top[0], text: texts[top[0]], logprob: top[1] }],
        entropy,
        change: null,
        follow: [{ logprob: follow[0], rank: follow[1] }],
      }));
    const last = cells.length - 1;
    const follow = [{ id: target.ids[0], text: target.text }];
    return { prompt, target, table: { positions: [last], follow, cells: [column(cells[last])] } };
  },
  heads: () => ({ prompt, ...read('reviews.heads') }),
  examples: () => ({ prompt, ...read('reviews.examples') }),
  patching: () => ({ prompt, ...read('reviews.patching') }),
  embeddings: () => ({ prompt: read('names').prompt, ...read('names.embeddings') }),
  lie: () => ({ prompt: read('truth').prompt, ...read('truth.lie') }),
  answer: () => ({ prompt: read('truth').prompt, ...read('truth.answer') }),
  probe: () => ({ prompt: read('cities').prompt, ...read('cities.probe') }),
};

const ready = <A extends Analysis>(name: A) =>
  ({ kind: 'ready', data: data[name](), runMs: 1, at: 0 }) as unknown as PanelState[A];

/** The tab of an analysis with what is asked for in front. */
function intentOf(name: Analysis): Intent {
  const { tab, section } = contracts[name];
  const choices = initialIntent[tab] as object;
  const group = (choices as Record<string, unknown>)[name];
  const asked = name === 'patching' ? { from: 'Another text.' } : group ? { [name]: { ...group, asked: true } } : {};
  return { ...initialIntent, tab, [tab]: { ...choices, ...asked, ...(section === null ? {} : { section }) } };
}

/** How often the result of the analysis was looked at while its tab was drawn. */
function looks(name: Analysis): number {
  let count = 0;
  const { tab } = contracts[name];
  const own = analysisNames.filter((each) => contracts[each].tab === tab && contracts[each].section === null);
  const watched = new Proxy(ready(name), {
    get(view, key) {
      if (key === 'data') count++;
      return Reflect.get(view, key);
    },
  });
  const state: PanelState = {
    ...initialState(intentOf(name), false),
    title: 'reviews.txt',
    text: prompt.rendered,
    ...Object.fromEntries(own.map((each) => [each, ready(each)])),
    [name]: watched,
  };
  const context = {
    channel: { request: () => new Promise(() => {}) },
    theme: () => theme,
    state: () => state,
    onWidth: (_: Element, listener: (width: number) => void) => {
      widths.push(() => listener(720));
      return () => {};
    },
    ...Object.fromEntries(
      ['select', 'setIntent', 'action', 'reveal', 'announce', 'card'].map((method) => [method, () => {}]),
    ),
  } as unknown as ViewContext;
  const widths: (() => void)[] = [];
  const view = views[tab](context);
  document.body.append(view.element);
  view.update(state, allKeys);
  for (const say of widths) say();
  view.dispose();
  return count;
}

describe('what a contract declares', () => {
  it.each(analysisNames)('%s is drawn on its tab', (name) => expect(looks(name)).toBeGreaterThan(0));
});
