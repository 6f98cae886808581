/**
 * Cuts a Jinja template into texts and tags, applies its white-space control, and cuts the tags into words. Source of the rules: the lexer
 * of Jinja2 3.1. Linear in the template.
 */
import { type Budget, stepsPerTag } from './budget';
import { quoted, TemplateFault } from './fault';

export interface Word {
  kind: 'name' | 'text' | 'integer' | 'float' | 'sign' | 'end';
  /** The word itself; of a text in quotes its value. */
  text: string;
  start: number;
  end: number;
}

export type Segment =
  | { kind: 'text'; start: number; end: number }
  | { kind: 'output'; start: number; end: number; words: Word[] }
  | { kind: 'statement'; start: number; end: number; words: Word[] };

export interface WhiteSpaceRules {
  /** A line break right behind a statement or a comment is removed. */
  trimBlocks?: boolean;
  /** White space between the beginning of the line and a statement or a comment is removed. */
  lstripBlocks?: boolean;
  /** A line break at the template's end stays; plain Jinja removes it. */
  keepTrailingNewline?: boolean;
}

const opening = /\{[{%#]/g;
const space = /\s*/y;
const rawTag = /\{%[-+]?\s*raw\s*(-)?%\}/y;
const rawEnd = /\{%([-+]?)\s*endraw\s*([-+])?%\}/g;
const lineBreak = /\r\n|\r|\n/y;
const nameForm = /[\p{L}_][\p{L}\p{N}\p{M}_]*/uy;
const floatForm = /\d(?:_?\d)*(?:\.\d(?:_?\d)*(?:[eE][+-]?\d(?:_?\d)*)?|[eE][+-]?\d(?:_?\d)*)/y;
const integerForm = /0[xX][\da-fA-F_]+|0[oO][0-7_]+|0[bB][01_]+|\d(?:_?\d)*/y;
const textForm = /'(?:[^'\\]|\\[\s\S])*'|"(?:[^"\\]|\\[\s\S])*"/y;
const signForm = /\/\/|\*\*|==|!=|>=|<=|[-+/*%~[\](){}><=.:|,;]/y;

/** @throws TemplateFault for a tag that is not closed or holds a character that no expression has. */
export function scanJinja(template: string, budget: Budget, rules: WhiteSpaceRules = {}): Segment[] {
  budget.spendText(template.length);
  return new Scanner(template, budget, rules).run();
}

class Scanner {
  private readonly segments: Segment[] = [];
  private readonly length: number;
  /** Where the text that is being collected begins. */
  private from = 0;

  constructor(
    private readonly template: string,
    private readonly budget: Budget,
    private readonly rules: WhiteSpaceRules,
  ) {
    const end = /(?:\r\n|\r|\n)$/.exec(template.slice(-2));
    this.length = template.length - (end && !rules.keepTrailingNewline ? end[0].length : 0);
  }

  run(): Segment[] {
    opening.lastIndex = 0;
    for (let found = this.next(0); found !== null; found = this.next(this.from)) {
      if (found[0] === '{#') this.comment(found.index);
      else if (matchAt(rawTag, this.template, found.index) !== null) this.raw(found.index);
      else this.tag(found.index, found[0] === '{{' ? 'output' : 'statement');
      this.budget.spend(stepsPerTag);
    }
    this.text(this.length);
    return this.segments;
  }

  private next(from: number): RegExpExecArray | null {
    opening.lastIndex = from;
    const found = opening.exec(this.template);
    return found !== null && found.index < this.length ? found : null;
  }

  /** Ends the text at `end`, or before the white space there when the tag behind it says so. */
  private text(end: number, mark = '', isBlock = false): void {
    let stop = end;
    if (mark === '-') while (stop > this.from && this.template[stop - 1].trim() === '') stop--;
    else if (isBlock && this.rules.lstripBlocks && mark !== '+') stop = this.beforeIndent(end);
    if (stop > this.from) this.segments.push({ kind: 'text', start: this.from, end: stop });
  }

  private beforeIndent(end: number): number {
    let at = end;
    while (at > this.from && this.template[at - 1].trim() === '' && !isBreak(this.template[at - 1])) at--;
    // The tag stands first on its line only where a line break or the template's beginning precedes it.
    const opensLine = at === 0 || isBreak(this.template[at - 1]);
    return opensLine ? at : end;
  }

  /** Continues behind a tag that ends at `end`. */
  private resume(end: number, mark: string, isBlock: boolean): void {
    this.from = end;
    if (mark === '-') this.from += matchAt(space, this.template, end)?.length ?? 0;
    else if (isBlock && this.rules.trimBlocks && mark !== '+')
      this.from += matchAt(lineBreak, this.template, end)?.length ?? 0;
    this.from = Math.min(this.from, Math.max(this.length, end));
  }

  private comment(open: number): void {
    const close = this.template.indexOf('#}', open + 2);
    if (close === -1) throw this.notClosed(open);
    const first = this.template[open + 2];
    const last = close > open + 2 ? this.template[close - 1] : '';
    this.text(open, first, true);
    this.resume(close + 2, last, true);
  }

  private raw(open: number): void {
    const tag = matchAt(rawTag, this.template, open) as string;
    this.text(open, this.template[open + 2], true);
    this.resume(open + tag.length, tag.at(-3) ?? '', true);
    rawEnd.lastIndex = this.from;
    const end = rawEnd.exec(this.template);
    if (end === null) throw this.notClosed(open);
    this.text(end.index, end[1], true);
    this.resume(end.index + end[0].length, end[2] ?? '', true);
  }

  private tag(open: number, kind: 'output' | 'statement'): void {
    const mark = this.template[open + 2];
    this.text(open, mark, kind === 'statement');
    const from = open + (mark === '-' || mark === '+' ? 3 : 2);
    const { words, end, closing } = this.words(open, from, kind === 'output' ? '}}' : '%}');
    this.segments.push({ kind, start: open, end, words });
    this.resume(end, closing, kind === 'statement');
  }

  /** The words up to the closing braces; braces inside brackets do not close. */
  private words(open: number, from: number, close: string): { words: Word[]; end: number; closing: string } {
    const words: Word[] = [];
    let depth = 0;
    for (let at = from; ; ) {
      at += matchAt(space, this.template, at)?.length ?? 0;
      const marked = '-+'.includes(this.template[at] ?? '?') && this.template.startsWith(close, at + 1);
      if (depth === 0 && (marked || this.template.startsWith(close, at))) {
        const end = at + close.length + (marked ? 1 : 0);
        words.push({ kind: 'end', text: close, start: at, end });
        return { words, end, closing: marked ? this.template[at] : '' };
      }
      if (at >= this.template.length) throw this.notClosed(open);
      const word = this.word(at);
      if (word.kind === 'sign' && '([{'.includes(word.text)) depth++;
      if (word.kind === 'sign' && ')]}'.includes(word.text)) depth--;
      if (depth < 0) throw this.unexpected(at);
      this.budget.spend();
      words.push(word);
      at = word.end;
    }
  }

  private word(at: number): Word {
    const first = this.template[at];
    const word = (kind: Word['kind'], form: RegExp): Word | null => {
      const found = matchAt(form, this.template, at);
      if (found === null) return null;
      const text = kind === 'text' ? unescaped(found.slice(1, -1)) : found;
      return { kind, text, start: at, end: at + found.length };
    };
    const found =
      first === "'" || first === '"'
        ? word('text', textForm)
        : first >= '0' && first <= '9'
          ? (word('float', floatForm) ?? word('integer', integerForm))
          : (word('sign', signForm) ?? word('name', nameForm));
    if (!found) throw this.unexpected(at);
    return found;
  }

  private notClosed(open: number): TemplateFault {
    return new TemplateFault(open, 'tagOpen', quoted(this.template, open, open + 80));
  }

  private unexpected(at: number): TemplateFault {
    return new TemplateFault(at, 'templateUnexpected', quoted(this.template, at, at + 1));
  }
}

const escapes: Record<string, string> = {
  '\n': '',
  a: '\x07',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
  '\\': '\\',
  "'": "'",
  '"': '"',
};

/** Python's escapes; an unknown one stays as it is written. */
function unescaped(text: string): string {
  return text.replace(
    /\\(?:x([\da-fA-F]{2})|u([\da-fA-F]{4})|U([\da-fA-F]{8})|([0-7]{1,3})|([\s\S]))/g,
    (whole, byte, unit, point, octal, letter) => {
      const code = byte ?? unit ?? point;
      if (code !== undefined) {
        const number = Number.parseInt(code, 16);
        return number > 0x10ffff ? whole : String.fromCodePoint(number);
      }
      return octal === undefined ? (escapes[letter] ?? whole) : String.fromCharCode(Number.parseInt(octal, 8));
    },
  );
}

function isBreak(unit: string): boolean {
  return unit === '\n' || unit === '\r';
}

function matchAt(sticky: RegExp, text: string, at: number): string | null {
  sticky.lastIndex = at;
  return sticky.exec(text)?.[0] ?? null;
}
