/**
 * Tokens grouped as they are seen: tokens that share a character (the bytes of an emoji), or whose characters are drawn as one (a family, a
 * flag, a letter with its marks, a syllable of Hangul or an Indic script), become one glyph. Pure.
 */
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
  const inside = insideClusters(prompt.rendered);
  prompt.tokens.forEach((token, i) => {
    const last = all.at(-1);
    if (last && (token.start < last.end || (token.start === last.end && inside.has(token.start)))) {
      last.end = Math.max(last.end, token.end);
      last.to = i + 1;
    } else all.push({ start: token.start, end: token.end, from: i, to: i + 1, text: '' });
  });
  for (const glyph of all) glyph.text = prompt.rendered.slice(glyph.start, glyph.end);
  cache.set(prompt, all);
  return all;
}

const clusters = new Intl.Segmenter('en', { granularity: 'grapheme' });
/** Marks, joiners, selectors, flags, skin tones, and the scripts whose syllables are built of several characters. */
const composed =
  /\p{M}|\u200c|\u200d|\p{Regional_Indicator}|\p{Emoji_Modifier}|[\u1100-\u11ff\ua960-\ua97f\ud7b0-\ud7ff]|[\u{e0020}-\u{e007f}]/u;

/** The places in the text that lie inside what is drawn as one character. */
function insideClusters(text: string): ReadonlySet<number> {
  const inside = new Set<number>();
  if (!composed.test(text)) return inside;
  for (const { index, segment } of clusters.segment(text))
    for (let at = index + 1; at < index + segment.length; at++) inside.add(at);
  return inside;
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
