// @vitest-environment happy-dom
import { describe, expect, it, vi } from 'vitest';
import { type NextTokensData, nextTokens } from '../../../webview/charts/probabilities/nextTokens';
import { press, theme } from './domSetup';

const data: NextTokensData = {
  next: [
    { id: 5, text: ' negative', logprob: Math.log(0.5) },
    { id: 6, text: '\n', logprob: Math.log(0.25) },
    { id: 7, text: ' mixed', logprob: Math.log(0.0005) },
  ],
  vocabulary: 49_152,
  end: { id: 2, text: '<|im_end|>', logprob: Math.log(0.2) },
  sampled: null,
};

function draw(change: Partial<NextTokensData> = {}) {
  const box = document.createElement('div');
  const given = { theme, width: 600, rows: 2, label: 'Next', announce: vi.fn(), onPick: vi.fn() };
  nextTokens(box, { ...data, ...change }, given);
  const width = (selector: string) => Number(box.querySelector(selector)!.getAttribute('width'));
  const words = (selector: string) => [...box.querySelectorAll(`${selector} text`)].map((text) => text.textContent);
  return { box, given, width, words, svg: box.querySelector('svg')! };
}

describe('the next-token bars', () => {
  it('are as wide as the probability on 0 … 1', () => {
    const { width } = draw();
    const track = width('.row .track');
    expect(width('.row .bar') / track).toBeCloseTo(0.5, 6);
    expect(width('.rest .bar') / track).toBeCloseTo(0.25, 6);
    expect(width('.end .bar') / track).toBeCloseTo(0.2, 6);
  });

  it('print rank, visible text, p and running total, then the rest and P(end)', () => {
    const { box, words } = draw();
    const [first, second] = [...box.querySelectorAll('.row')].map((row) =>
      [...row.querySelectorAll('text')].map((x) => x.textContent),
    );
    expect(first).toEqual(['1', '·negative', '.50', '.500']);
    expect(second).toEqual(['2', '↵', '.25', '.750']);
    expect(words('.rest')).toEqual(['49,150 more', '.25', '1']);
    expect(words('.end')).toEqual(['P(end)', '.20']);
  });

  it('leave room for the words of the last row before its bar', () => {
    const { box } = draw();
    const words = box.querySelector('.rest text')!;
    const end = Number(words.getAttribute('x')) + 7.3 * words.textContent!.length;
    expect(Number(box.querySelector('.rest .track')!.getAttribute('x'))).toBeGreaterThan(end + 7);
  });

  it('put the running-total tick at the sum so far', () => {
    const { box } = draw();
    const track = box.querySelector('.row .track')!;
    const x0 = Number(track.getAttribute('x'));
    const share = (tick: Element) => (Number(tick.getAttribute('x1')) - x0) / Number(track.getAttribute('width'));
    expect([...box.querySelectorAll('.total')].map(share).map((s) => s.toFixed(3))).toEqual(['0.500', '0.750']);
  });

  it('outline the sampled probability beside the raw one, and name what is cut', () => {
    const { box, width, words } = draw({ sampled: [1, 0, 0] });
    expect(width('.row .bar') / width('.row .track')).toBeCloseTo(0.5, 6);
    expect(width('.row .sampled')).toBeCloseTo(width('.row .track'), 6);
    expect(words('.row')).toContain('excluded');
    expect(box.textContent).toContain('p when sampled');
    expect(draw().box.querySelector('.sampled')).toBeNull();
  });

  it('leave the pinned row out for a model without an end token', () => {
    expect(draw({ end: null }).box.querySelector('.end')).toBeNull();
  });

  it('are one tab stop: arrows speak, Enter picks', () => {
    const { svg, given } = draw();
    press(svg, 'ArrowDown');
    press(svg, 'ArrowDown');
    expect(given.announce).toHaveBeenLastCalledWith('2: ↵, probability .25');
    press(svg, 'ArrowDown');
    press(svg, 'Enter');
    expect(given.onPick).toHaveBeenCalledWith(1);
  });
});
