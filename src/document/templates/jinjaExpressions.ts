/** The words of one Jinja tag → expressions, by the precedence of Jinja2 3.1. */
import { quoted, TemplateFault } from './fault';
import type { Word } from './jinjaScan';
import type { Arguments, Expression, Target } from './jinjaTree';

/** Brackets within brackets and operators before operands; deeper ones would use up the stack. */
const maxDepth = 100;
/** Operators, attributes and filters in a row, which make a tree as deep as they are many. */
const maxLinks = 300;
const comparisons = new Set(['==', '!=', '<', '<=', '>', '>=']);
const constants = new Map<string, unknown>([
  ['true', true],
  ['True', true],
  ['false', false],
  ['False', false],
  ['none', null],
  ['None', null],
]);

export class JinjaExpressions {
  private depth = 0;
  private links = 0;

  /** @param words of one tag, ended by the word `end` */
  constructor(
    private readonly template: string,
    private readonly words: readonly Word[],
    private at: number,
  ) {}

  isEnd(): boolean {
    return this.word.kind === 'end';
  }

  /** @throws TemplateFault unless the tag ends here */
  finish(): void {
    if (!this.isEnd()) throw this.unexpected();
  }

  isSign(sign: string): boolean {
    return this.word.kind === 'sign' && this.word.text === sign;
  }

  takeSign(sign: string): boolean {
    if (!this.isSign(sign)) return false;
    this.at++;
    return true;
  }

  takeName(name: string): boolean {
    if (this.word.kind !== 'name' || this.word.text !== name) return false;
    this.at++;
    return true;
  }

  /** The next word if it is of this kind. */
  take(kind: Word['kind']): Word | null {
    return this.word.kind === kind ? this.words[this.at++] : null;
  }

  expect(text: string): void {
    if (!this.takeSign(text) && !this.takeName(text)) throw this.unexpected();
  }

  name(): string {
    const word = this.take('name');
    if (!word) throw this.unexpected();
    return word.text;
  }

  /** A name, or names with commas between them, which may stand in brackets. */
  target(): Target {
    return this.nested(() => {
      const first = this.targetPart();
      if (!this.isSign(',')) return first;
      const parts = [first];
      while (this.takeSign(',') && (this.word.kind === 'name' || this.isSign('(')) && !this.isName('in'))
        parts.push(this.targetPart());
      return parts;
    });
  }

  /** The target of `set`, which may be an attribute of a namespace. */
  assigned(): Target | { object: string; attribute: string } {
    const target = this.target();
    if (typeof target !== 'string' || !this.takeSign('.')) return target;
    return { object: target, attribute: this.name() };
  }

  /** Expressions with commas between them make a tuple. */
  tuple(withChoice = true): Expression {
    const { start: at } = this.word;
    const read = () => (withChoice ? this.expression() : this.nested(() => this.or()));
    const first = read();
    if (!this.isSign(',')) return first;
    const items = [first];
    while (this.takeSign(',') && !this.isEnd() && !this.isSign(')')) items.push(read());
    return { kind: 'tuple', at, items };
  }

  expression(): Expression {
    return this.nested(() => {
      const { start: at } = this.word;
      let value = this.or();
      while (this.takeName('if')) {
        const test = this.or();
        const otherwise = this.takeName('else') ? this.expression() : null;
        value = { kind: 'choice', at, test, chosen: value, otherwise };
      }
      return value;
    });
  }

  /** Filters behind a value, or the filters of a block, the first of which may stand without its bar. */
  filters(of: Expression | null, withBar = of !== null): Expression {
    let value = of;
    let first = !withBar;
    while (first || this.takeSign('|')) {
      first = false;
      this.link(0);
      const { start: at } = this.word;
      let name = this.name();
      while (this.takeSign('.')) name += `.${this.name()}`;
      const given = this.isSign('(') ? this.arguments() : { positional: [], named: new Map() };
      value = { kind: 'filter', at, of: value, name, given };
    }
    return value as Expression;
  }

  private or(): Expression {
    return this.chain(() => this.and(), ['or']);
  }

  private and(): Expression {
    return this.chain(() => this.not(), ['and']);
  }

