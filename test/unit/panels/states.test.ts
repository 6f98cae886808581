// @vitest-environment happy-dom
import { describe, expect, it, vi } from 'vitest';
import type { PanelState } from '../../../src/analysis/panel';
import { type Problem, ProblemError } from '../../../src/protocol/problem';
import { type ProblemCode, panelFacts } from '../../../src/protocol/problemCatalogue';
import type { ViewState } from '../../../src/protocol/view';
import type { ViewContext } from '../../../webview/base/view';
import { changeSaliency } from '../../../webview/panels/saliency/controls';
import { unitRemedy } from '../../../webview/panels/saliency/unitRemedy';
import { progressShare, progressWords } from '../../../webview/panels/states/progress';
import { type Below, stateKey, statePart, stateWord } from '../../../webview/panels/states/states';
import { theme } from '../charts/domSetup';

// Custom elements and the bundler's text imports belong to the page; in these tests a button is an element with a name.
vi.mock('@vscode/webview-ui-toolkit', () => import('./noToolkit'));
vi.mock('../../../webview/base/icons', () => ({ icon: () => document.createElement('i') }));

const panel = {
  model: { name: 'SmolLM2-135M-Instruct' },
  runtime: null,
  live: false,
  intent: { saliency: { by: 'line', operator: 'delete' } },
} as PanelState;
const context = (): ViewContext =>
  ({ action: vi.fn(), announce: vi.fn(), theme: () => theme, state: () => panel }) as unknown as ViewContext;

function draw(state: ViewState<unknown>, below: Below = 'nothing', given = context()) {
  const view = {
    running: () => 'Scoring every token',
    remedies: (problem: Problem) => {
      const unit = unitRemedy(problem, given.state().intent.saliency);
      return unit ? [{ label: unit.label, onChoose: () => changeSaliency(given, unit.change) }] : [];
    },
  };
  const part = statePart(view, state, below, given);
  const buttons = [...(part?.element.querySelectorAll<HTMLElement>('vscode-button') ?? [])];
  return { part, given, text: part?.element.textContent ?? '', buttons, names: buttons.map((b) => b.textContent) };
}

const running = (done: number, elapsedMs: number): ViewState<unknown> => ({
  kind: 'running',
  previous: null,
  progress: { stage: 'running', done, total: 100, unit: 'tokens' },
  elapsedMs,
});
const failed = (code: ProblemCode, args: (string | number)[] = []): ViewState<unknown> => {
  const problem = { ...new ProblemError(code, args).problem, panel: panelFacts(code) };
  return { kind: 'failed', problem, previous: null };
};

