/** The variables that a Jinja template asks for: the names that it does not set itself, in the order of their first appearance. */
import { isGlobal } from './jinjaGlobals';
import type { Arguments, Expression, Statement, Target } from './jinjaTree';
import { Names } from './names';

/** The names that a body and those around it have set so far. */
class Bound {
  private readonly own: Set<string>;

  constructor(
    private readonly outer: Bound | null,
    names: readonly string[] = [],
  ) {
    this.own = new Set(names);
  }

  has(name: string): boolean {
    return this.own.has(name) || (this.outer?.has(name) ?? false);
  }

  add(names: readonly string[]): void {
    for (const name of names) this.own.add(name);
  }
}

export function jinjaNames(statements: readonly Statement[]): Names {
  const names = new Names();
  new Walk(names).statements(statements, new Bound(null));
  return names;
}

class Walk {
  constructor(private readonly names: Names) {}

  /** `set` binds a name for the statements that follow it in the same body. */
  statements(list: readonly Statement[], outer: Bound): void {
    const bound = new Bound(outer);
    for (const statement of list) {
      this.statement(statement, bound);
      bound.add(setBy(statement));
    }
  }

  private statement(statement: Statement, bound: Bound): void {
    switch (statement.kind) {
      case 'text':
        return;
      case 'output':
      case 'set':
        this.expression(statement.value, bound);
        return;
      case 'if':
        for (const { test, body } of statement.branches) {
          this.expression(test, bound);
          this.statements(body, bound);
        }
        this.statements(statement.otherwise, bound);
        return;
      case 'for': {
        const own = new Bound(bound, [...namesOf(statement.target), 'loop']);
        this.expression(statement.over, bound, true);
        if (statement.condition) this.expression(statement.condition, own);
        this.statements(statement.body, own);
        this.statements(statement.otherwise, bound);
        return;
      }
      case 'macro':
        this.withParameters(statement, new Bound(bound, [statement.name, 'caller']));
        return;
      case 'callBlock':
        this.expression(statement.call, bound);
        this.withParameters(statement, bound);
        return;
      case 'setBlock':
      case 'filterBlock':
        if (statement.filter) this.expression(statement.filter, bound);
        this.statements(statement.body, bound);
        return;
      case 'with': {
        for (const [, value] of statement.assignments) this.expression(value, bound);
        this.statements(
          statement.body,
          new Bound(
            bound,
            statement.assignments.flatMap(([target]) => namesOf(target)),
          ),
        );
        return;
      }
      case 'block':
        this.statements(statement.body, bound);
    }
  }

  private withParameters(statement: Statement & { kind: 'macro' | 'callBlock' }, bound: Bound): void {
    for (const { preset } of statement.parameters) if (preset) this.expression(preset, bound);
    this.statements(
      statement.body,
      new Bound(bound, ['varargs', 'kwargs', ...statement.parameters.map(({ name }) => name)]),
    );
  }

  /** @param whole whether the value is looped over, so that a text in its place must be a list */
  private expression(expression: Expression, bound: Bound, whole = false): void {
    const path = pathOf(expression);
    if (path) {
      if (!bound.has(path[0]) && !isGlobal(path[0])) this.names.add(path, whole);
      return;
    }
    for (const part of partsOf(expression)) this.expression(part, bound, expression.kind === 'filter' && whole);
  }
}

/** The names of a variable and of the parts it is followed into; null for other expressions. */
function pathOf(expression: Expression): string[] | null {
  if (expression.kind === 'name') return [expression.name];
  if (expression.kind === 'attribute') {
    const path = pathOf(expression.of);
    return path && [...path, expression.name];
  }
  if (expression.kind !== 'item' || expression.key.kind !== 'constant') return null;
  const path = pathOf(expression.of);
  return path && [...path, String(expression.key.value)];
}

function partsOf(expression: Expression): Expression[] {
  const given = ({ positional, named }: Arguments) => [...positional, ...named.values()];
  const some = (...parts: (Expression | null)[]) => parts.filter((part) => part !== null);
  switch (expression.kind) {
    case 'constant':
    case 'name':
      return [];
    case 'list':
    case 'tuple':
      return expression.items;
    case 'dict':
      return expression.entries.flat();
    case 'attribute':
    case 'unary':
      return [expression.of];
    case 'item':
      return [expression.of, expression.key];
    case 'slice':
      return some(expression.of, expression.start, expression.stop, expression.step);
    case 'call':
      // A method is no part of the variable: `name.upper()` asks for `name`.
      return [expression.of.kind === 'attribute' ? expression.of.of : expression.of, ...given(expression.given)];
    case 'filter':
    case 'test':
      return [...some(expression.of), ...given(expression.given)];
    case 'binary':
      return [expression.left, expression.right];
    case 'compare':
      return [expression.first, ...expression.rest.map(([, right]) => right)];
    case 'concat':
      return expression.parts;
    case 'choice':
      return some(expression.test, expression.chosen, expression.otherwise);
  }
}

function setBy(statement: Statement): string[] {
  if (statement.kind === 'setBlock' || statement.kind === 'macro') return [statement.name];
  if (statement.kind === 'if') {
    return [...statement.branches.map(({ body }) => body), statement.otherwise].flatMap((body) => body.flatMap(setBy));
  }
  if (statement.kind !== 'set') return [];
  const { target } = statement;
  return typeof target === 'string' || Array.isArray(target) ? namesOf(target) : [];
}

function namesOf(target: Target): string[] {
  return typeof target === 'string' ? [target] : target.flatMap(namesOf);
}