  private chain(operand: () => Expression, operators: readonly string[]): Expression {
    const { start: at } = this.word;
    let left = operand();
    while (this.word.kind !== 'text' && operators.includes(this.word.text)) {
      const operator = this.link().text;
      left = { kind: 'binary', at, operator, left, right: operand() };
    }
    return left;
  }

  private not(): Expression {
    const { start: at } = this.word;
    if (!this.takeName('not')) return this.comparison();
    return { kind: 'unary', at, operator: 'not', of: this.nested(() => this.not()) };
  }

  private comparison(): Expression {
    const { start: at } = this.word;
    const first = this.sum();
    const rest: [string, Expression][] = [];
    for (;;) {
      if (this.word.kind === 'sign' && comparisons.has(this.word.text)) {
        const operator = this.words[this.at++].text;
        rest.push([operator, this.sum()]);
      } else if (this.takeName('in')) rest.push(['in', this.sum()]);
      else if (this.isName('not') && this.words[this.at + 1].text === 'in') {
        this.at += 2;
        rest.push(['not in', this.sum()]);
      } else break;
    }
    return rest.length === 0 ? first : { kind: 'compare', at, first, rest };
  }

  private sum(): Expression {
    return this.chain(() => this.concat(), ['+', '-']);
  }

  private concat(): Expression {
    const { start: at } = this.word;
    const parts = [this.product()];
    while (this.takeSign('~')) parts.push(this.product());
    return parts.length === 1 ? parts[0] : { kind: 'concat', at, parts };
  }

  private product(): Expression {
    return this.chain(() => this.chain(() => this.unary(true), ['**']), ['*', '/', '//', '%']);
  }

  private unary(withFilters: boolean): Expression {
    const { start: at } = this.word;
    const sign = this.isSign('-') ? '-' : this.isSign('+') ? '+' : null;
    let value: Expression;
    if (sign) {
      this.at++;
      value = { kind: 'unary', at, operator: sign, of: this.nested(() => this.unary(false)) };
    } else value = this.primary();
    value = this.postfix(value);
    return withFilters ? this.behind(value) : value;
  }

  private primary(): Expression {
    const word = this.words[this.at++];
    const { start: at, text } = word;
    switch (word.kind) {
      case 'name':
        return constants.has(text)
          ? { kind: 'constant', at, value: constants.get(text) }
          : { kind: 'name', at, name: text };
      case 'text': {
        const parts = [text];
        for (let next = this.take('text'); next; next = this.take('text')) parts.push(next.text);
        return { kind: 'constant', at, value: parts.join('') };
      }
      case 'integer':
        return { kind: 'constant', at, value: BigInt(text.replaceAll('_', '')) };
      case 'float':
        return { kind: 'constant', at, value: Number(text.replaceAll('_', '')) };
    }
    if (text === '(') return this.bracketed(at);
    if (text === '[') return { kind: 'list', at, items: this.items(']') };
    if (text === '{') return this.dict(at);
    this.at--;
    throw this.unexpected();
  }

  private bracketed(at: number): Expression {
    if (this.takeSign(')')) return { kind: 'tuple', at, items: [] };
    const value = this.nested(() => this.tuple());
    this.expect(')');
    return value;
  }

  private items(close: string): Expression[] {
    const items: Expression[] = [];
    while (!this.takeSign(close)) {
      if (items.length > 0) this.expect(',');
      if (this.takeSign(close)) break;
      items.push(this.expression());
    }
    return items;
  }

  private dict(at: number): Expression {
    const entries: [Expression, Expression][] = [];
    while (!this.takeSign('}')) {
      if (entries.length > 0) this.expect(',');
      if (this.takeSign('}')) break;
      const key = this.expression();
      this.expect(':');
      entries.push([key, this.expression()]);
    }
    return { kind: 'dict', at, entries };
  }

  private postfix(value: Expression): Expression {
    let of = value;
    for (;;) {
      const { start: at } = this.word;
      if (this.takeSign('.')) of = this.dotted(of, at);
      else if (this.takeSign('[')) of = this.subscript(of, at);
      else if (this.isSign('(')) of = { kind: 'call', at, of, given: this.arguments() };
      else return of;
      this.link(0);
    }
  }

