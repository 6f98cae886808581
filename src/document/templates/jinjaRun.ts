/**
 * Renders a Jinja template. Nothing of it is compiled or handed to JavaScript: the tree is walked, so that every step can be counted and
 * every stretch of the result knows its place.
 */
import type { Budget } from './budget';
import { quoted, TemplateFault } from './fault';
import { JinjaEvaluator, type Scope } from './jinjaEvaluate';
import { LoopTurn } from './jinjaLoop';
import { Args, itemsIn } from './jinjaTools';
import type { Expression, Parameter, Statement, Target } from './jinjaTree';
import type { MappedText } from './mappedText';
import { Callable, type Given, isTrue, itemsOf, Namespace, pythonText, Tuple, Undefined } from './pythonValues';
import { scriptText } from './scriptValues';
import { PromptSink, type Sink, TextSink } from './sink';

export interface JinjaOptions {
  /** How values are written: as Python's Jinja does, or as Nunjucks does. */
  forms?: 'python' | 'script';
}

/** @throws TemplateFault */
export function runJinja(
  template: MappedText,
  statements: readonly Statement[],
  values: ReadonlyMap<string, unknown>,
  budget: Budget,
  { forms = 'python' }: JinjaOptions = {},
): MappedText {
  const sink = new PromptSink(template, budget);
  new Run(template.content, values, budget, forms).statements(statements, sink, { names: new Map(), outer: null });
  return sink.content.result();
}

/** Bodies within bodies and macros within macros; deeper ones would use up the stack. */
const maxDepth = 150;

class Run {
  private readonly evaluator: JinjaEvaluator;
  private depth = 0;

  constructor(
    private readonly template: string,
    values: ReadonlyMap<string, unknown>,
    private readonly budget: Budget,
    forms: 'python' | 'script',
  ) {
    const text = forms === 'python' ? pythonText : scriptText;
    this.evaluator = new JinjaEvaluator(template, values, budget, (value) => text(value, budget));
  }

  statements(list: readonly Statement[], sink: Sink, scope: Scope): void {
    for (const statement of list) {
      this.budget.spend();
      this.statement(statement, sink, scope);
    }
  }

  private body(list: readonly Statement[], sink: Sink, scope: Scope, { start, end }: Statement): void {
    if (++this.depth > maxDepth) throw new TemplateFault(start, 'templateDeep', quoted(this.template, start, end));
    this.statements(list, sink, scope);
    this.depth--;
  }

  private statement(statement: Statement, sink: Sink, scope: Scope): void {
    const { start, end } = statement;
    switch (statement.kind) {
      case 'text':
        sink.literal(start, end);
        return;
      case 'output':
        this.output(statement.value, sink, scope, statement);
        return;
      case 'if': {
        const branch = statement.branches.find(({ test }) => isTrue(this.value(test, scope)));
        this.body(branch ? branch.body : statement.otherwise, sink, scope, statement);
        return;
      }
      case 'for':
        this.loop(statement, this.value(statement.over, scope), sink, scope, 0);
        return;
      case 'set': {
        const value = this.value(statement.value, scope);
        const { target } = statement;
        if (typeof target === 'string' || Array.isArray(target)) this.assign(target, value, scope, start);
        else this.assignAttribute(target, value, scope, start);
        return;
      }
      case 'setBlock': {
        const text = this.captured(statement.body, inner(scope), statement);
        const value = statement.filter ? this.filtered(statement.filter, text, scope) : text;
        scope.names.set(statement.name, value);
        return;
      }
      case 'macro':
        scope.names.set(statement.name, this.macro(statement.name, statement.parameters, statement, scope));
        return;
      case 'callBlock': {
        const caller = this.macro('caller', statement.parameters, statement, scope);
        const value = this.evaluator.call(statement.call, scope, new Map([['caller', caller]]));
        sink.value(this.evaluator.text(value), start, end, true);
        return;
      }
      case 'filterBlock': {
        const text = this.captured(statement.body, inner(scope), statement);
        sink.value(this.evaluator.text(this.filtered(statement.filter, text, scope)), start, end, false);
        return;
      }
      case 'with': {
        const own = inner(scope);
        for (const [target, value] of statement.assignments) this.assign(target, this.value(value, scope), own, start);
        this.body(statement.body, sink, own, statement);
        return;
      }
      case 'block':
        this.body(statement.body, sink, inner(scope), statement);
    }
  }

  private value(expression: Expression, scope: Scope): unknown {
    return this.evaluator.value(expression, scope);
  }

  /** A variable without a value leaves its tag as it is written. */
  private output(expression: Expression, sink: Sink, scope: Scope, { start, end }: Statement): void {
    const value = this.value(expression, scope);
    if (value instanceof Undefined && value.unfilled) sink.literal(start, end);
    else sink.value(this.evaluator.text(value), start, end, expression.kind !== 'constant');
  }

