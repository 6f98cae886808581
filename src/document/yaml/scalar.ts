/**
 * A YAML scalar as a text with its places in the file: block, folded, quoted or plain. The library gives the value and the range; this finds
 * each stretch of the value again. What is not white space stands in the same order in both.
 */
import type { Scalar } from 'yaml';
import { ContentBuilder } from '../contentBuilder';
import type { MappedText } from '../templates/mappedText';

/** @param text the file; `shift` is added to the node's own offsets. */
export function scalarText(text: string, node: Scalar, shift: number): MappedText {
  const content = new ContentBuilder();
  if (!node.range) return content.result();
  const [start, end] = [node.range[0] + shift, node.range[1] + shift];
  const quoted = node.type === 'QUOTE_DOUBLE' || node.type === 'QUOTE_SINGLE';
  const block = node.type === 'BLOCK_LITERAL' || node.type === 'BLOCK_FOLDED';
  if (typeof node.value !== 'string') content.copy(text, start, end);
  else if (quoted) align(content, text, [start + 1, end - 1], node.value, node.type === 'QUOTE_DOUBLE' ? '\\' : "'");
  // The first line of a block holds its sign.
  else align(content, text, [block ? afterLine(text, start) : start, end], node.value, block ? 'block' : 'plain');
  return content.result();
}

function align(
  content: ContentBuilder,
  text: string,
  [start, end]: readonly [number, number],
  value: string,
  style: '\\' | "'" | 'block' | 'plain',
): void {
  let from = start;
  let at = 0;
  while (at < value.length && from < end) {
    const escaped = style === '\\' || style === "'" ? escapeAt(text, from, value, at, style) : null;
    if (escaped) {
      content.substitute(value.slice(at, at + escaped.units), from, from + escaped.length);
      from += escaped.length;
      at += escaped.units;
    } else if (isSpace(text[from])) {
      const close = spaceEnd(text, from, end);
      const written = text.slice(from, close);
      const read = style === 'block' ? value.slice(at, spaceEnd(value, at, value.length)) : folded(written);
      if (!value.startsWith(read, at)) break;
      placeSpace(content, text, from, written, read);
      from = close;
      at += read.length;
    } else if (text[from] === value[at]) {
      const run = from;
      while (
        from < end &&
        at < value.length &&
        text[from] === value[at] &&
        !isSpace(text[from]) &&
        text[from] !== style
      ) {
        from++;
        at++;
      }
      if (from === run) break;
      content.copy(text, run, from);
    } else break;
  }
  if (at === value.length) return;
  if (from < end) content.substitute(value.slice(at), from, end);
  else content.write(value.slice(at));
}

/** The escape at an offset, and how many units of the value it stands for; null where there is none. */
function escapeAt(text: string, from: number, value: string, at: number, style: '\\' | "'") {
  if (text[from] !== style) return null;
  if (style === "'") return text[from + 1] === "'" && value[at] === "'" ? { length: 2, units: 1 } : null;
  const broken = /\\[ \t]*\n[ \t]*/y;
  broken.lastIndex = from;
  const fold = broken.exec(text);
  if (fold) return { length: fold[0].length, units: 0 };
  const length = { x: 4, u: 6, U: 10 }[text[from + 1]] ?? 2;
  return { length, units: String.fromCodePoint(value.codePointAt(at) ?? 0).length };
}

/** White space of a scalar outside of blocks: one line end is a space, more are as many line ends less one. */
function folded(written: string): string {
  const breaks = written.split('\n').length - 1;
  if (breaks === 0) return written;
  return breaks === 1 ? ' ' : '\n'.repeat(breaks - 1);
}

/** Places white space: what both have at the ends as copies, the rest as a whole. */
function placeSpace(content: ContentBuilder, text: string, from: number, written: string, read: string): void {
  const shorter = Math.min(written.length, read.length);
  let before = 0;
  while (before < shorter && written[before] === read[before]) before++;
  let after = 0;
  while (after < shorter - before && written.at(-1 - after) === read.at(-1 - after)) after++;
  content.copy(text, from, from + before);
  const middle = read.slice(before, read.length - after);
  const close = from + written.length;
  if (middle !== '' && written.length - before - after > 0) content.substitute(middle, from + before, close - after);
  else content.write(middle);
  content.copy(text, close - after, close);
}

function isSpace(unit: string): boolean {
  return unit === ' ' || unit === '\t' || unit === '\n';
}

function spaceEnd(text: string, from: number, end: number): number {
  let at = from;
  while (at < end && isSpace(text[at])) at++;
  return at;
}

function afterLine(text: string, from: number): number {
  const end = text.indexOf('\n', from);
  return end < 0 ? text.length : end + 1;
}
