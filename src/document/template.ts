/**
 * Cuts a template into text and tags, with each one's place in the file. What the tags mean is the formats' own business.
 * Understood: Jinja's `{{ x }}`, `{# comment #}` and `-` at a tag's edge; Handlebars' `{{x}}`, `{{{x}}}`, `{{! comment}}`,
 * `\{{literal}}` and `~`. Linear in the text. For `prompty.ts` and `dotprompt.ts`.
 */
import type { Range } from '../protocol/model';
import { malformed, type Source } from './source';

export type TemplatePart =
  | { kind: 'text'; start: number; end: number }
  /** `inner` is what stands between the braces, trimmed. */
  | { kind: 'tag'; start: number; end: number; inner: string };

/** What leaves the text at one place: a tag, or with `inner` null something that leaves nothing behind. */
interface Cut {
  start: number;
  end: number;
  inner: string | null;
  /** White space before or after it goes too. */
  trimBefore?: boolean;
  trimAfter?: boolean;
  /** Where to look for the next tag, when that is not at `end`. */
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
    // An escaped tag is text: only its backslash goes. Behind two backslashes a tag is a tag, and one of them goes.
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

/** `{{! … }}` or `{{!-- … --}}`; alone on its line it takes the line with it. */
function handlebarsComment(source: Source, open: number, [start, end]: Range): Cut {
  const { text } = source;
  const closing = text.startsWith('{{!--', open) ? '--}}' : '}}';
  const close = closeOf(source, open, open + 3, closing, end) + closing.length;
  // Only blanks are walked over, so that a line of a thousand comments is not read a thousand times.
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
  // Searched in the range alone: a search that runs past its end would read the whole file once for every message.
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

/** Where the closing braces begin, searched from `inside`. */
function closeOf(source: Source, open: number, inside: number, closing: string, end: number): number {
  const close = source.text.indexOf(closing, inside);
  if (close === -1 || close + closing.length > end) {
    throw malformed(source, open, 'tagOpen', quote(source.text.slice(open, Math.min(end, open + 80))));
  }
  return close;
}

/** `\r` counts: it belongs to the line break. */
function isBlank(unit: string): boolean {
  return unit === ' ' || unit === '\t' || unit === '\r';
}

function trimmed(inner: string, mark: string): { inner: string; trimBefore: boolean; trimAfter: boolean } {
  const trimBefore = inner.startsWith(mark);
  const trimAfter = inner.endsWith(mark) && inner.length > 1;
  return { inner: inner.slice(trimBefore ? 1 : 0, trimAfter ? -1 : undefined).trim(), trimBefore, trimAfter };
}

/** The problem of a tag that stands at [start, end) and is understood by the format but not here. */
export function unsupported(source: Source, start: number, end: number): Error {
  return malformed(source, start, 'tagUnsupported', quote(source.text.slice(start, end)));
}

/** A tag as a sentence quotes it: short, on one line. */
function quote(tag: string): string {
  const line = tag.replace(/\s+/g, ' ');
  return line.length > 40 ? `${line.slice(0, 39)}…` : line;
}