  private loop(loop: Statement & { kind: 'for' }, over: unknown, sink: Sink, scope: Scope, depth: number): void {
    let items = itemsOf(over);
    if (items === null) throw this.evaluator.unfit(loop.over.at);
    this.budget.spend(items.length);
    const bound = (item: unknown) => {
      const own = inner(scope);
      this.assign(loop.target, item, own, loop.start);
      return own;
    };
    const { condition } = loop;
    if (condition) items = items.filter((item) => isTrue(this.value(condition, bound(item))));
    if (items.length === 0) {
      this.body(loop.otherwise, sink, inner(scope), loop);
      return;
    }
    const changes: { last?: readonly unknown[] } = {};
    items.forEach((item, at) => {
      this.budget.spend();
      const own = bound(item);
      own.names.set('loop', this.turn(loop, items ?? [], at, depth, scope, changes));
      this.body(loop.body, sink, own, loop);
    });
  }

  /** The `loop` object of one turn: its attributes, and the call that a recursive loop makes. */
  private turn(
    loop: Statement & { kind: 'for' },
    items: readonly unknown[],
    at: number,
    depth: number,
    scope: Scope,
    changes: { last?: readonly unknown[] },
  ): unknown {
    const { length } = items;
    const beyond = (name: string) => new Undefined(name, false);
    const again = (given: Given) => {
      const sink = new TextSink(this.template, this.budget);
      this.loop(loop, given.positional[0], sink, scope, depth + 1);
      return sink.text;
    };
    return new LoopTurn(again, loop.recursive, {
      index: () => BigInt(at + 1),
      index0: () => BigInt(at),
      revindex: () => BigInt(length - at),
      revindex0: () => BigInt(length - at - 1),
      first: () => at === 0,
      last: () => at === length - 1,
      length: () => BigInt(length),
      depth: () => BigInt(depth + 1),
      depth0: () => BigInt(depth),
      previtem: () => (at > 0 ? items[at - 1] : beyond('previtem')),
      nextitem: () => (at < length - 1 ? items[at + 1] : beyond('nextitem')),
      cycle: () =>
        new Callable('cycle', ({ positional }) =>
          positional.length > 0 ? positional[at % positional.length] : beyond('cycle'),
        ),
      changed: () =>
        new Callable('changed', ({ positional }) => {
          const same =
            changes.last !== undefined &&
            changes.last.length === positional.length &&
            positional.every((value, index) => value === changes.last?.[index]);
          changes.last = positional;
          return !same;
        }),
    });
  }

  private macro(name: string, parameters: Parameter[], statement: Statement & { body: Statement[] }, scope: Scope) {
    return new Callable(name, (given) => {
      const own = inner(scope);
      const args = new Args(given, this.evaluator.toolsAt(statement.start));
      parameters.forEach((parameter, at) => {
        const passed = args.at(at, parameter.name);
        const preset = passed === undefined && parameter.preset ? this.value(parameter.preset, own) : passed;
        own.names.set(parameter.name, preset === undefined ? new Undefined(parameter.name, false) : preset);
      });
      const names = new Set(['caller', ...parameters.map((parameter) => parameter.name)]);
      own.names.set('varargs', new Tuple(given.positional.slice(parameters.length)));
      own.names.set('kwargs', new Map([...given.named].filter(([each]) => !names.has(each))));
      const caller = given.named.get('caller');
      if (caller !== undefined) own.names.set('caller', caller);
      return this.captured(statement.body, own, statement);
    });
  }

  private captured(list: readonly Statement[], scope: Scope, of: Statement): string {
    const sink = new TextSink(this.template, this.budget);
    this.body(list, sink, scope, of);
    return sink.text;
  }

  /** A block's text through the filters that are written with the block. */
  private filtered(filter: Expression, text: string, scope: Scope): unknown {
    return this.evaluator.filterChain(filter, text, scope);
  }

  private assign(target: Target, value: unknown, scope: Scope, at: number): void {
    if (typeof target === 'string') {
      scope.names.set(target, value);
      return;
    }
    const items = itemsIn(value, this.evaluator.toolsAt(at));
    if (items.length !== target.length) throw this.evaluator.unfit(at);
    target.forEach((part, index) => {
      this.assign(part, items[index], scope, at);
    });
  }

  private assignAttribute(
    { object, attribute }: { object: string; attribute: string },
    value: unknown,
    scope: Scope,
    at: number,
  ): void {
    const holder = this.evaluator.named(object, scope);
    if (!(holder instanceof Namespace)) throw this.evaluator.unfit(at);
    holder.attributes.set(attribute, value);
  }
}

function inner(outer: Scope): Scope {
  return { names: new Map(), outer };
}
