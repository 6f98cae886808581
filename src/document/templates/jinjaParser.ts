/** Jinja templates → statements. Source of the grammar: the parser of Jinja2 3.1 without its extensions. */

import type { Budget } from './budget';
import { quoted, TemplateFault } from './fault';
import { JinjaExpressions } from './jinjaExpressions';
import { type Segment, scanJinja, type WhiteSpaceRules, type Word } from './jinjaScan';
import type { Expression, Parameter, Statement, Target } from './jinjaTree';

/** Statements within statements; deeper ones would use up the stack. */
const maxDepth = 100;
/** Statements of Jinja that read other files or belong to extensions. */
const unsupported = new Set(['extends', 'include', 'import', 'from', 'do', 'break', 'continue', 'trans', 'debug']);

type Tag = Segment & { kind: 'statement' };

/** @throws TemplateFault with the place of what is wrong */
export function parseJinja(template: string, budget: Budget, rules?: WhiteSpaceRules): Statement[] {
  return new Parser(template, scanJinja(template, budget, rules)).all();
}

class Parser {
  private at = 0;
  private depth = 0;

  constructor(
    private readonly template: string,
    private readonly segments: readonly Segment[],
  ) {}

  all(): Statement[] {
    const { body, ending } = this.body([]);
    if (ending) throw this.unexpected(ending.words[0]);
    return body;
  }

  /** The statements up to a tag with one of the names, which is returned with the words behind the name unread. */
  private body(endings: readonly string[]): { body: Statement[]; ending: Tag | null } {
    if (++this.depth > maxDepth) throw this.fault(this.segments[this.at - 1], 'templateDeep');
    const body: Statement[] = [];
    while (this.at < this.segments.length) {
      const segment = this.segments[this.at++];
      if (segment.kind === 'text') body.push({ kind: 'text', start: segment.start, end: segment.end });
      else if (segment.kind === 'output') body.push(this.output(segment));
      else if (endings.includes(segment.words[0].text) || isEnding(segment.words[0])) {
        if (!endings.includes(segment.words[0].text)) throw this.unexpected(segment.words[0]);
        this.depth--;
        return { body, ending: segment };
      } else body.push(...this.statement(segment));
    }
    this.depth--;
    return { body, ending: null };
  }

  /** The body of a statement that must be closed. */
  private closed(opener: Segment, endings: readonly string[]): { body: Statement[]; ending: Tag } {
    const { body, ending } = this.body(endings);
    if (!ending) throw this.fault(opener, 'tagOpen');
    return { body, ending };
  }

  /** The body up to the one tag that ends it, with where that ends. */
  private block(opener: Segment, name: string): { body: Statement[]; end: number } {
    const { body, ending } = this.closed(opener, [name]);
    const words = this.expressions(ending, 1);
    if (name === 'endblock' || name === 'endmacro') words.take('name');
    words.finish();
    return { body, end: ending.end };
  }

  private expressions(segment: Segment & { words: Word[] }, from: number): JinjaExpressions {
    return new JinjaExpressions(this.template, segment.words, from);
  }

  private output(segment: Segment & { kind: 'output' }): Statement {
    const words = this.expressions(segment, 0);
    const value = words.tuple();
    words.finish();
    return { kind: 'output', start: segment.start, end: segment.end, value };
  }

  private statement(tag: Tag): Statement[] {
    const words = this.expressions(tag, 1);
    const { start } = tag;
    switch (tag.words[0].text) {
      case 'if':
        return [this.ifStatement(tag, words)];
      case 'for':
        return [this.forStatement(tag, words)];
      case 'set':
        return [this.setStatement(tag, words)];
      case 'print': {
        const value = words.tuple();
        words.finish();
        return [{ kind: 'output', start, end: tag.end, value }];
      }
      case 'macro': {
        const name = words.name();
        const parameters = this.parameters(words);
        words.finish();
        return [{ kind: 'macro', name, parameters, start, ...this.block(tag, 'endmacro') }];
      }
      case 'call': {
        const parameters = words.isSign('(') ? this.parameters(words) : [];
        const call = words.expression();
        if (call.kind !== 'call') throw this.unexpected(tag.words[1]);
        words.finish();
        return [{ kind: 'callBlock', call, parameters, start, ...this.block(tag, 'endcall') }];
      }
      case 'filter': {
        const filter = words.filters(null);
        words.finish();
        return [{ kind: 'filterBlock', filter, start, ...this.block(tag, 'endfilter') }];
      }
      case 'with':
        return [this.withStatement(tag, words)];
      case 'block':
        words.name();
        return [{ kind: 'block', start, ...this.block(tag, 'endblock') }];
      case 'autoescape': {
        const escapes = words.expression();
        words.finish();
        if (escapes.kind !== 'constant' || escapes.value !== false) throw this.fault(tag, 'tagUnsupported');
        return this.block(tag, 'endautoescape').body;
      }
    }
    throw this.fault(tag, unsupported.has(tag.words[0].text) ? 'tagUnsupported' : 'templateUnknown');
  }