  /** Filters, tests and calls behind an operand. */
  private behind(value: Expression): Expression {
    let of = value;
    for (;;) {
      const { start: at } = this.word;
      if (this.isSign('|')) of = this.filters(of);
      else if (this.takeName('is')) of = this.test(of, at);
      else if (this.isSign('(')) of = { kind: 'call', at, of, given: this.arguments() };
      else return of;
      this.link(0);
    }
  }

  private dotted(of: Expression, at: number): Expression {
    const name = this.take('name');
    if (name) return { kind: 'attribute', at, of, name: name.text };
    const index = this.take('integer');
    if (index) return { kind: 'item', at, of, key: { kind: 'constant', at: index.start, value: BigInt(index.text) } };
    // `a.0.1` is read as the number 0.1.
    const indices = this.take('float');
    if (!indices || !/^\d+\.\d+$/.test(indices.text)) throw this.unexpected();
    return indices.text
      .split('.')
      .reduce<Expression>(
        (list, each) => ({ kind: 'item', at, of: list, key: { kind: 'constant', at, value: BigInt(each) } }),
        of,
      );
  }

  private subscript(of: Expression, at: number): Expression {
    const bound = () => (this.isSign(':') || this.isSign(']') ? null : this.expression());
    const start = bound();
    if (!this.isSign(':')) {
      this.expect(']');
      if (start === null) throw this.unexpected();
      return { kind: 'item', at, of, key: start };
    }
    this.at++;
    const stop = bound();
    const step = this.takeSign(':') ? bound() : null;
    this.expect(']');
    return { kind: 'slice', at, of, start, stop, step };
  }

  private test(of: Expression, at: number): Expression {
    const negated = this.takeName('not');
    let name = this.name();
    while (this.takeSign('.')) name += `.${this.name()}`;
    let given: Arguments = { positional: [], named: new Map() };
    if (this.isSign('(')) given = this.arguments();
    else if (this.opensOperand()) given = { positional: [this.postfix(this.primary())], named: new Map() };
    return { kind: 'test', at, of, name, given, negated };
  }

  /** Whether the next word can be a test's argument without brackets. */
  private opensOperand(): boolean {
    const { kind, text } = this.word;
    if (kind === 'name') return !['else', 'or', 'and', 'is', 'if', 'not', 'in', 'recursive'].includes(text);
    return kind === 'text' || kind === 'integer' || kind === 'float' || (kind === 'sign' && '[{'.includes(text));
  }

  private arguments(): Arguments {
    const given: Arguments = { positional: [], named: new Map() };
    let first = true;
    this.expect('(');
    this.nested(() => {
      while (!this.takeSign(')')) {
        if (!first) this.expect(',');
        first = false;
        if (this.takeSign(')')) return;
        const next = this.words[this.at + 1];
        if (this.word.kind === 'name' && next.kind === 'sign' && next.text === '=') {
          const name = this.name();
          this.at++;
          given.named.set(name, this.expression());
        } else if (given.named.size > 0) throw this.unexpected();
        else given.positional.push(this.expression());
      }
    });
    return given;
  }

  private targetPart(): Target {
    if (!this.takeSign('(')) return this.name();
    const inner = this.target();
    this.expect(')');
    return inner;
  }

  private isName(name: string): boolean {
    return this.word.kind === 'name' && this.word.text === name;
  }

  private get word(): Word {
    return this.words[this.at];
  }

  /** Counts one more link of a chain and passes `words` words; returns the word that was the next. */
  private link(words = 1): Word {
    const { word } = this;
    if (++this.links > maxLinks) throw this.deep();
    this.at += words;
    return word;
  }

  private nested<T>(read: () => T): T {
    if (++this.depth > maxDepth) throw this.deep();
    const value = read();
    this.depth--;
    return value;
  }

  private deep(): TemplateFault {
    const { start, end } = this.word;
    return new TemplateFault(start, 'templateDeep', quoted(this.template, start, end));
  }

  private unexpected(): TemplateFault {
    const { start, end } = this.word;
    return new TemplateFault(start, 'templateUnexpected', quoted(this.template, start, end));
  }
}
