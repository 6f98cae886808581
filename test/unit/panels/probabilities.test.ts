// @vitest-environment happy-dom
import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { SamplingIntent } from '../../../src/analysis/panel';
import { ProbabilitiesLayout } from '../../../webview/panels/probabilities/layout';
import { intentOf, mountedTab, ready } from './mountedTab';

vi.mock('@vscode/webview-ui-toolkit', () => import('./noToolkit'));
vi.mock('../../../webview/base/icons', () => ({ icon: () => document.createElement('i') }));
vi.setConfig({ testTimeout: 30_000 });
beforeEach(() => document.body.replaceChildren());

/** The tab with these sampling settings. */
function drawn(sampling: Partial<SamplingIntent> = {}): HTMLElement {
  const intent = intentOf('probabilities');
  const chosen = { ...intent.probabilities.sampling, ...sampling };
  return mountedTab('probabilities', ready('probabilities'), undefined, {
    ...intent,
    probabilities: { ...intent.probabilities, sampling: chosen },
  }).view.element;
}

const headings = (element: HTMLElement) =>
  [...element.querySelectorAll('svg > text.m')].map((text) => text.textContent).filter(Boolean);

describe('the column of sampled probabilities', () => {
  it('is there while tokens are drawn by chance with other probabilities than the model’s own', () => {
    const element = drawn({ temperature: 0.7 });
    expect(headings(element)).toContain('p when sampled');
    expect(element.querySelector('.sampling')?.textContent).toContain('entropy when sampled');
  });

  it('is not there at temperature 0, which draws nothing', () => {
    const element = drawn({ temperature: 0 });
    expect(headings(element)).not.toContain('p when sampled');
    expect(element.textContent).not.toContain('excluded');
    const sampling = element.querySelector('.sampling')!;
    expect(sampling.querySelectorAll('dd')).toHaveLength(0);
    expect(sampling.textContent).toContain('Temperature 0 always takes the likeliest token');
  });

  it('is not there while sampling changes nothing', () => {
    expect(headings(drawn({ temperature: 1, topK: 0, topP: 1 }))).not.toContain('p when sampled');
  });
});

function laidOut(width: number, beside: boolean): ProbabilitiesLayout {
  const one = (name: string) => Object.assign(document.createElement('section'), { className: name });
  const [text, against, strip, next, sampling, last] = ['text', 'against', 'strip', 'next', 'sampling', 'last'].map(
    one,
  );
  const layout = new ProbabilitiesLayout({ text: [text], against, strip, next, sampling, rest: [last] });
  layout.arrange(width, beside);
  return layout;
}

/** The tab in a panel of this many px, whose editor shows the same text or another one. */
function arranged(width: number, beside: boolean): string[] {
  const layout = laidOut(width, beside);
  const fold = layout.element.querySelector('details')!;
  return [
    ...[...layout.element.querySelectorAll('section')].map((each) => each.className),
    fold.open ? 'open' : 'folded',
  ];
}

describe('the order of the tab', () => {
  it('the text comes first where there is room, always open', () => {
    expect(arranged(720, true)).toEqual(['text', 'against', 'strip', 'next', 'sampling', 'last', 'open']);
  });

  it('what comes next is first in a narrow panel; the text is folded if the editor shows it', () => {
    expect(arranged(500, true)).toEqual(['against', 'next', 'sampling', 'strip', 'text', 'last', 'folded']);
    expect(arranged(500, false)).toEqual(['against', 'next', 'sampling', 'strip', 'text', 'last', 'open']);
  });

  it('the fold says why it is folded, and stays as the user left it', () => {
    const layout = laidOut(500, true);
    const fold = layout.element.querySelector('details')!;
    const summary = fold.querySelector('summary')!;
    expect(summary.querySelector('small')!.textContent).toBe('folded at first: the editor shows this text');
    summary.click();
    fold.open = true;
    layout.arrange(900, true);
    layout.arrange(500, true);
    expect(fold.open).toBe(true);
    layout.arrange(500, false);
    expect(summary.querySelector('small')!.textContent).toBe('');
  });
});

it('token boundaries are drawn on request', () => {
  const intent = intentOf('probabilities');
  const text = (boundaries: boolean) =>
    mountedTab('probabilities', ready('probabilities'), undefined, {
      ...intent,
      probabilities: { ...intent.probabilities, boundaries },
    }).view.element.querySelector('.text')!;
  expect(text(false).classList.contains('bounded')).toBe(false);
  expect(text(true).classList.contains('bounded')).toBe(true);
});
