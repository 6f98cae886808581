// @vitest-environment happy-dom
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { type TokenTextData, type TokenTextOptions, tokenText, WINDOW } from '../../../webview/charts/shared/tokenText';
import { emojiPrompt, press, promptOf, theme } from './domSetup';

const data: TokenTextData = {
  prompt: emojiPrompt,
  logprob: [null, -12, -6, -1, -0.1, -7.5],
  rank: [null, 1500, 99, 0, 0, 169],
  exact: Number.POSITIVE_INFINITY,
};

function options(change: Partial<TokenTextOptions> = {}): TokenTextOptions {
  return {
    theme,
    tint: 'surprisal',
    label: 'Prompt',
    locked: null,
    hover: null,
    describe: (position) => `token ${position}`,
    announce: vi.fn(),
    onHover: vi.fn(),
    onLock: vi.fn(),
    ...change,
  };
}

describe('the tinted text', () => {
  let box: HTMLElement;
  const tok = (position: number) => box.querySelector<HTMLElement>(`.tok[data-token="${position}"]`)!;
  beforeEach(() => {
    box = document.createElement('div');
    document.body.replaceChildren(box);
  });

  it('draws the bytes of one character as one glyph with a strip and a rule for each token', () => {
    tokenText(box, data, options());
    expect([...box.querySelectorAll('.tok')].map((span) => span.textContent)).toEqual(['A', '🎉', '↵', ' dull']);
    const strips = tok(1).dataset.strips!.split(';');
    expect(strips).toHaveLength(3);
    expect(strips[0]).toBe('rgb(255, 0, 0)');
    expect(tok(1).dataset.rules).toBe('3;1;0');
  });

  it('tints nothing for the first token nor below 4 nats, and more for a less likely one', () => {
    tokenText(box, { ...data, logprob: [null, -12, -6, -1, -3.9, -7.5] }, options());
    expect(tok(4).dataset.strips).toBe(theme.background);
    expect(tok(0).dataset.strips).toBe(theme.background);
    const red = (position: number) => Number(/\d+/.exec(tok(position).dataset.strips!)![0]);
    expect(red(5)).toBeGreaterThan(red(4));
  });

  it('tints by rank class: first choice, tens, hundreds, thousands', () => {
    tokenText(box, data, options({ tint: 'rank' }));
    const [beyond, tens, first] = tok(1).dataset.strips!.split(';');
    expect(first).toBe('rgb(0, 0, 0)');
    expect(beyond).toBe('rgb(255, 0, 0)');
    expect(tens).not.toBe(beyond);
  });

  it('breaks the line after the visible line end, not inside its tint', () => {
    tokenText(box, data, options());
    expect(tok(4).nextSibling?.textContent).toBe('\n');
  });

  it('points at all turns of a loop whose place the editor’s cursor is at, and at one token of a value', () => {
    const prompt = promptOf(['Of', ' each', ' Mi', 'ra', ' each', ' Ada', '.']);
    const places = [[0, 2], [5, 10], [12, 20], [12, 20], [5, 10], [12, 20], null] as const;
    prompt.tokens.forEach((token, index) => {
      const place = places[index];
      token.source = place && [...place];
    });
    const text = { ...data, prompt, logprob: prompt.tokens.map(() => -1), rank: prompt.tokens.map(() => 0) };
    const chart = tokenText(box, text, options());
    const at = () => [...box.querySelectorAll<HTMLElement>('.tok.at')].map((span) => Number(span.dataset.token));
    const pointed = [0, 1, 2, 6, null].map((hover) => {
      chart.update(text, options({ hover }));
      return at();
    });
    expect(pointed).toEqual([[0], [1, 4], [2, 3, 5], [6], []]);
    const once = { ...text, prompt: { ...prompt, tokens: prompt.tokens.slice(0, 4) } };
    chart.update(once, options({ hover: 3 }));
    expect(at()).toEqual([3]);
  });

  it('never turns prompt text into markup', () => {
    const prompt = promptOf(['<img src=x onerror=alert(1)>', '</div>']);
    tokenText(box, { ...data, prompt, logprob: [null, -1], rank: [null, 0] }, options());
    expect(box.querySelector('img')).toBeNull();
    expect(box.textContent).toContain('<img src=x onerror=alert(1)>');
  });

  it('shows template text untinted, and tokens after an edit as old', () => {
    const prompt = { ...emojiPrompt, tokens: emojiPrompt.tokens.map((t, i) => (i === 0 ? { ...t, source: null } : t)) };
    tokenText(box, { ...data, prompt, exact: 5 }, options());
    expect(tok(0).classList.contains('dim')).toBe(true);
    expect(tok(0).dataset.strips).toBeUndefined();
    expect(tok(5).classList.contains('old')).toBe(true);
    expect(tok(1).classList.contains('old')).toBe(false);
  });

  it('marks a change against the baseline from half a nat, up and down', () => {
    tokenText(box, { ...data, change: [null, 0.2, 0.1, -0.8, 0.49, 2] }, options());
    expect(tok(1).classList.contains('down')).toBe(true);
    expect(tok(5).classList.contains('up')).toBe(true);
    expect(tok(4).className).not.toMatch(/up|down/);
    expect(tok(1).dataset.rules).toBe('0;0;0');
  });

  it('previews on hover, locks on click, and outlines the glyph that holds the locked token', () => {
    const given = options();
    const chart = tokenText(box, data, given);
    tok(5).dispatchEvent(new Event('pointerover', { bubbles: true }));
    expect(given.onHover).toHaveBeenLastCalledWith(5, tok(5));
    tok(5).click();
    expect(given.onLock).toHaveBeenCalledWith(5);
    chart.update(data, options({ locked: 2 }));
    expect(tok(1).classList.contains('pick')).toBe(true);
    expect(box.querySelectorAll('.pick')).toHaveLength(1);
  });

  it('is one tab stop: arrows move over glyphs and speak, Enter locks', () => {
    const given = options();
    tokenText(box, data, given);
    expect(box.tabIndex).toBe(0);
    expect(box.querySelectorAll('[tabindex]')).toHaveLength(0);
    press(box, 'ArrowRight');
    expect(given.announce).toHaveBeenLastCalledWith('token 1');
    press(box, 'ArrowRight');
    expect(given.announce).toHaveBeenLastCalledWith('token 4');
    press(box, 'End');
    press(box, 'Enter');
    expect(given.onLock).toHaveBeenCalledWith(5);
  });

  it('draws long prompts a window at a time, at the locked token', () => {
    const count = WINDOW * 2 + 10;
    const prompt = promptOf(Array.from({ length: count }, (_, i) => ` ${i}`));
    const long = { ...data, prompt, logprob: prompt.tokens.map(() => -1), rank: prompt.tokens.map(() => 0) };
    const chart = tokenText(box, long, options({ locked: WINDOW + 3 }));
    expect(box.querySelectorAll('.tok')).toHaveLength(WINDOW);
    expect(box.textContent).toContain('tokens 2,001–4,000 of 4,010');
    expect(tok(WINDOW + 3).classList.contains('pick')).toBe(true);
    [...box.querySelectorAll('button')].find((b) => b.textContent === 'Next 10 tokens')!.click();
    expect(box.querySelectorAll('.tok')).toHaveLength(10);
    chart.update(long, options({ locked: 1 }));
    expect(tok(1).classList.contains('pick')).toBe(true);
  });

  it('turns to the window of the token under the editor’s cursor, and stays for one that it shows', () => {
    const prompt = promptOf(Array.from({ length: WINDOW * 2 }, (_, i) => ` ${i}`));
    const long = { ...data, prompt, logprob: prompt.tokens.map(() => -1), rank: prompt.tokens.map(() => 0) };
    const chart = tokenText(box, long, options());
    chart.update(long, options({ hover: WINDOW + 5 }));
    expect(box.textContent).toContain('tokens 2,001–4,000 of 4,000');
    expect(tok(WINDOW + 5).classList.contains('at')).toBe(true);
    const scrolled = vi.fn();
    tok(WINDOW + 6).scrollIntoView = scrolled;
    chart.update(long, options({ hover: WINDOW + 6 }));
    expect(scrolled).not.toHaveBeenCalled();
    chart.update(long, options({ hover: null }));
    expect(box.textContent).toContain('tokens 2,001–4,000 of 4,000');
  });

  it('leaves nothing behind', () => {
    const given = options();
    tokenText(box, data, given).destroy();
    press(box, 'ArrowRight');
    expect(box.childElementCount).toBe(0);
    expect(given.announce).not.toHaveBeenCalled();
  });
});
