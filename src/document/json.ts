/**
 * JSON (RFC 8259) with the place of every value in the text, which `JSON.parse` does not report. Comments and a comma after the last item
 * are read too, because the editor writes and accepts them in its own files. Linear in the text.
 */
import { type Argument, clause } from '../protocol/clauses';
import type { ContentBuilder } from './contentBuilder';
import { malformed, notRead, type Source } from './source';

export type JsonNode = { start: number; end: number } & (
  | { kind: 'object'; members: Map<string, JsonNode> }
  | { kind: 'array'; items: JsonNode[] }
  /** `start` and `end` include the quotes. */
  | { kind: 'string'; value: string }
  /** Numbers, true, false and null, whose value is not needed here. */
  | { kind: 'other' }
);

const maxDepth = 64;
const literal = /(?:-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null)/y;
const space = /(?:[ \t\r\n]|\/\/[^\r\n]*|\/\*[^*]*\*+(?:[^/*][^*]*\*+)*\/)*/y;
/** The characters that may be unescaped in quotes, and the escapes that exist. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: JSON forbids exactly these
const plainRun = /[^"\\\u0000-\u001f]+/y;
const escapeSequence = /\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})/y;
const escapes: Record<string, string> = { b: '\b', f: '\f', n: '\n', r: '\r', t: '\t' };

/** The single value of the file. @throws promptMalformed at the first character that is not JSON. */
export function parseJson(source: Source): JsonNode {
  const reader = new JsonReader(source);
  const node = reader.value(0);
  if (reader.skipSpace() < source.text.length) throw reader.expected(clause('jsonEnd'));
  return node;
}

/** Appends a string's content to `content`: one piece for each run of plain characters and one for each escape. */
export function copyJsonString(source: Source, node: JsonNode, content: ContentBuilder): void {
  const end = node.end - 1;
  for (let at = node.start + 1; at < end; ) {
    const run = matchAt(plainRun, source.text, at);
    if (run) content.copy(source.text, at, at + run.length);
    at += run.length;
    const sequence = at < end ? matchAt(escapeSequence, source.text, at) : '';
    if (sequence) content.substitute(unescaped(sequence), at, at + sequence.length);
    at += sequence.length;
  }
}

class JsonReader {
  private at: number;

  constructor(private readonly source: Source) {
    this.at = source.start;
  }

  value(depth: number): JsonNode {
    const start = this.skipSpace();
    if (depth > maxDepth) throw malformed(this.source, start, 'jsonDeep', maxDepth);
    switch (this.source.text[start]) {
      case '{':
        return this.object(start, depth);
      case '[':
        return this.array(start, depth);
      case '"':
        return { kind: 'string', value: this.string(), start, end: this.at };
    }
    const text = matchAt(literal, this.source.text, start);
    if (text === '') throw this.statement(start) ?? malformed(this.source, start, 'jsonValue');
    this.at += text.length;
    return { kind: 'other', start, end: this.at };
  }

  /** Returns the offset of the next character that is not white space. */
  skipSpace(): number {
    this.at += matchAt(space, this.source.text, this.at).length;
    return this.at;
  }

  expected(what: Argument): Error {
    return this.statement(this.at) ?? malformed(this.source, this.at, 'jsonSyntax', what);
  }

  /** The complaint about a template's tag outside of the texts, whose file becomes JSON only when its own tool fills it in; or null. */
  private statement(at: number): Error | null {
    const start = this.source.text[at - 1] === '{' ? at - 1 : at;
    const tag = /^\{[{%#][^\r\n]{0,60}/.exec(this.source.text.slice(start, start + 80))?.[0];
    if (tag === undefined) return null;
    const close = tag.search(/[}%#]\}/);
    return notRead(this.source, start, 'jsonTemplate', close < 0 ? `${tag}…` : tag.slice(0, close + 2));
  }

  private object(start: number, depth: number): JsonNode {
    const members = new Map<string, JsonNode>();
    this.list('}', () => {
      if (this.source.text[this.skipSpace()] !== '"') throw this.expected('"');
      const name = this.string();
      if (!this.take(':')) throw this.expected(':');
      // As in JSON.parse, the last of two equal names counts.
      members.set(name, this.value(depth + 1));
    });
    return { kind: 'object', members, start, end: this.at };
  }

  private array(start: number, depth: number): JsonNode {
    const items: JsonNode[] = [];
    this.list(']', () => items.push(this.value(depth + 1)));
    return { kind: 'array', items, start, end: this.at };
  }

  /** Reads items between commas, from the opening bracket to after the closing one. */
  private list(closing: string, item: () => void): void {
    this.at++;
    if (this.take(closing)) return;
    do item();
    while (this.take(',') && this.source.text[this.skipSpace()] !== closing);
    if (!this.take(closing)) throw this.expected(`, ${closing}`);
  }

  private string(): string {
    const start = this.at++;
    const { text } = this.source;
    const parts: string[] = [];
    while (text[this.at] !== '"') {
      const run = matchAt(plainRun, text, this.at);
      const sequence = run ? '' : matchAt(escapeSequence, text, this.at);
      if (run === '' && sequence === '')
        throw malformed(this.source, this.at < text.length ? this.at : start, 'jsonText');
      parts.push(run || unescaped(sequence));
      this.at += run.length + sequence.length;
    }
    this.at++;
    return parts.join('');
  }

  private take(character: string): boolean {
    if (this.source.text[this.skipSpace()] !== character) return false;
    this.at++;
    return true;
  }
}

function unescaped(sequence: string): string {
  if (sequence[1] === 'u') return String.fromCharCode(Number.parseInt(sequence.slice(2), 16));
  return escapes[sequence[1]] ?? sequence[1];
}

/** The match of a sticky expression at an offset; '' for none. */
function matchAt(sticky: RegExp, text: string, at: number): string {
  sticky.lastIndex = at;
  return sticky.exec(text)?.[0] ?? '';
}