describe('the panel without results', () => {
  it('empty: says what it follows and offers two ways in', () => {
    const { text, names, buttons, given } = draw({ kind: 'empty' });
    expect(text).toContain('No prompt file here');
    expect(names).toEqual(['Open an Example', 'Explain Selection']);
    buttons[0].click();
    expect(given.action).toHaveBeenCalledWith('openExample');
  });

  it('loading: figures, and an example badged as recorded, tinted with real numbers', () => {
    const { part, text } = draw({
      kind: 'loadingModel',
      elapsedMs: 3100,
      progress: { stage: 'compiling', done: 168e6, total: 270e6, unit: 'bytes' },
    });
    expect(text).toContain('62 %');
    expect(text).toContain('compiling the graph, 168 of 270 MB · 3.1 s');
    expect(part!.element.querySelector('.badge')!.textContent).toBe('recorded');
    const dull = [...part!.element.querySelectorAll<HTMLElement>('.tok')].find((span) => span.textContent === ' dull')!;
    // With p 5e−4 and rank 170 the tint is clear and the rule two pixels wide.
    expect(dull.dataset.rules).toBe('2');
    expect(dull.dataset.strips).not.toBe(theme.background);
  });

  it('loading another model: no example that is not its own', () => {
    const given = context();
    given.state = () => ({ ...panel, model: { ...panel.model!, name: 'Qwen2.5-0.5B' } });
    const { part } = draw({ kind: 'loadingModel', elapsedMs: 0, progress: null }, 'nothing', given);
    expect(part!.element.querySelector('.badge')).toBeNull();
    expect(part!.element.querySelector('.tok')).toBeNull();
  });

  it('running: count, time left, Cancel; progress changes words, not the button', () => {
    const { part, buttons, given } = draw(running(25, 1000));
    expect(part!.element.textContent).toContain('25 of 100 tokens');
    expect(part!.element.textContent).toContain('3.0 s left');
    part!.update(running(50, 2000));
    expect(part!.element.textContent).toContain('2.0 s left');
    expect(part!.element.querySelector('vscode-button')).toBe(buttons[0]);
    buttons[0].click();
    expect(given.action).toHaveBeenCalledWith('cancel');
  });

  it.each([
    ['engineGone', 'Restart the Engine', 'restartEngine'],
    ['modelMissing', 'Choose a Model', 'chooseModel'],
    ['outOfMemory', 'Explain Selection', 'explainSelection'],
    ['internal', 'Run Again', 'run'],
  ] as const)('failed with %s: cause, remedy, and %s first', (code, label, action) => {
    const { text, names, buttons, given } = draw(failed(code, ['x']));
    const { problem } = new ProblemError(code, ['x']);
    expect(text).toContain(problem.message);
    expect(text).toContain(problem.remedy);
    expect(names[0]).toBe(label);
    expect(names.at(-1)).toBe('Show Log');
    buttons[0].click();
    expect(given.action).toHaveBeenCalledWith(action);
  });

  it.each([
    ['patternInvalid', ['Explain by Word']],
    ['noUnits', ['Explain by Word']],
    ['nothingLeft', ['Explain by Word']],
    ['nothingToRecover', ['Choose a target']],
    ['targetEmpty', ['Choose a target']],
    ['noSelection', ['Run Again', 'Explain by Word']],
  ] as const)('failed with %s: neither engine nor log would help', (code, offered) => {
    const { text, names } = draw(failed(code, ['x', 'y']), 'form');
    expect(text).toContain(new ProblemError(code, ['x', 'y']).problem.remedy);
    expect(names).toEqual(offered);
    expect(text).not.toContain('The editor is not affected');
  });

  it('a unit that gives nothing: the words, or another text in the one word’s place', () => {
    const given = { ...context(), setIntent: vi.fn() };
    draw(failed('nothingLeft'), 'form', given).buttons[0].click();
    expect(given.setIntent).toHaveBeenCalledWith({ saliency: { by: 'word', operator: 'delete' } });
    const saliency = { by: 'word', operator: 'delete' };
    given.state = () => ({ ...panel, intent: { saliency } }) as PanelState;
    expect(draw(failed('nothingLeft'), 'form', given).names).toEqual(['Replace Instead']);
    expect(draw(failed('noUnits'), 'form', given).names).toEqual([]);
  });

  it('progress that is counted in parts of a step says whole ones', () => {
    const progress = { stage: 'running', done: 5.45, total: 12, unit: 'steps' } as const;
    const { part } = draw({ kind: 'running', previous: null, elapsedMs: 0, progress }, 'nothing');
    expect(part!.element.textContent).toContain('step 5 of 12');
  });

  it('cancelled with a partial result: what is shown is partial, and Run Again', () => {
    const { text, names, part } = draw(failed('cancelled'), 'partial');
    expect(text).toContain('The results shown are partial');
    expect(names).toEqual(['Run Again']);
    expect(part!.element.querySelector('.error')).toBeNull();
    expect(stateWord(failed('cancelled'), panel)).toBe('cancelled');
  });

  it.each(['tableNotPrompt', 'noExamples', 'needsTable', 'emptyPrompt'] as const)(
    '%s is no fault: no red, no “failed”',
    (code) => {
      const { part, names } = draw(failed(code, ['a.csv']));
      expect(part!.element.querySelector('.error')).toBeNull();
      expect(stateWord(failed(code, ['a.csv']), panel)).toBe('not for this text');
      if (code === 'tableNotPrompt')
        expect(names).toEqual(['Show Embeddings', 'Layer probe', 'Train a Probe', 'Explain Selection']);
    },
  );

  it('a table leads to the layer probe, which it may have been made for', () => {
    const setIntent = vi.fn();
    const { buttons } = draw(failed('tableNotPrompt', ['a.csv']), 'nothing', { ...context(), setIntent });
    buttons[1].click();
    expect(setIntent).toHaveBeenCalledWith({ tab: 'lie', lie: expect.objectContaining({ section: 'probe' }) });
  });

  it('a file that its reader refuses can be looked at as it stands', () => {
    const { buttons, given, part } = draw(failed('promptMalformed', ['a.json', 'line 1, column 1: this is not JSON']));
    expect(part!.element.querySelector('.error')).not.toBeNull();
    expect(stateWord(failed('promptMalformed', ['a.json', '']), panel)).toBe('failed');
    buttons[0].click();
    expect(given.action).toHaveBeenCalledWith('showAsText');
  });

  it('a prompt that was closed: open another one', () => {
    const { names, given, buttons } = draw(failed('promptClosed', ['a.txt']));
    expect(names[0]).toBe('Open an Example');
    buttons[0].click();
    expect(given.action).toHaveBeenCalledWith('openExample');
  });

  it('running over a partial result says that it grows', () => {
    expect(draw(running(25, 1000), 'partial').text).toContain('Partial results; the rest will follow.');
    expect(draw(running(25, 1000), 'data').text).toContain('The results of the run before are still shown.');
  });

  it('a view with its own form takes the place of the empty screen', () => {
    expect(draw({ kind: 'empty' }, 'form').part).toBeNull();
    const loading = draw({ kind: 'loadingModel', elapsedMs: 0, progress: null }, 'form').part!;
    expect(loading.element.className).toBe('banner');
    expect(loading.element.querySelector('.tok')).toBeNull();
  });

  it('stale: which tokens are still exact, and Run', () => {
    const { text, names } = draw({ kind: 'stale', data: {}, exactTokens: 47 }, 'data');
    expect(text).toContain('results before your edit');
    expect(text).toContain('tokens 1–47 are still exact');
    expect(names).toEqual(['Run']);
    expect(text).toContain('Live updates are off, so nothing runs while you type.');
    expect(draw({ kind: 'stale', data: {}, exactTokens: 0 }, 'data').text).toContain('no token is exact');
  });

  it('stale: live updates can be turned on where they are missed, and are not mentioned while they are on', () => {
    const state: ViewState<unknown> = { kind: 'stale', data: {}, exactTokens: 47 };
    const { part, given } = draw(state, 'data');
    const turnOn = [...part!.element.querySelectorAll('button')].find((each) => each.textContent === 'Turn On')!;
    turnOn.click();
    expect(given.action).toHaveBeenCalledWith('toggleLive');
    const live = { ...context(), state: () => ({ ...panel, live: true }) } as ViewContext;
    expect(draw(state, 'data', live).text).not.toContain('Live updates');
  });

  it('ready speaks for itself', () => {
    expect(draw({ kind: 'ready', data: {}, runMs: 1, at: 0 }, 'data').part).toBeNull();
  });
});

