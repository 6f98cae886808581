/**
 * Numbers and token text as every view prints them: no leading zero, decimals cut to what differs, U+2212 for minus, ranks from
 * 1 with thousands commas, spaces and line ends made visible. Pure.
 */

export { probability } from '../../src/protocol/numberText';

const MINUS = '\u2212';

/** Three decimals without the leading zero, for columns of running totals. */
export function total(p: number): string {
  return p >= 0.9995 ? '1' : p.toFixed(3).replace(/^0/, '');
}

/** Fixed decimals with thousands commas and a true minus sign; `-0.00` prints as `0.00`. */
export function fixed(value: number, digits = 2): string {
  const text = Math.abs(value).toFixed(digits);
  const [whole, part] = text.split('.');
  const shown = part === undefined ? withCommas(whole) : `${withCommas(whole)}.${part}`;
  return value < 0 && Number(text) !== 0 ? MINUS + shown : shown;
}

const withCommas = (digits: string) => digits.replace(/\B(?=(\d{3})+(?!\d))/g, ',');

/** `+1.20`, `−0.35`. */
export function signed(value: number, digits = 2): string {
  const text = fixed(value, digits);
  return value > 0 && Number(text) !== 0 ? `+${text}` : text;
}

/** Thousands with commas, as the command line prints them. */
export function grouped(value: number): string {
  return withCommas(String(Math.round(value)));
}

/** A rank as people count it: from 1. */
export function rank(zeroBased: number): string {
  return grouped(zeroBased + 1);
}

/** `0.14 s`, `12 s`, `3 min`. */
export function duration(ms: number): string {
  if (ms < 10_000) return `${(ms / 1000).toFixed(ms < 1000 ? 2 : 1)} s`;
  return ms < 120_000 ? `${Math.round(ms / 1000)} s` : `${Math.round(ms / 60_000)} min`;
}

/** Turns hex without separators, as the host sends it, into pairs: `20 64 75`. */
export function bytePairs(hex: string): string {
  return hex.replace(/../g, '$& ').trim();
}

const codePoint = (c: string) => `U+${c.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}`;

/**
 * Writes characters that draw nothing or change the text direction as their code point. Joiners are written so only where they
 * stand alone: inside an emoji or a Persian word they belong to the visible text.
 */
function unhide(text: string): string {
  if (/^(?:\u200c|\u200d|\ufe0e|\ufe0f)+$/.test(text)) return text.replace(/./g, codePoint);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are the characters to make visible
  return text.replace(/[\u0000-\u001f\u007f\u00ad\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff]/g, codePoint);
}

/** A token in a list: spaces at either end `·`, line end `↵`, tab `⇥`; other spaces by code point if the token has nothing else. */
export function visible(text: string): string {
  if (/^[\u00a0\u2000-\u200a\u202f\u3000]+$/.test(text)) return text.replace(/./g, codePoint);
  // A mark without its letter stands on a dotted circle, as in grammars.
  const standing = text.replace(/^(?![\ufe00-\ufe0f])\p{M}/u, '◌$&');
  const ends = standing.replace(/^ +| +$/g, (spaces) => '·'.repeat(spaces.length));
  return unhide(ends.replace(/\r/g, '\\r').replace(/\n/g, '↵').replace(/\t/g, '⇥'));
}

/** A token in running text: spaces stay spaces; a line end becomes `↵` (the caller breaks the line after it). */
export function running(text: string): string {
  return unhide(text.replace(/\r/g, '\\r').replace(/\n/g, '↵').replace(/\t/g, '⇥'));
}
