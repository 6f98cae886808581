/** The values of Jinja's expressions. */
import type { Budget } from './budget';
import { quoted, TemplateFault } from './fault';
import { fillsIn, jinjaFilters } from './jinjaFilters';
import { jinjaGlobals } from './jinjaGlobals';
import { LoopTurn } from './jinjaLoop';
import { methodOf } from './jinjaMethods';
import { arithmetic, compares, sliceOf } from './jinjaOperators';
import { jinjaTests } from './jinjaTests';
import { Args, isUnfilled, type Tools } from './jinjaTools';
import type { Arguments, Expression } from './jinjaTree';
import {
  Callable,
  type Given,
  isTrue,
  itemsOf,
  keyOf,
  NamedTuple,
  Namespace,
  numeric,
  Tuple,
  Undefined,
} from './pythonValues';

/** The names that are set in a body and those around it. */
export interface Scope {
  names: Map<string, unknown>;
  outer: Scope | null;
}

/** Expressions within expressions, through all macros that are being called; deeper ones would use up the stack. */
const maxDepth = 500;

export class JinjaEvaluator {
  private depth = 0;

  constructor(
    private readonly template: string,
    private readonly values: ReadonlyMap<string, unknown>,
    private readonly budget: Budget,
    /** A value as the template writes it. */
    readonly text: (value: unknown) => string,
  ) {}

  value(expression: Expression, scope: Scope): unknown {
    this.budget.spend();
    const { at } = expression;
    if (++this.depth > maxDepth) throw new TemplateFault(at, 'templateDeep', quoted(this.template, at, at + 40));
    const value = this.evaluated(expression, scope);
    this.depth--;
    return value;
  }

  private evaluated(expression: Expression, scope: Scope): unknown {
    const { at } = expression;
    const all = (list: readonly Expression[]) => list.map((each) => this.value(each, scope));
    switch (expression.kind) {
      case 'constant':
        return expression.value;
      case 'name':
        return this.named(expression.name, scope);
      case 'list':
        return all(expression.items);
      case 'tuple':
        return new Tuple(all(expression.items));
      case 'dict':
        return new Map(
          expression.entries.map(([key, value]) => [keyOf(this.value(key, scope)), this.value(value, scope)]),
        );
      case 'attribute':
        return this.attribute(this.value(expression.of, scope), expression.name, at);
      case 'item':
        return this.attribute(this.value(expression.of, scope), this.value(expression.key, scope), at);
      case 'slice': {
        const of = this.value(expression.of, scope);
        const { start, stop, step } = expression;
        const bounds = [start, stop, step].map((bound) => (bound ? this.value(bound, scope) : null));
        return of instanceof Undefined ? of : sliceOf(of, bounds, this.toolsAt(at));
      }
      case 'call':
        return this.call(expression, scope);
      case 'filter':
        return this.filterChain(expression, null, scope);
      case 'test': {
        const { of, name, given, negated } = expression;
        return this.test(name, this.value(of, scope), this.given(given, scope), at) !== negated;
      }
      case 'unary':
        return this.unary(expression, scope);
      case 'binary':
        return this.binary(expression, scope);
      case 'compare':
        return this.comparison(expression, scope);
      case 'concat': {
        const parts = all(expression.parts);
        const texts = parts.map(this.text);
        this.budget.spendText(texts.reduce((sum, text) => sum + text.length, 0));
        return parts.find(isUnfilled) ?? texts.join('');
      }
      case 'choice': {
        const { test, chosen, otherwise } = expression;
        if (isTrue(this.value(test, scope))) return this.value(chosen, scope);
        return otherwise ? this.value(otherwise, scope) : new Undefined('', false);
      }
    }
  }

  named(name: string, scope: Scope): unknown {
    for (let each: Scope | null = scope; each; each = each.outer) {
      if (each.names.has(name)) return each.names.get(name);
    }
    if (this.values.has(name)) return this.values.get(name);
    return jinjaGlobals(name, this.toolsAt(0)) ?? new Undefined(name, true);
  }

  /** @param extra arguments that the statement around the call adds */
  call(call: Expression & { kind: 'call' }, scope: Scope, extra?: ReadonlyMap<string, unknown>): unknown {
    const { of, at } = call;
    const callee =
      of.kind === 'attribute' ? this.methodOrItem(this.value(of.of, scope), of.name, of.at) : this.value(of, scope);
    if (!(callee instanceof Callable) || (callee instanceof LoopTurn && !callee.recursive)) {
      throw new TemplateFault(of.at, 'templateUnknown', quoted(this.template, of.at, at + 1));
    }
    const given = this.given(call.given, scope);
    for (const [name, value] of extra ?? []) given.named.set(name, value);
    return callee.call(given);
  }

