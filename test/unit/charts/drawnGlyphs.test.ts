// @vitest-environment happy-dom
import { describe, expect, it } from 'vitest';
import { DrawnGlyphs, type GlyphLook } from '../../../webview/charts/shared/drawnGlyphs';

const looks = (text: string, shift = 0): GlyphLook[] =>
  text.split(/(?<=[ \n])/).map((word, token) => ({
    text: word,
    classes: 'tok',
    token: token + shift,
    ends: word.endsWith('\n'),
    tint: { background: `rgb(${token}, 0, 0)`, strips: String(token), rules: '0' },
  }));

describe('the elements of a running text', () => {
  const drawn = (text: string) => {
    const container = document.createElement('div');
    const glyphs = new DrawnGlyphs(container);
    return { container, glyphs, spans: glyphs.update(looks(text)) };
  };

  it('show every glyph in its place, with a line break behind a line’s last', () => {
    const { container, spans } = drawn('one two\nthree ');
    expect(container.textContent).toBe('one two\n\nthree ');
    expect(spans.map((span) => span.dataset.token)).toEqual(['0', '1', '2']);
    expect(spans[1].style.background).toContain('rgb(1, 0, 0)');
    expect(spans[1].dataset.strips).toBe('1');
  });

  it.each([
    ['in the middle', 'one two three four ', 'one two and three four '],
    ['at the end', 'one two ', 'one two three '],
    ['at the beginning', 'one two ', 'zero one two '],
    ['that takes away', 'one two\nthree four ', 'one four '],
    ['of everything', 'one two ', 'other words here '],
    ['of nothing', 'one two ', 'one two '],
    ['of a repeated word', 'the the the ', 'the the '],
  ])('are those of the new text after an edit %s', (_, before, after) => {
    const { container, glyphs } = drawn(before);
    const spans = glyphs.update(looks(after));
    const fresh = drawn(after);
    expect(container.innerHTML).toBe(fresh.container.innerHTML);
    expect([...container.querySelectorAll('span')]).toEqual(spans);
  });

  it('stay where they are before and after the edit', () => {
    const { glyphs, spans: before } = drawn('one two three four ');
    const after = glyphs.update(looks('one two and three four '));
    expect(after[0]).toBe(before[0]);
    expect(after[1]).toBe(before[1]);
    expect(after[3]).toBe(before[2]);
    expect(after[4]).toBe(before[3]);
  });

  it('lose the tint that they no longer have', () => {
    const { glyphs } = drawn('one two ');
    const [first] = glyphs.update(looks('one two ').map((look) => ({ ...look, classes: 'tok old', tint: null })));
    expect(first.className).toBe('tok old');
    expect(first.style.background).toBe('');
    expect(first.dataset.strips).toBeUndefined();
  });
});
