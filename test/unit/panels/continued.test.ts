// @vitest-environment happy-dom
// The bars follow the continuation that the user steps through, and go back to the prompt.
import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { ContinuationRow, Continuations } from '../../../src/analysis/generate/contract';
import { noContinuations } from '../../../src/host/session/panelDefaults';
import { mountedTab } from './mountedTab';

vi.mock('@vscode/webview-ui-toolkit', () => import('./noToolkit'));
vi.mock('../../../webview/base/icons', () => ({ icon: () => document.createElement('i') }));
beforeEach(() => document.body.replaceChildren());

const step = (text: string): ContinuationRow['steps'][number] => {
  return { id: 1, text, logprob: -1, rank: 0, top: [{ id: 1, text, logprob: -1 }], entropy: 1, forced: false };
};
const row: ContinuationRow = {
  ...{ kind: { kind: 'greedy' }, steps: [step(' one'), step(' two')], shared: 0, marked: [] },
  ...{ running: false, ended: false, keep: null, taken: '' },
};
const after = {
  steps: 2,
  next: [
    { id: 5, text: ' three', logprob: Math.log(0.75) },
    { id: 6, text: ' four', logprob: Math.log(0.125) },
  ],
  end: { id: 2, text: '<end>', logprob: Math.log(0.0625) },
  entropy: 0.9,
};

function opened(continuations: Continuations) {
  const { view } = mountedTab('probabilities', undefined, undefined, undefined, { continuations });
  const words = (selector: string) =>
    [...view.element.querySelectorAll(selector)].map((each) => each.textContent).join('|');
  const heading = [...view.element.querySelectorAll('h2')].find((each) => each.textContent?.startsWith('Next token'));
  return { heading: heading as HTMLElement, words };
}

describe('the bars', () => {
  it('show what may follow the last step, with P(end), and a way back', () => {
    const { heading, words } = opened({ ...noContinuations, rows: [row], after });
    expect(heading.textContent).toContain('after ·two, step 2 of the continuation');
    expect(heading.querySelector('button')).toMatchObject({ textContent: 'after the prompt', hidden: false });
    expect(words('svg g.row .tk')).toBe('·three|·four');
    expect(words('svg g.end')).toContain('.063');
    expect(words('.gen-sum')).toBe('\u22122.00');
  });

  it('show what may follow the prompt where nothing was stepped', () => {
    const { heading, words } = opened({ ...noContinuations, rows: [row] });
    expect(heading.textContent).toContain('after the last token');
    expect(heading.querySelector('button')?.hidden).toBe(true);
    expect(words('svg g.row .tk')).toContain('·negative');
  });
});
