/** Cuts a Handlebars template into texts and tags, and the tags into words. Source of the rules: the lexer of Handlebars 4.7. Linear. */
import { type Budget, stepsPerTag } from './budget';
import { quoted, TemplateFault } from './fault';
import type { Strip } from './handlebarsTree';

export interface HandlebarsWord {
  kind: 'id' | 'text' | 'number' | 'sign' | 'end';
  /** Of a text in quotes its value, of `[a name]` the name. */
  text: string;
  start: number;
  end: number;
  /** A name in brackets means nothing else than the name. */
  bracketed: boolean;
}

export type HandlebarsSegment = { start: number; end: number } & (
  | { kind: 'content' }
  | { kind: 'comment'; strip: Strip }
  | { kind: 'tag'; opener: '' | '{' | '&' | '#' | '^' | '/' | '>' | 'else'; strip: Strip; words: HandlebarsWord[] }
);

const opening = /\\{0,2}\{\{/g;
const space = /\s*/y;
const wordForms: readonly [HandlebarsWord['kind'], RegExp][] = [
  ['text', /"(?:\\"|[^"])*"|'(?:\\'|[^'])*'/y],
  ['number', /-?\d+(?:\.\d+)?(?=[~}\s/.)\]|=])/y],
  ['sign', /\.\.|[.@/()=|]/y],
  ['id', /\[(?:\\\]|[^\]])*\]/y],
  ['id', /[^\s!"#%-,./;->@[-^`{-~]+/y],
];

/** @throws TemplateFault for a tag that is not closed, is of no known kind, or holds a sign that no tag has. */
export function scanHandlebars(template: string, budget: Budget): HandlebarsSegment[] {
  budget.spendText(template.length);
  const segments: HandlebarsSegment[] = [];
  let from = 0;
  const content = (end: number) => {
    if (end > from) segments.push({ kind: 'content', start: from, end });
  };
  opening.lastIndex = 0;
  for (let found = opening.exec(template); found !== null; found = opening.exec(template)) {
    budget.spend(stepsPerTag);
    const slashes = found[0].length - 2;
    const open = found.index + slashes;
    // One backslash makes a tag text, and only the backslash is removed; of two, one is left before a tag that is a tag.
    content(slashes === 0 ? open : open - 1);
    if (slashes === 1) {
      from = open;
      opening.lastIndex = open + 2;
      const next = opening.exec(template)?.index ?? template.length;
      content(next);
      from = next;
      opening.lastIndex = next;
      continue;
    }
    const segment =
      template.startsWith('!', open + 2) || template.startsWith('~!', open + 2)
        ? comment(template, open)
        : tag(template, open, budget);
    segments.push(segment);
    from = segment.end;
    opening.lastIndex = from;
  }
  content(template.length);
  return segments;
}

function comment(template: string, open: number): HandlebarsSegment {
  const long = /\{\{~?!--/y;
  long.lastIndex = open;
  const closing = long.test(template) ? /--(~?)\}\}/g : /(~?)\}\}/g;
  closing.lastIndex = open + 3;
  const close = closing.exec(template);
  if (close === null) throw notClosed(template, open);
  const strip = { open: template[open + 2] === '~', close: close[1] === '~' };
  return { kind: 'comment', start: open, end: close.index + close[0].length, strip };
}

function tag(template: string, open: number, budget: Budget): HandlebarsSegment {
  const head = /\{\{(?:(\{)|(~?)(?:\s*(else)(?![^\s~}])|(\{)|([&#^/>])|))([*>]?)/y;
  head.lastIndex = open;
  const [whole = '', triple, tilde, otherwise, tildeTriple, mark = '', star = ''] = head.exec(template) ?? [];
  const isTriple = Boolean(triple ?? tildeTriple);
  // A block of a partial, a decorator and a raw block are written by programs rather than by people.
  if (star !== '' || template.startsWith('{{{{', open)) throw unsupported(template, open);
  const opener = isTriple ? '{' : otherwise ? 'else' : (mark as '');
  const { words, end, close } = wordsOf(template, open, open + whole.length, isTriple);
  budget.spend(words.length);
  return { kind: 'tag', start: open, end, opener, strip: { open: tilde === '~', close }, words };
}

function wordsOf(template: string, open: number, from: number, triple: boolean) {
  const words: HandlebarsWord[] = [];
  for (let at = from; ; ) {
    at += matchAt(space, template, at)?.length ?? 0;
    const tilde = template[at] === '~' ? 1 : 0;
    const closing = triple ? `}${'~'.repeat(tilde)}}}` : '}}';
    const braces = matchAt(triple ? /\}~?\}\}/y : /~?\}\}/y, template, at);
    if (braces !== null) {
      words.push({ kind: 'end', text: closing, start: at, end: at + braces.length, bracketed: false });
      return { words, end: at + braces.length, close: braces.includes('~') };
    }
    if (at >= template.length) throw notClosed(template, open);
    const word = wordAt(template, at);
    if (word === null) throw template.includes('}}', at) ? unexpected(template, at) : notClosed(template, open);
    words.push(word);
    at = word.end;
  }
}

function wordAt(template: string, at: number): HandlebarsWord | null {
  for (const [kind, form] of wordForms) {
    const found = matchAt(form, template, at);
    if (found === null) continue;
    const bracketed = kind === 'id' && found.startsWith('[');
    const inner = bracketed || kind === 'text' ? found.slice(1, -1) : found;
    const closing = bracketed ? ']' : found[0];
    const text = bracketed || kind === 'text' ? inner.replaceAll(`\\${closing}`, closing) : inner;
    return { kind, text, start: at, end: at + found.length, bracketed };
  }
  return null;
}

function notClosed(template: string, open: number): TemplateFault {
  return new TemplateFault(open, 'tagOpen', quoted(template, open, open + 80));
}

function unsupported(template: string, open: number): TemplateFault {
  const end = template.indexOf('}}', open);
  return new TemplateFault(open, 'tagUnsupported', quoted(template, open, end < 0 ? open + 40 : end + 2));
}

function unexpected(template: string, at: number): TemplateFault {
  return new TemplateFault(at, 'templateUnexpected', quoted(template, at, at + 1));
}

function matchAt(sticky: RegExp, text: string, at: number): string | null {
  sticky.lastIndex = at;
  return sticky.exec(text)?.[0] ?? null;
}