  /** The filters of an expression, or of a block whose text is `own`. */
  filterChain(expression: Expression, own: string | null, scope: Scope): unknown {
    if (expression.kind !== 'filter') return this.value(expression, scope);
    const { of, name, given, at } = expression;
    const value = of === null ? own : this.filterChain(of, own, scope);
    return this.filter(name, value, this.given(given, scope), at);
  }

  unfit(at: number): TemplateFault {
    const line = this.template.slice(at, at + 200).split(/[\r\n]|\}\}|%\}/, 1)[0];
    return new TemplateFault(at, 'templateUnfit', quoted(line, 0, line.length));
  }

  toolsAt(at: number): Tools {
    return {
      budget: this.budget,
      text: this.text,
      unfit: () => this.unfit(at),
      filter: (name, value, given) => this.filter(name, value, given, at),
      test: (name, value, given) => this.test(name, value, given, at),
      attribute: (value, name) => this.attributePath(value, name, at),
    };
  }

  private filter(name: string, value: unknown, given: Given, at: number): unknown {
    this.budget.spend();
    const filter = jinjaFilters.get(name);
    if (!filter) throw new TemplateFault(at, 'templateUnknown', `| ${name}`);
    if (isUnfilled(value) && !fillsIn.has(name)) return value;
    const tools = this.toolsAt(at);
    return filter(value, new Args(given, tools), tools);
  }

  private test(name: string, value: unknown, given: Given, at: number): boolean {
    this.budget.spend();
    const test = jinjaTests.get(name);
    if (!test) throw new TemplateFault(at, 'templateUnknown', `is ${name}`);
    const tools = this.toolsAt(at);
    return test(value, new Args(given, tools), tools);
  }

  private given({ positional, named }: Arguments, scope: Scope): Given {
    return {
      positional: positional.map((each) => this.value(each, scope)),
      named: new Map([...named].map(([name, each]) => [name, this.value(each, scope)])),
    };
  }

  private unary({ operator, of, at }: Expression & { kind: 'unary' }, scope: Scope): unknown {
    const value = this.value(of, scope);
    if (operator === 'not') return !isTrue(value);
    if (isUnfilled(value)) return value;
    const number = numeric(value);
    if (number === null) throw this.unfit(at);
    return operator === '-' ? -number : number;
  }

  private binary({ operator, left, right, at }: Expression & { kind: 'binary' }, scope: Scope): unknown {
    const first = this.value(left, scope);
    if (operator === 'and') return isTrue(first) ? this.value(right, scope) : first;
    if (operator === 'or') return isTrue(first) ? first : this.value(right, scope);
    const second = this.value(right, scope);
    if (isUnfilled(first)) return first;
    return isUnfilled(second) ? second : arithmetic(operator, first, second, this.toolsAt(at));
  }

  /** `a < b < c` compares each with its neighbour. */
  private comparison({ first, rest, at }: Expression & { kind: 'compare' }, scope: Scope): boolean {
    const tools = this.toolsAt(at);
    let left = this.value(first, scope);
    return rest.every(([operator, operand]) => {
      const right = this.value(operand, scope);
      const holds = compares(operator, left, right, tools);
      left = right;
      return holds;
    });
  }

  /** A called attribute is a method where the type has one of that name. */
  private methodOrItem(value: unknown, name: string, at: number): unknown {
    return methodOf(value, name, this.toolsAt(at)) ?? this.attribute(value, name, at);
  }

  /** `address.city` or `0`, as filters name attributes. */
  private attributePath(value: unknown, path: unknown, at: number): unknown {
    if (typeof path !== 'string') return this.attribute(value, path, at);
    return path
      .split('.')
      .reduce((of, part) => this.attribute(of, /^\d{1,9}$/.test(part) ? BigInt(part) : part, at), value);
  }

  /** What `value.name` and `value[name]` stand for; a part that a given value lacks is undefined and leaves nothing. */
  private attribute(value: unknown, name: unknown, at: number): unknown {
    this.budget.spend();
    const path = typeof name === 'string' ? name : '';
    if (value instanceof Undefined) return new Undefined(`${value.name}.${path}`, value.unfilled);
    if (value instanceof Map && value.has(keyOf(name))) return value.get(keyOf(name));
    if (typeof name === 'string') {
      if (value instanceof Namespace && value.attributes.has(name)) return value.attributes.get(name);
      if (value instanceof NamedTuple && value.names.includes(name)) return value.items[value.names.indexOf(name)];
      if (value instanceof LoopTurn && Object.hasOwn(value.attributes, name)) return value.attributes[name]();
      return methodOf(value, name, this.toolsAt(at)) ?? new Undefined(path, false);
    }
    const index = numeric(name);
    const items = value instanceof Map || index === null ? null : itemsOf(value);
    if (items === null || index === null) return new Undefined(path, false);
    const item = items.at(Number(index));
    return item === undefined ? new Undefined(path, false) : item;
  }
}
