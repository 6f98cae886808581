// @vitest-environment happy-dom
import { describe, expect, it, vi } from 'vitest';
import {
  type ContinuationRow,
  type ContinuationToken,
  continuations,
  rowGlyphs,
} from '../../../webview/charts/probabilities/continuations';
import { press, theme } from './domSetup';

const token = (text: string, logprob = -1, bytes?: string): ContinuationToken => {
  return { id: 1, text, logprob, rank: 0, bytes };
};

const row = (change: Partial<ContinuationRow> = {}): ContinuationRow => {
  return {
    name: 'greedy',
    tokens: [token(' negative', -0.13), token('\n', -0.16)],
    shared: 0,
    marked: [],
    running: false,
    ended: false,
    ...change,
  };
};

function draw(rows: ContinuationRow[], open: { row: number; step: number } | null = null) {
  const box = document.createElement('div');
  const given = { theme, tint: 'surprisal' as const, label: 'Continuations', announce: vi.fn(), onOpen: vi.fn() };
  continuations(box, { rows, open }, given);
  return { box, given };
}

describe('continuations', () => {
  it('print name, tokens and the sum of log p', () => {
    const { box } = draw([row()]);
    expect(box.querySelector('.gen-name')!.textContent).toBe('greedy');
    expect([...box.querySelectorAll('.tok')].map((span) => span.textContent)).toEqual([' negative', '↵']);
    expect(box.querySelector('.gen-sum')!.textContent).toBe('\u22120.29');
  });

  it('dim what is shared with the parent and outline where a branch parts', () => {
    const { box } = draw([row(), row({ name: 'from step 1', shared: 1, marked: [1] })]);
    const [first, second] = box.querySelectorAll('.gen-row')[1].querySelectorAll('.tok');
    expect(first.classList.contains('dim')).toBe(true);
    expect(second.classList.contains('branch')).toBe(true);
  });

  it('join the pieces of a character once their bytes are known', () => {
    const pieces = [
      token(' A'),
      token('\ufffd', -1, 'f09f'),
      token('\ufffd', -1, '8e'),
      token('\ufffd', -1, '89'),
      token('\ufffd', -1, 'e5'),
    ];
    expect(rowGlyphs(pieces)).toEqual([
      { from: 0, to: 1, text: ' A' },
      { from: 1, to: 4, text: '🎉' },
      { from: 4, to: 5, text: '‹e5▯▯›' },
    ]);
    const unknown = pieces.map(({ bytes, ...rest }) => rest);
    expect(rowGlyphs(unknown).map((glyph) => glyph.text)).toEqual([' A', '\ufffd']);
  });

  it('open a token by click and by keyboard, and say it', () => {
    const { box, given } = draw([row(), row({ name: 'seed 3' })]);
    (box.querySelectorAll('.tok')[1] as HTMLElement).click();
    expect(given.onOpen).toHaveBeenCalledWith(0, 1);
    press(box, 'ArrowDown');
    expect(given.announce).toHaveBeenLastCalledWith('seed 3, step 0: ·negative, probability .88');
    press(box, 'Enter');
    expect(given.onOpen).toHaveBeenLastCalledWith(1, 0);
  });
});
