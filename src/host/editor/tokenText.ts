/**
 * Tokens and numbers as text in the editor: hover, code lens, inlay, look-up. A leading space shows as `·` and a line end as `↵` wherever a
 * token stands alone. Pure except for the locale passed in.
 */
import { probability } from '../../protocol/numberText';

/** A token in a list, with its white space made visible. */
export function visibleToken(text: string): string {
  return text
    .replace(/ /g, '·')
    .replace(/\r?\n|\r/g, '↵')
    .replace(/\t/g, '⇥');
}

/** A probability as the panel prints it. */
export function probabilityText(logprob: number): string {
  return probability(Math.exp(logprob));
}

export function grouped(value: number, locale: string): string {
  return value.toLocaleString(locale);
}

/** Bytes in hex with a space between: `20 64 75`. */
export function spacedBytes(hex: string): string {
  return hex.replace(/(..)(?=.)/g, '$1 ');
}

/**
 * Any text as inline code in Markdown that can neither end the code nor become markup: the fence is longer than every run of back ticks in
 * the text. Line breaks and tabs must already have been made visible.
 */
export function inlineCode(text: string): string {
  const runs = text.match(/`+/g) ?? [];
  const fence = '`'.repeat(1 + Math.max(0, ...runs.map((run) => run.length)));
  // A code span loses one space on each side if both are there, and may not begin or end with a back tick.
  return `${fence} ${text} ${fence}`;
}
