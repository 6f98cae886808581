// @vitest-environment happy-dom
import { describe, expect, it, vi } from 'vitest';
import { bins, probabilityStrip, type StripOptions, tokensPerBar } from '../../../webview/charts/probabilities/strip';
import { emojiPrompt, press, promptOf, theme } from './domSetup';

const data = {
  prompt: emojiPrompt,
  logprob: [null, -12, -6, -1, -0.5, -8],
  entropy: [3, 2, 1, 4, 5, 0.5],
  exact: Number.POSITIVE_INFINITY,
};

function options(change: Partial<StripOptions> = {}): StripOptions {
  return {
    theme,
    width: 800,
    label: 'Strip',
    locked: null,
    hover: null,
    describe: (position) => `token ${position}`,
    announce: vi.fn(),
    onHover: vi.fn(),
    onLock: vi.fn(),
    ...change,
  };
}

function draw(change: Partial<StripOptions> = {}) {
  const box = document.createElement('div');
  const given = options(change);
  const chart = probabilityStrip(box, data, given);
  return { box, given, chart, svg: box.querySelector('svg')! };
}

const height = (rect: Element) => Number(rect.getAttribute('height'));

describe('the tokens that a bar stands for', () => {
  it('is one while each has two pixels, and as many as the strip draws together beyond that', () => {
    expect(tokensPerBar(300, 720)).toBe(1);
    expect(tokensPerBar(552, 520)).toBe(Math.ceil(6 / (488 / 552)));
    const prompt = promptOf(Array.from({ length: 552 }, () => ' a'));
    const drawn = bins(
      prompt,
      prompt.tokens.map(() => 1),
      488 / 552,
    );
    expect(Math.max(...drawn.map(({ from, to }) => to - from))).toBe(tokensPerBar(552, 520));
  });
});

describe('the strip', () => {
  it('has one bar for every token but the first, as high as its surprisal', () => {
    const bars = [...draw().box.querySelectorAll('.surprisal rect')];
    expect(bars).toHaveLength(5);
    expect(height(bars[0]) / height(bars[1])).toBeCloseTo(2, 6);
    expect(height(bars[0]) / height(bars[4])).toBeCloseTo(1.5, 6);
  });

  it('counts its axis from 1, and leaves whole the characters of a locked token’s name', () => {
    const box = document.createElement('div');
    const prompt = promptOf(Array.from({ length: 40 }, () => '🎉'.repeat(20)));
    const flat = { logprob: prompt.tokens.map(() => -1), entropy: prompt.tokens.map(() => 1), exact: 99 };
    probabilityStrip(box, { prompt, ...flat }, options({ locked: 39 }));
    const axis = [...box.querySelectorAll('text.m')].map((text) => text.textContent).filter((text) => text !== '0');
    // The name of the locked token takes the place of a number beside it.
    expect(axis.slice(-4)).toEqual(['1', '10', '20', '30']);
    expect(box.querySelector('text.mono')!.textContent).toBe('🎉'.repeat(16));
  });

  it('draws the entropy before each token: one point fewer than tokens', () => {
    const path = draw().box.querySelector('.entropy')!.getAttribute('d')!;
    const ys = [...path.matchAll(/[ML][^,]+,([\d.]+)/g)].map((m) => Number(m[1]));
    // 0 nats lie at 60 and 12 at 4: the first token's 3 nats stand before token 1, the last 0.5 stand before nothing.
    expect(ys[0]).toBeCloseTo(60 - (3 / 12) * 56, 3);
    expect(ys.some((y) => Math.abs(y - (60 - (0.5 / 12) * 56)) < 0.01)).toBe(false);
  });

  it('dots line ends and points at the locked token by name', () => {
    const { box } = draw({ locked: 5 });
    expect(box.querySelectorAll('.line-end')).toHaveLength(1);
    expect(box.querySelector('.locked')!.getAttribute('fill')).toBe(theme.focus);
    expect(box.querySelector('text.mono')!.textContent).toBe('dull');
  });

  it('fades what an edit made uncertain', () => {
    const box = document.createElement('div');
    probabilityStrip(box, { ...data, exact: 4 }, options());
    const faded = [...box.querySelectorAll('.surprisal rect')].map((rect) => rect.getAttribute('opacity') !== null);
    expect(faded).toEqual([false, false, false, true, true]);
  });

  it('is one tab stop: arrows move and speak, Enter locks, losing focus takes the preview away', () => {
    const { svg, given } = draw();
    expect(svg.getAttribute('tabindex')).toBe('0');
    press(svg, 'ArrowRight', { shiftKey: true });
    expect(given.announce).toHaveBeenLastCalledWith('token 5');
    press(svg, 'ArrowLeft');
    press(svg, 'Enter');
    expect(given.onLock).toHaveBeenCalledWith(4);
    svg.dispatchEvent(new Event('blur'));
    expect(given.onHover).toHaveBeenLastCalledWith(null, null);
  });

  it('shows what is pointed at elsewhere', () => {
    const { box, chart } = draw();
    expect(box.querySelector('.cursor')).toBeNull();
    chart.update(data, options({ hover: 2 }));
    expect(box.querySelector('.cursor')).not.toBeNull();
  });
});

describe('bins of a long prompt', () => {
  const prompt = promptOf(Array.from({ length: 400 }, (_, i) => (i % 10 === 9 ? '\n' : 'x')));
  const surprisal = prompt.tokens.map((_, i) => (i === 0 ? null : i % 7));

  it('keep one bar a token while there is room', () => {
    expect(bins(prompt, surprisal, 2)).toHaveLength(399);
  });

  it('share bars inside a line otherwise, cover every token once, and keep the largest', () => {
    const all = bins(prompt, surprisal, 0.5);
    expect(all.length).toBeLessThan(100);
    expect(all[0].from).toBe(1);
    expect(all.at(-1)!.to).toBe(400);
    for (const [i, bin] of all.slice(1).entries()) expect(bin.from).toBe(all[i].to);
    for (const { from, to, mean, largest } of all) {
      const values = surprisal.slice(from, to) as number[];
      expect(largest).toBe(Math.max(...values));
      expect(mean).toBeCloseTo(values.reduce((a, b) => a + b, 0) / values.length, 9);
    }
  });
});
