// @vitest-environment happy-dom
// Did my edit change the answer? The sentence, the bars' marks, the edited words and the tokens that changed most.
import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { Baseline, ProbabilitiesData } from '../../../src/analysis/probabilities/contract';
import { baselineOf } from '../../../src/host/session/baselineOf';
import { compared, hunkWords, perplexityWords } from '../../../webview/panels/probabilities/comparison';
import { dataOf } from '../host/prompts';
import { mountedTab, ready } from './mountedTab';

vi.mock('@vscode/webview-ui-toolkit', () => import('./noToolkit'));
vi.mock('../../../webview/base/icons', () => ({ icon: () => document.createElement('i') }));
beforeEach(() => document.body.replaceChildren());

const likely = (...next: [text: string, p: number][]) =>
  next.map(([text, p], id) => ({ id: text.length * 100 + id, text, logprob: Math.log(p) }));
const candidate = (text: string, p: number) => ({ id: text.length, text, logprob: Math.log(p) });

function data(tokens: string[], next: ProbabilitiesData['result']['next']): ProbabilitiesData {
  const made = dataOf(tokens);
  return { ...made, result: { ...made.result, next } };
}

const baseline = (tokens: string[], next: ProbabilitiesData['result']['next']): Baseline =>
  baselineOf('pinned 10:00', 'aa', data(tokens, next));

describe('the comparison with a baseline', () => {
  it.each([
    [candidate(' negative', 0.88), candidate(' ok', 0.61), 'The answer changed from negative (.88) to ok (.61).'],
    [candidate(' negative', 0.88), candidate(' negative', 0.85), 'The answer stays negative, from .88 to .85.'],
    [candidate(' negative', 0.88), candidate(' negative', 0.8801), 'The answer stays negative (.88).'],
    [candidate('\n', 0.5), candidate(' x', 0.5), 'The answer changed from ↵ (.50) to x (.50).'],
  ])('says in one sentence whether the answer changed', (before, now, sentence) => {
    expect(compared(baseline(['A', ' b'], [before]), data(['A', ' c'], [now]))?.answer).toBe(sentence);
  });

  it('is nothing without a baseline', () => {
    expect(compared(null, data(['A'], likely([' x', 1])))).toBeNull();
  });

  it('marks what was edited and names what was replaced, added and removed', () => {
    const before = baseline(['A', ' friendly', ' bot', ' and', ' more', '.'], likely([' x', 1]));
    const now = compared(before, data(['A', ' very', ' formal', ' bot', '.', ' End'], likely([' x', 1])));
    expect(now?.edited).toEqual([false, true, true, false, false, true]);
    expect(now?.hunks.map(hunkWords)).toEqual([
      '·friendly replaced by ·very formal',
      'removed ·and more',
      'added ·End',
    ]);
  });

  it('tells the pieces of characters apart by their bytes, and names whole characters', () => {
    const pieces = (...all: [text: string, bytes: string, start: number][]) => {
      const made = data(['x'], likely([' x', 1]));
      const tokens = all.map(([text, bytes, start]) => ({
        ...made.prompt.tokens[0],
        text,
        bytes,
        start,
        end: start + 1,
      }));
      const numbers = tokens.map((_, i) => (i === 0 ? null : -1));
      return {
        ...made,
        prompt: { ...made.prompt, rendered: '', tokens },
        result: { ...made.result, logprob: numbers },
      };
    };
    // 你 is e4 bd a0, 他 is e4 bb 96.
    const you = pieces(['A', '41', 0], ['\ufffd', 'e4bd', 1], ['\ufffd', 'a0', 1], ['.', '2e', 2]);
    const him = pieces(['A', '41', 0], ['\ufffd', 'e4bb', 1], ['\ufffd', '96', 1], ['.', '2e', 2]);
    you.prompt.rendered = 'A你.';
    him.prompt.rendered = 'A他.';
    const found = compared(baselineOf('pinned', 'aa', you), him);
    expect(found?.edited).toEqual([false, true, true, false]);
    expect(found?.hunks.map(hunkWords)).toEqual(['你 replaced by 他']);
    expect(found?.change).toEqual([null, null, null, 0]);
  });

  it('lists the tokens that changed most, the largest change first, and none that hardly changed', () => {
    const now = data(['A', ' b', ' c', ' d'], likely([' x', 1]));
    const before = { ...baseline(['A', ' b', ' c', ' d'], likely([' x', 1])) };
    const moved = [0, 0.05, -2, 0.5].map((by, i) => {
      const own = now.result.logprob[i];
      return own === null ? null : own - by;
    });
    expect(compared({ ...before, logprob: moved }, now)?.strongest).toEqual([2, 3]);
  });

  it('gives a candidate its earlier probability, or none where it was not kept', () => {
    const [x, y] = [candidate(' x', 0.5), candidate(' yy', 0.25)];
    const now = compared(baseline(['A'], [x]), data(['A'], [y, x]));
    expect([y, x].map((each) => now?.before(each) ?? null)).toEqual([null, Math.log(0.5)]);
  });

  it('puts the change beside the perplexity', () => {
    expect(perplexityWords(16.9, 16.8)).toBe('perplexity 16.90, before 16.80 (+0.10)');
    expect(perplexityWords(16.9, null)).toBe('perplexity 16.90');
    expect(perplexityWords(null, 3)).toBe('');
  });
});

describe('the Probabilities tab with a baseline', () => {
  it('answers first, marks the bars and the text, and lists what changed', () => {
    const state = ready('probabilities');
    if (state.kind !== 'ready') throw new Error('not ready');
    const { prompt, result, end } = state.data;
    const replaced = prompt.tokens.findIndex(({ text }) => text === ' dull');
    const { start, end: stop } = prompt.tokens[replaced];
    const kept = baselineOf('HEAD', 'aa', state.data);
    const pinned = {
      ...kept,
      rendered: `${prompt.rendered.slice(0, start)} grim${prompt.rendered.slice(stop)}`,
      bytes: kept.bytes.map((bytes, i) => (i === replaced ? '206772696d' : bytes)),
    };
    const next = [
      { ...result.next[1], logprob: Math.log(0.7) },
      { ...result.next[0], logprob: Math.log(0.2) },
    ];
    const before = { ...pinned, next, end: end && { ...end, logprob: Math.log(0.5) }, perplexity: 20 };
    const { view } = mountedTab('probabilities', undefined, undefined, undefined, { baseline: before });
    const words = (selector: string) => [...view.element.querySelectorAll(selector)].map((each) => each.textContent);
    const [likeliest, second] = result.next.map(({ text }) => text.trim());
    expect(view.lead()).toEqual({
      question: 'Did the edit change the answer?',
      answer: expect.stringMatching(`^The answer changed from ${second} \\(\\.70\\) to ${likeliest} \\(`),
    });
    expect(words('.tok.edited')).toEqual([' dull']);
    expect(words('.comparison p')[0]).toContain('·grim replaced by ·dull');
    expect(view.element.querySelectorAll('svg g.row path.before')).toHaveLength(2);
    expect(view.element.querySelectorAll('svg g.end path.before')).toHaveLength(1);
    expect(words('svg g.row:nth-of-type(1) text.n').join(' ')).toContain('.20');
    expect(words('.comparison h2')[0]).toContain('before 20.00');
  });
});
