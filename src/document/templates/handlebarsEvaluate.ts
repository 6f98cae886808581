/** The values of Handlebars' expressions. Values are those of `templateValue`: a mapping is a Map, a list an array. */
import type { Budget } from './budget';
import { TemplateFault } from './fault';
import type { Helpers } from './handlebarsHelpers';
import type { HandlebarsExpression, Invocation, Path } from './handlebarsTree';
import { isEqual, isNumber, keyOf, Undefined } from './pythonValues';

/** What `this` is in a body, with what surrounds it. */
export interface Context {
  value: unknown;
  /** It is the file's variables. */
  root: boolean;
  /** `@index` and its like. */
  data: ReadonlyMap<string, unknown>;
  /** The names that a block gives to its item and key. */
  names: ReadonlyMap<string, unknown>;
  outer: Context | null;
}

export type Missing = Undefined;

/** The context of a block's body. */
export function inside(outer: Context, value: unknown, params: readonly string[], given: readonly unknown[]): Context {
  const names =
    params.length > 0
      ? new Map([...outer.names, ...params.map((name, at): [string, unknown] => [name, given[at]])])
      : outer.names;
  // As in Handlebars, a body with the same `this` is no step for `../`.
  const same = value === outer.value;
  return { value, root: same && outer.root, data: outer.data, names, outer: same ? outer.outer : outer };
}

/** Handlebars' own notion, by which 0 is not empty. */
export function isEmpty(value: unknown): boolean {
  if (value === 0 || value === 0n) return false;
  if (Array.isArray(value)) return value.length === 0;
  return value === null || value === undefined || value === false || value === '' || value instanceof Undefined;
}

/** What `if` asks: everything is true but what is empty, zero or not a number. */
export function holdsTrue(value: unknown, includeZero: boolean): boolean {
  if (value === 0 || value === 0n) return includeZero;
  return !isEmpty(value) && !Number.isNaN(value);
}

/** Data that a loop sets; outside of loops there is none. */
const loopData = new Set(['index', 'key', 'first', 'last']);

export class HandlebarsEvaluator {
  constructor(
    private readonly values: ReadonlyMap<string, unknown>,
    private readonly budget: Budget,
    private readonly options: { mustache: boolean; helpers: Helpers; text: (value: unknown) => string },
  ) {}

  given({ params, hash }: Invocation, context: Context): { positional: unknown[]; named: Map<string, unknown> } {
    return {
      positional: params.map((each) => this.resolved(each, context)),
      named: new Map(hash.map(([name, each]) => [name, this.resolved(each, context)])),
    };
  }

  /** The value of a tag: that of a helper, or a variable's. */
  invoked(invocation: Invocation, context: Context): unknown {
    const { path } = invocation;
    const helper =
      path.kind === 'path' && !path.data && !path.scoped && path.parts.length === 1
        ? this.options.helpers.get(path.parts[0])
        : undefined;
    if (!helper) return this.resolved(path, context);
    if (!helper.value) throw new TemplateFault(path.at, 'templateUnknown', path.kind === 'path' ? path.written : '(');
    return helper.value(this.given(invocation, context), this.budget);
  }

  resolved(expression: HandlebarsExpression, context: Context): unknown {
    this.budget.spend();
    if (expression.kind === 'literal') {
      // A literal in the place of a name is the name of a variable, as in `{{12}}`.
      return expression.value === undefined ? new Undefined('', false) : expression.value;
    }
    if (expression.kind === 'call') return this.invoked(expression, context);
    return expression.data ? this.dataOf(expression, context) : this.variable(expression, context);
  }

  equal(left: unknown, right: unknown): boolean {
    if (isNumber(left) && isNumber(right)) return isEqual(left, right, this.budget);
    if (left instanceof Undefined || right instanceof Undefined)
      return left instanceof Undefined && right instanceof Undefined;
    return left === right;
  }

  private dataOf({ parts, depth }: Path, context: Context): unknown {
    const [name, ...rest] = parts;
    let { data } = context;
    for (let up = 0; up < depth; up++) {
      const parent = data.get('_parent');
      if (parent instanceof Map) data = parent;
    }
    if (name === 'root') return this.followed(this.values, rest, true);
    if (data.has(name)) return this.followed(data.get(name), rest, false);
    return this.values.has(`@${name}`)
      ? this.followed(this.values.get(`@${name}`), rest, false)
      : new Undefined(`@${parts.join('.')}`, !loopData.has(name));
  }

  private variable({ parts, depth, scoped }: Path, context: Context): unknown {
    let at = context;
    for (let up = 0; up < depth; up++) {
      if (!at.outer) return new Undefined(parts.join('.'), false);
      at = at.outer;
    }
    if (parts.length === 0) return at.value;
    if (!scoped && context.names.has(parts[0]))
      return this.followed(context.names.get(parts[0]), parts.slice(1), false);
    if (!this.options.mustache) return this.followed(at.value, parts, at.root);
    const holder = nearestWith(context, parts[0]);
    return holder ? this.followed(holder.value, parts, false) : new Undefined(parts.join('.'), true);
  }

  /** @param root whether a first part that is missing is a variable without a value */
  private followed(value: unknown, parts: readonly string[], root: boolean): unknown {
    let found = value;
    for (const [at, part] of parts.entries()) {
      this.budget.spend();
      const next = partOf(found, part);
      if (next === undefined) return new Undefined(parts.join('.'), root && at === 0);
      found = next;
    }
    return found;
  }
}

function nearestWith(context: Context, name: string): Context | null {
  for (let each: Context | null = context; each; each = each.outer) {
    if (partOf(each.value, name) !== undefined) return each;
  }
  return null;
}

/** Own parts only; of a list also its length. */
function partOf(value: unknown, name: string): unknown {
  if (value instanceof Map) return value.has(keyOf(name)) ? value.get(name) : undefined;
  if (typeof value === 'string') return name === 'length' ? value.length : undefined;
  if (!Array.isArray(value)) return undefined;
  if (name === 'length') return value.length;
  return /^\d{1,9}$/.test(name) ? value[Number(name)] : undefined;
}
