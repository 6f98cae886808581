/** Handlebars templates → nodes. Source of the grammar: Handlebars 4.7 without decorators, raw blocks and blocks of partials. */
import type { Budget } from './budget';
import { quoted, TemplateFault } from './fault';
import { type HandlebarsSegment, type HandlebarsWord, scanHandlebars } from './handlebarsScan';
import type { Block, Body, HandlebarsExpression, HandlebarsNode, Invocation, Path } from './handlebarsTree';
import { controlWhiteSpace } from './handlebarsWhiteSpace';

/** Blocks within blocks, `else if` behind `else if`, and brackets within brackets; deeper ones would use up the stack. */
const maxDepth = 100;

type Tag = HandlebarsSegment & { kind: 'tag' };
/** The tag that ended a body. */
type Ending = Tag | null;

/** @throws TemplateFault with the place of what is wrong */
export function parseHandlebars(template: string, budget: Budget): Body {
  const body = new Parser(template, scanHandlebars(template, budget)).all();
  controlWhiteSpace(template, body);
  return body;
}

const keywords = new Map<string, unknown>([
  ['true', true],
  ['false', false],
  ['undefined', undefined],
  ['null', null],
]);

class Parser {
  private at = 0;
  private depth = 0;

  constructor(
    private readonly template: string,
    private readonly segments: readonly HandlebarsSegment[],
  ) {}

  all(): Body {
    const { body, ending } = this.body([]);
    if (ending) throw this.fault(ending, 'templateUnexpected');
    return body;
  }

  /** The nodes up to a closing tag or an `else`. */
  private body(blockParams: string[]): { body: Body; ending: Ending } {
    const nodes: HandlebarsNode[] = [];
    const body = { nodes, blockParams, chained: false };
    while (this.at < this.segments.length) {
      const segment = this.segments[this.at++];
      const { start, end } = segment;
      if (segment.kind === 'content') {
        nodes.push({ kind: 'content', full: [start, end], start, end, rightStripped: false, leftStripped: false });
      } else if (segment.kind === 'comment') nodes.push({ ...segment, kind: 'comment' });
      else if (segment.opener === '/' || segment.opener === 'else' || isBareInverse(segment))
        return { body, ending: segment };
      else nodes.push(this.node(segment));
    }
    return { body, ending: null };
  }

  private node(tag: Tag): HandlebarsNode {
    const { start, end, strip, opener } = tag;
    if (opener === '#' || opener === '^') return this.block(tag, opener === '^');
    const words = new Words(this.template, tag.words);
    const invocation = words.invocation();
    words.finish();
    if (opener === '>') return { kind: 'partial', start, end, strip, indent: '', ...invocation };
    return { kind: 'value', start, end, strip, escaped: opener === '', ...invocation };
  }

  private block(tag: Tag, inverted: boolean): Block {
    this.deeper(tag);
    const words = new Words(this.template, tag.words);
    const invocation = words.invocation();
    const block = this.rest(tag, invocation, words.blockParams(), inverted);
    words.finish();
    this.depth--;
    this.checkClose(tag, block.ending, invocation);
    return { ...block.node, end: block.ending.end, closeStrip: block.ending.strip };
  }

  /** The two bodies of a block and the tag that closes it. */
  private rest(
    tag: Tag,
    invocation: Invocation,
    blockParams: string[],
    inverted: boolean,
  ): { node: Block; ending: Tag } {
    const { body, ending } = this.body(blockParams);
    if (!ending) throw this.fault(tag, 'tagOpen');
    const { start } = tag;
    const node: Block = {
      kind: 'block',
      start,
      end: ending.end,
      body: inverted ? null : body,
      inverse: inverted ? body : null,
      openStrip: tag.strip,
      inverseStrip: null,
      closeStrip: ending.strip,
      ...invocation,
    };
    if (ending.opener === '/') return { node, ending };
    const second = this.inverse(tag, ending);
    if (inverted) node.body = second.body;
    else node.inverse = second.body;
    node.inverseStrip = ending.strip;
    return { node, ending: second.ending };
  }

  /** What follows an `{{else}}`, or the block that an `{{else if …}}` opens without closing it. */
  private inverse(opener: Tag, otherwise: Tag): { body: Body; ending: Tag } {
    const words = new Words(this.template, otherwise.words);
    if (words.isEnd()) {
      const { body, ending } = this.body([]);
      if (!ending) throw this.fault(opener, 'tagOpen');
      if (ending.opener !== '/') throw this.fault(ending, 'templateUnexpected');
      return { body, ending };
    }
    this.deeper(otherwise);
    const invocation = words.invocation();
    const blockParams = words.blockParams();
    words.finish();
    const { node, ending } = this.rest(otherwise, invocation, blockParams, false);
    this.depth--;
    node.closeStrip = ending.strip;
    return { body: { nodes: [node], blockParams: [], chained: true }, ending };
  }

