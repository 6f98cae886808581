/**
 * Cuts a template into text and tags, with each one's place in the file. The formats interpret the tags. This file recognises Jinja's `{{ x
 * }}`, `{# comment #}` and `-` at a tag's edge; Handlebars' `{{x}}`, `{{{x}}}`, `{{! comment}}`, `\{{literal}}` and `~`. Linear in the
 * text.
 */
import type { Range } from '../protocol/model';
import { malformed, type Source } from './source';

export type TemplatePart =
  | { kind: 'text'; start: number; end: number }
  /** `inner` is the text between the braces, trimmed. */
  | { kind: 'tag'; start: number; end: number; inner: string };

/** A part that is removed from the text: a tag, or with `inner` null something that leaves nothing in its place. */
interface Cut {
  start: number;
  end: number;
  inner: string | null;
  /** White space before or after it is removed too. */
  trimBefore?: boolean;
  trimAfter?: boolean;
  /** Where the search for the next tag continues, when that is not at `end`. */
  resume?: number;
}

/**
 * Jinja, as Prompty uses it (https://jinja.palletsprojects.com/templates): the parts of text[start, end).
 * @throws promptMalformed for a tag that is not closed and for statements (`{% … %}`).
 */
export function jinjaParts(source: Source, [start, end]: Range): TemplatePart[] {
  return cutAll(source, [start, end], /\{[{%#]/g, (open) => {
    const closing = { '{': '}}', '#': '#}', '%': '%}' }[source.text[open + 1]] as string;
    const close = closeOf(source, open, open + 2, closing, end);
    if (closing === '%}') throw unsupported(source, open, close + 2);
    const inner = source.text.slice(open + 2, close);
    return { start: open, end: close + 2, ...trimmed(inner, '-'), ...(closing === '#}' ? { inner: null } : {}) };
  });
}

/**
 * Handlebars, as dotprompt uses it (https://handlebarsjs.com/guide, https://google.github.io/dotprompt): the parts of
 * text[start, end). @throws promptMalformed for a tag that is not closed.
 */
export function handlebarsParts(source: Source, [start, end]: Range): TemplatePart[] {
  const { text } = source;
  return cutAll(source, [start, end], /\\{0,2}\{\{/g, (found) => {
    // An escaped tag is text, and only its backslash is removed. After two backslashes a tag is a tag, and one of them is removed.
    if (text.startsWith('\\{{', found)) return { start: found, end: found + 1, inner: null, resume: found + 3 };
    const open = text.indexOf('{{', found);
    if (text.startsWith('{{!', open)) return handlebarsComment(source, open, [start, end]);
    const closing = text.startsWith('{{{', open) ? '}}}' : '}}';
    const close = closeOf(source, open, open + closing.length, closing, end);
    const { inner, ...trims } = trimmed(text.slice(open + closing.length, close), '~');
    return {
      start: Math.max(found, open - 1),
      end: close + closing.length,
      inner: inner.replace(/^&\s*/, ''),
      ...trims,
    };
  });
}

/** `{{! … }}` or `{{!-- … --}}`; alone on its line, it removes the whole line. */
function handlebarsComment(source: Source, open: number, [start, end]: Range): Cut {
  const { text } = source;
  const closing = text.startsWith('{{!--', open) ? '--}}' : '}}';
  const close = closeOf(source, open, open + 3, closing, end) + closing.length;
  // The loop passes only blanks, so that a line of a thousand comments is not read a thousand times.
  let lineStart = open;
  while (lineStart > start && isBlank(text[lineStart - 1])) lineStart--;
  let lineEnd = close;
  while (lineEnd < end && isBlank(text[lineEnd])) lineEnd++;
  const alone = (lineStart === start || text[lineStart - 1] === '\n') && (lineEnd === end || text[lineEnd] === '\n');
  if (alone && lineEnd < end) lineEnd++;
  return alone ? { start: lineStart, end: lineEnd, inner: null } : { start: open, end: close, inner: null };
}

function cutAll(source: Source, [start, end]: Range, opening: RegExp, cut: (found: number) => Cut): TemplatePart[] {
  const { text } = source;
  const parts: TemplatePart[] = [];
  let from = start;
  // The search is limited to the range, because one that runs past its end would read the whole file once for every message.
  const body = text.slice(start, end);
  opening.lastIndex = 0;
  for (let match = opening.exec(body); match !== null; match = opening.exec(body)) {
    const found = cut(start + match.index);
    const stop = found.trimBefore ? from + text.slice(from, found.start).trimEnd().length : found.start;
    if (stop > from) parts.push({ kind: 'text', start: from, end: stop });
    if (found.inner !== null) parts.push({ kind: 'tag', start: found.start, end: found.end, inner: found.inner });
    from = found.end;
    while (found.trimAfter && from < end && text[from].trim() === '') from++;
    opening.lastIndex = Math.max(found.resume ?? from, from) - start;
  }
  if (end > from) parts.push({ kind: 'text', start: from, end });
  return parts;
}

/** The offset at which the closing braces begin, searched from `inside`. */
function closeOf(source: Source, open: number, inside: number, closing: string, end: number): number {
  const close = source.text.indexOf(closing, inside);
  if (close === -1 || close + closing.length > end) {
    throw malformed(source, open, 'tagOpen', quote(source.text.slice(open, Math.min(end, open + 80))));
  }
  return close;
}

/** `\r` counts as blank, because it belongs to the line break. */
function isBlank(unit: string): boolean {
  return unit === ' ' || unit === '\t' || unit === '\r';
}

function trimmed(inner: string, mark: string): { inner: string; trimBefore: boolean; trimAfter: boolean } {
  const trimBefore = inner.startsWith(mark);
  const trimAfter = inner.endsWith(mark) && inner.length > 1;
  return { inner: inner.slice(trimBefore ? 1 : 0, trimAfter ? -1 : undefined).trim(), trimBefore, trimAfter };
}

/** The problem for a tag at [start, end) that the format allows but this program does not support. */
export function unsupported(source: Source, start: number, end: number): Error {
  return malformed(source, start, 'tagUnsupported', quote(source.text.slice(start, end)));
}

/** A tag as quoted in a sentence: short and on one line. */
function quote(tag: string): string {
  const line = tag.replace(/\s+/g, ' ');
  return line.length > 40 ? `${line.slice(0, 39)}…` : line;
}
