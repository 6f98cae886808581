/** A tab in a simulated document, with the recorded result of one analysis on it. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Analysis, analysisNames, contracts, type DataOf } from '../../../src/analysis/contracts';
import type { Intent, PanelState } from '../../../src/analysis/panel';
import { initialIntent, initialState } from '../../../src/host/session/panelDefaults';
import { allKeys, type View, type ViewContext } from '../../../webview/base/view';
import { views } from '../../../webview/panels/views';
import { theme } from '../charts/domSetup';

const read = (name: string) => JSON.parse(readFileSync(join(__dirname, `../../fixtures/panel/${name}.json`), 'utf8'));
const { prompt, result, end } = read('reviews');
const { summaries } = read('reviews.heads').result;

/** A small result of each analysis, as the page receives it. */
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

export const ready = <A extends Analysis>(name: A) =>
  ({ kind: 'ready', data: data[name](), runMs: 1, at: 0 }) as unknown as PanelState[A];

/** An intent with the tab of an analysis in front and the analysis requested. */
export function intentOf(name: Analysis): Intent {
  const { tab, section } = contracts[name];
  const choices = initialIntent[tab] as object;
  const group = (choices as Record<string, unknown>)[name];
  const asked = name === 'patching' ? { from: 'Another text.' } : group ? { [name]: { ...group, asked: true } } : {};
  return { ...initialIntent, tab, [tab]: { ...choices, ...asked, ...(section === null ? {} : { section }) } };
}

export interface Mounted {
  view: View;
  /** Resolves once the answers to the tab's requests have come. */
  settled(): Promise<void>;
}

/** `own` replaces the recorded result. `answer` answers a request of the page; undefined leaves it waiting for ever. */
export function mountedTab(
  name: Analysis,
  own: unknown = ready(name),
  answer: (method: string, params: unknown) => unknown = () => undefined,
  intent: Intent = intentOf(name),
  facts: Partial<PanelState> = {},
): Mounted {
  const { tab } = contracts[name];
  const others = analysisNames.filter((each) => contracts[each].tab === tab && contracts[each].section === null);
  const state: PanelState = {
    ...initialState(intent, false),
    title: 'reviews.txt',
    text: prompt.rendered,
    ...Object.fromEntries(others.map((each) => [each, ready(each)])),
    [name]: own,
    ...facts,
  };
  const widths: (() => void)[] = [];
  const request = (method: string, params: unknown) => {
    const known = answer(method, params);
    return known === undefined ? new Promise(() => {}) : Promise.resolve(known);
  };
  const context = {
    channel: { request, notify() {} },
    theme: () => theme,
    state: () => state,
    onWidth: (_: Element, listener: (width: number) => void) => {
      widths.push(() => listener(720));
      return () => {};
    },
    ...Object.fromEntries(
      ['select', 'setIntent', 'action', 'reveal', 'announce', 'answered', 'card'].map((method) => [method, () => {}]),
    ),
  } as unknown as ViewContext;
  const view = views[tab](context);
  document.body.append(view.element);
  view.update(state, allKeys);
  for (const say of widths) say();
  return {
    view,
    async settled() {
      // An answer may lead to another question.
      for (let turn = 0; turn < 3; turn++) {
        await new Promise((resolve) => setTimeout(resolve));
        view.update(state, allKeys);
      }
    },
  };
}
