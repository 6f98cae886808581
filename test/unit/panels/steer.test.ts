// @vitest-environment happy-dom
import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { GenerateOptions, GenerateResult } from '../../../src/analysis/generate/contract';
import type { Intent, PanelState } from '../../../src/analysis/panel';
import { initialIntent, initialState } from '../../../src/host/session/panelDefaults';
import { ProblemError } from '../../../src/protocol/problem';
import type { ViewContext } from '../../../webview/base/view';
import { towardWords } from '../../../webview/panels/lie/probeSection';
import { SteerSection, type SteerSource, strengthWords } from '../../../webview/panels/lie/steerSection';
import { theme } from '../charts/domSetup';

vi.mock('@vscode/webview-ui-toolkit', () => import('./noToolkit'));
vi.mock('../../../webview/base/icons', () => ({ icon: () => document.createElement('i') }));

type Asked = { options: GenerateOptions; text: string };

const answer = (text: string): GenerateResult => {
  const token = { id: 5, text, logprob: Math.log(0.25), rank: 0, entropy: 1 };
  return { tokens: [{ ...token, top: [token] }], text, finish: 'length' };
};

const source: SteerSource = {
  key: 'a probe',
  beginning: 'The key',
  layers: 30,
  best: 28,
  direction: async (layer) => [layer, 1],
  toward: ['plural', 'singular'],
};

/** A page with this section alone; `say` answers for the host. */
function page(say: (asked: Asked) => Promise<GenerateResult>) {
  let state: PanelState = initialState(initialIntent, true);
  const asked: Asked[] = [];
  const request = (_method: string, params: Asked) => {
    asked.push(params);
    return say(params);
  };
  const context = {
    channel: { request },
    theme: () => theme,
    state: () => state,
    setIntent: (change: Partial<Intent>) => {
      state = { ...state, intent: { ...state.intent, ...change } };
      section.update(source);
    },
    announce: vi.fn(),
  } as unknown as ViewContext;
  const section = new SteerSection(context);
  document.body.replaceChildren(section.element);
  section.update(source);
  const steer = () => state.intent.lie.steer;
  const go = async () => {
    document.querySelector<HTMLElement>('vscode-button')?.click();
    await vi.waitFor(() => expect(document.querySelector('.steer-pair')?.hasAttribute('aria-busy')).toBe(false));
  };
  return { section, asked, steer, go };
}

const said = () => [...document.querySelectorAll('.lie-said')].map((each) => each.textContent);
const slide = (at: number, value: number) => {
  const input = document.querySelectorAll<HTMLInputElement>('input[type="range"]')[at];
  input.value = String(value);
  input.dispatchEvent(new Event('input'));
};

beforeEach(() => document.body.replaceChildren());

describe('steering', () => {
  it('asks nothing until somebody does; then for the text alone and pushed, greedily', async () => {
    const { asked, go, steer, section } = page(async ({ options }) => answer(options.steer ? ' are' : ' is'));
    expect([asked.length, section.tables()]).toEqual([0, []]);
    await go();
    expect(asked.map(({ text, options }) => [text, options.temperature, options.steer])).toEqual([
      ['The key', 0, undefined],
      ['The key', 0, { layer: 28, direction: [28, 1], strength: -0.3 }],
      ['The key', 0, { layer: 28, direction: [1, 28], strength: -0.3 }],
    ]);
    expect(said()).toEqual(['The key is', 'The key are', 'The key are']);
    expect(steer().text).toBe('The key');
    expect(section.tables()[0].rows).toEqual([
      ['Not steered', 'The key is', '·is', expect.closeTo(0.25)],
      ['−0.30 toward plural', 'The key are', '·are', expect.closeTo(0.25)],
      ['Control: equally far, with the numbers in reverse order', 'The key are', '·are', expect.closeTo(0.25)],
    ]);
  });

  it('asks again for another strength or layer, only for what changed; at 0 nothing is pushed', async () => {
    const { asked, go } = page(async ({ options }) => answer(` ${options.steer?.strength ?? 'alone'}`));
    await go();
    slide(0, 0.5);
    await vi.waitFor(() => expect(said()[1]).toBe('The key 0.5'));
    slide(1, 10);
    await vi.waitFor(() => expect(asked.at(-1)?.options.steer?.layer).toBe(10));
    expect(asked.filter(({ options }) => !options.steer)).toHaveLength(1);
    slide(0, 0);
    await vi.waitFor(() => expect(said()).toEqual(['The key alone', 'The key alone']));
    expect(document.body.textContent).toContain('Not steered');
  });

  it('says why the engine would not', async () => {
    const { go } = page(async () => {
      throw new ProblemError('emptyPrompt', ['The prompt']);
    });
    await go();
    const alert = document.querySelector<HTMLElement>('[role="alert"]');
    expect([alert?.hidden, alert?.textContent]).toEqual([
      false,
      new ProblemError('emptyPrompt', ['The prompt']).message,
    ]);
  });

  it('forgets what another probe said', async () => {
    const { section, go } = page(async () => answer(' is'));
    await go();
    section.update({ ...source, key: 'another' });
    expect(section.tables()).toEqual([]);
    section.update(null);
    expect(section.element.hidden).toBe(true);
  });

  it('names where a strength leads, by the labels in the order in which the fit counts them', () => {
    expect(strengthWords(0.5, source.toward)).toBe('+0.50 toward singular');
    expect(strengthWords(0, source.toward)).toBe('0, off');
    expect(towardWords(['singular', 'plural'])).toEqual(['plural', 'singular']);
    expect(towardWords(['b', 'c', 'a'])).toEqual(['the other labels', 'c']);
    expect(towardWords([])).toEqual(['lower numbers', 'higher numbers']);
  });
});