describe('readings of a state', () => {
  it('share of progress, null while unknown', () => {
    expect(progressShare(running(25, 10))).toBe(0.25);
    expect(progressShare({ kind: 'running', previous: null, progress: null, elapsedMs: 1 })).toBeNull();
    expect(progressShare({ kind: 'empty' })).toBeNull();
  });

  it('keep one face while only progress changes, another for another problem', () => {
    expect(stateKey(running(1, 1), 'nothing')).toBe(stateKey(running(2, 2), 'nothing'));
    expect(stateKey(failed('internal', ['a']), 'nothing')).not.toBe(stateKey(failed('internal', ['b']), 'nothing'));
  });

  it('count the parts of a partial result that are known', () => {
    const result = {
      units: [{}, {}, {}, {}],
      unscored: [3],
      by: 'word',
      methods: [
        { method: 'input', scores: [1, 2, 3, 4], refused: null, faithfulness: null },
        { method: 'occlusion', scores: [0.5, null, null, null], refused: null, faithfulness: null },
        { method: 'integrated', scores: [null, null, null, null], refused: null, faithfulness: null },
      ],
      complete: false,
    };
    const state = (previous: unknown): ViewState<unknown> => ({ ...running(25, 1000), previous }) as ViewState<unknown>;
    expect(progressWords(state({ prompt: {}, result }))).toBe('1 of 3 words · 1.0 s');
    expect(progressWords(state({ prompt: {}, result: { ...result, by: 'line' } }))).toContain('1 of 3 lines');
    expect(progressWords(state({ prompt: {}, result: { ...result, complete: true } }))).toContain('25 of 100 tokens');
    const [input, , integrated] = result.methods;
    const occlusion = { ...result.methods[1], scores: [0, 0, 0, null], faithfulness: {} };
    const judging = (...methods: unknown[]) => progressWords(state({ prompt: {}, result: { ...result, methods } }));
    expect(judging(input, occlusion, integrated)).toContain('1 of 3 curves');
    expect(judging(input, { ...integrated, refused: {} })).toContain('0 of 1 curves');
    expect(judging(occlusion, { ...integrated, completeness: { reliable: false } })).toContain('1 of 1 curves');
    const map = { residual: [[0.1, null]], heads: [[null, null]], complete: false };
    expect(progressWords(state({ prompt: {}, result: { map } }))).toContain('1 of 4 places');
    const heads = { knockout: [[1, null]], complete: false };
    expect(progressWords(state({ prompt: {}, result: heads }))).toContain('1 of 2 heads');
    const examples = { examples: [{ score: null }, { score: 1 }], complete: false };
    expect(progressWords(state({ prompt: {}, result: examples }))).toContain('1 of 2 examples');
  });

  it('end the footer with one word', () => {
    expect(stateWord({ kind: 'ready', data: {}, runMs: 140, at: 0 }, panel)).toBe('0.14 s');
    expect(stateWord({ kind: 'empty' }, panel)).toBe('not loaded yet');
  });
});
