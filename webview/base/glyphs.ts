/** Tokens grouped as they are seen: tokens that share a character (the bytes of an emoji) become one glyph. Pure. */
import type { Prompt } from '../../src/protocol/model';

export interface Glyph {
  /** UTF-16 range in the rendered string. */
  start: number;
  end: number;
  /** Token range [from, to). */
  from: number;
  to: number;
  text: string;
}

const cache = new WeakMap<Prompt, Glyph[]>();

/** The glyphs of a prompt in order; every token is in exactly one. The result is cached for as long as the prompt lives. */
export function glyphs(prompt: Prompt): Glyph[] {
  const known = cache.get(prompt);
  if (known) return known;
  const all: Glyph[] = [];
  prompt.tokens.forEach((token, i) => {
    const last = all.at(-1);
    if (last && token.start < last.end) {
      last.end = Math.max(last.end, token.end);
      last.to = i + 1;
    } else all.push({ start: token.start, end: token.end, from: i, to: i + 1, text: '' });
  });
  for (const glyph of all) glyph.text = prompt.rendered.slice(glyph.start, glyph.end);
  cache.set(prompt, all);
  return all;
}

/** Index of the glyph that holds a token; −1 outside the prompt. O(log n). */
export function glyphIndex(all: readonly Glyph[], token: number): number {
  let low = 0;
  let high = all.length - 1;
  while (low <= high) {
    const middle = (low + high) >> 1;
    if (token < all[middle].from) high = middle - 1;
    else if (token >= all[middle].to) low = middle + 1;
    else return middle;
  }
  return -1;
}