  private ifStatement(tag: Tag, words: JinjaExpressions): Statement {
    const branches: { test: Expression; body: Statement[] }[] = [];
    let test = words.tuple();
    words.finish();
    for (;;) {
      const { body, ending } = this.closed(tag, ['elif', 'else', 'endif']);
      branches.push({ test, body });
      const next = this.expressions(ending, 1);
      if (ending.words[0].text === 'elif') {
        test = next.tuple();
        next.finish();
        continue;
      }
      next.finish();
      if (ending.words[0].text === 'endif') {
        return { kind: 'if', branches, otherwise: [], start: tag.start, end: ending.end };
      }
      const { body: otherwise, end } = this.block(tag, 'endif');
      return { kind: 'if', branches, otherwise, start: tag.start, end };
    }
  }

  private forStatement(tag: Tag, words: JinjaExpressions): Statement {
    const target = words.target();
    words.expect('in');
    const over = words.tuple(false);
    const condition = words.takeName('if') ? words.expression() : null;
    const recursive = words.takeName('recursive');
    words.finish();
    const { body, ending } = this.closed(tag, ['else', 'endfor']);
    this.expressions(ending, 1).finish();
    const rest = ending.words[0].text === 'else' ? this.block(tag, 'endfor') : { body: [], end: ending.end };
    const { start } = tag;
    return { kind: 'for', target, over, condition, recursive, body, otherwise: rest.body, start, end: rest.end };
  }

  private setStatement(tag: Tag, words: JinjaExpressions): Statement {
    const { start, end } = tag;
    const target = words.assigned();
    if (words.takeSign('=')) {
      const value = words.tuple();
      words.finish();
      return { kind: 'set', target, value, start, end };
    }
    if (typeof target !== 'string') throw this.unexpected(tag.words[1]);
    const filter = words.isSign('|') ? words.filters(null, true) : null;
    words.finish();
    return { kind: 'setBlock', name: target, filter, start, ...this.block(tag, 'endset') };
  }

  private withStatement(tag: Tag, words: JinjaExpressions): Statement {
    const assignments: [Target, Expression][] = [];
    while (!words.isEnd()) {
      if (assignments.length > 0) words.expect(',');
      const target = words.target();
      words.expect('=');
      assignments.push([target, words.expression()]);
    }
    return { kind: 'with', assignments, start: tag.start, ...this.block(tag, 'endwith') };
  }

  private parameters(words: JinjaExpressions): Parameter[] {
    const parameters: Parameter[] = [];
    words.expect('(');
    while (!words.takeSign(')')) {
      if (parameters.length > 0) words.expect(',');
      const name = words.name();
      parameters.push({ name, preset: words.takeSign('=') ? words.expression() : null });
    }
    return parameters;
  }

  private unexpected(word: Word): TemplateFault {
    return new TemplateFault(word.start, 'templateUnexpected', quoted(this.template, word.start, word.end));
  }

  private fault({ start, end }: Segment, reason: 'tagOpen' | 'tagUnsupported' | 'templateUnknown' | 'templateDeep') {
    return new TemplateFault(start, reason, quoted(this.template, start, end));
  }
}

/** Whether the tag ends or divides a statement, in whose body it would have been found. */
function isEnding({ text }: Word): boolean {
  return /^(?:end(?:if|for|set|macro|call|filter|with|block|autoescape|raw)|elif|else)$/.test(text);
}