  private checkClose(open: Tag, close: Tag, { path }: Invocation): void {
    const words = new Words(this.template, close.words);
    const name = words.expression();
    words.finish();
    const written = (each: HandlebarsExpression) => (each.kind === 'call' ? '' : each.written);
    if (written(name) !== written(path)) throw this.fault(open, 'tagOpen');
  }

  private deeper(tag: Tag): void {
    if (++this.depth > maxDepth) throw this.fault(tag, 'templateDeep');
  }

  private fault({ start, end }: Tag, reason: 'tagOpen' | 'templateUnexpected' | 'templateDeep'): TemplateFault {
    return new TemplateFault(start, reason, quoted(this.template, start, end));
  }
}

/** `{{^}}` is an `{{else}}`. */
function isBareInverse({ opener, words }: Tag): boolean {
  return opener === '^' && words[0].kind === 'end';
}

/** The words of one tag. */
class Words {
  private at = 0;
  private depth = 0;

  constructor(
    private readonly template: string,
    private readonly words: readonly HandlebarsWord[],
  ) {}

  isEnd(): boolean {
    return this.word.kind === 'end';
  }

  finish(): void {
    if (!this.isEnd()) throw this.unexpected();
  }

  /** A name with its arguments. */
  invocation(): Invocation {
    const invocation: Invocation = { path: this.expression(), params: [], hash: [] };
    while (!this.isEnd() && !this.isSign(')') && !this.opensBlockParams()) {
      const next = this.words[this.at + 1];
      if (this.word.kind === 'id' && next.kind === 'sign' && next.text === '=') {
        const name = this.word.text;
        this.at += 2;
        invocation.hash.push([name, this.expression()]);
      } else if (invocation.hash.length > 0) throw this.unexpected();
      else invocation.params.push(this.expression());
    }
    return invocation;
  }

  /** `as |item key|`. */
  blockParams(): string[] {
    if (!this.opensBlockParams()) return [];
    this.at += 2;
    const names: string[] = [];
    while (!this.takeSign('|')) {
      if (this.word.kind !== 'id') throw this.unexpected();
      names.push(this.words[this.at++].text);
    }
    return names;
  }

  expression(): HandlebarsExpression {
    const { kind, text, start: at, end } = this.word;
    const written = this.template.slice(at, end);
    if (kind === 'text' || kind === 'number') {
      this.at++;
      return { kind: 'literal', value: kind === 'number' ? Number(text) : text, at, written };
    }
    if (this.takeSign('(')) {
      if (++this.depth > maxDepth) throw new TemplateFault(at, 'templateDeep', quoted(this.template, at, at + 40));
      const call = this.invocation();
      this.depth--;
      if (!this.takeSign(')')) throw this.unexpected();
      return { kind: 'call', at, ...call };
    }
    const next = this.words[this.at + 1];
    const alone = next === undefined || next.kind !== 'sign' || !['.', '/'].includes(next.text);
    if (kind === 'id' && !this.word.bracketed && keywords.has(text) && alone) {
      this.at++;
      return { kind: 'literal', value: keywords.get(text), at, written };
    }
    return this.path();
  }

  /** Names with dots or slashes between them. */
  private path(): Path {
    const { start: at } = this.word;
    const path: Path = { kind: 'path', at, data: this.takeSign('@'), depth: 0, parts: [], scoped: false, written: '' };
    do {
      const { kind, text, bracketed } = this.word;
      if (kind !== 'id' && kind !== 'number' && !(kind === 'sign' && (text === '.' || text === '..')))
        throw this.unexpected();
      const climbs = kind === 'sign' || (text === 'this' && !bracketed);
      if (climbs && path.parts.length > 0) throw this.unexpected();
      this.at++;
      if (!climbs) path.parts.push(text);
      else if (text === '..') path.depth++;
      path.scoped ||= climbs;
    } while (this.takeSign('.') || this.takeSign('/'));
    path.written = this.template.slice(at, this.words[this.at - 1].end);
    return path;
  }

  private opensBlockParams(): boolean {
    const next = this.words[this.at + 1];
    return this.word.kind === 'id' && this.word.text === 'as' && next?.kind === 'sign' && next.text === '|';
  }

  private isSign(sign: string): boolean {
    return this.word.kind === 'sign' && this.word.text === sign;
  }

  private takeSign(sign: string): boolean {
    if (!this.isSign(sign)) return false;
    this.at++;
    return true;
  }

  private get word(): HandlebarsWord {
    return this.words[this.at];
  }

  private unexpected(): TemplateFault {
    const { start, end } = this.word;
    return new TemplateFault(start, 'templateUnexpected', quoted(this.template, start, end));
  }
}
