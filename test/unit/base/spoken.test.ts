// @vitest-environment happy-dom
import { beforeEach, describe, expect, it } from 'vitest';
import { announce, nameHeadings, spokenText } from '../../../webview/base/a11y';

beforeEach(() => document.body.replaceChildren());

describe('what a screen reader says', () => {
  it.each([
    ['token 2, ·A, probability .010', 'token 2, A, probability .010'],
    ['·negative', 'negative'],
    ['“·the end·”', '“the end”'],
    ['the text ··two', 'the text two'],
    ['5.0 · 3 nats', '5.0 · 3 nats'],
    ['1: ↵, probability .5', '1: line end , probability .5'],
    ['a·b', 'a·b'],
    ['·', '·'],
  ])('%s', (shown, said) => {
    expect(spokenText(shown)).toBe(said);
  });

  it('is emptied when nothing is to be said any more', () => {
    announce('2: ·positive');
    const region = document.querySelector('[aria-live="polite"]')!;
    expect(region.textContent).toBe('2: positive');
    announce('');
    expect(region.textContent).toBe('');
  });

  it('names a heading by its own words, again when they change', () => {
    document.body.innerHTML =
      '<h2>Next token<small>after the last token</small><span class="right"><button>show 20</button></span></h2><h2>Plain</h2>';
    nameHeadings(document.body);
    const [first, second] = document.querySelectorAll('h2');
    expect(first.getAttribute('aria-label')).toBe('Next token');
    expect(second.hasAttribute('aria-label')).toBe(false);
    first.firstChild!.textContent = 'Other';
    nameHeadings(document.body);
    expect(first.getAttribute('aria-label')).toBe('Other');
  });
});
