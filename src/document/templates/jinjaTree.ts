/** The syntax tree of a Jinja template. Every node knows its place in the template: UTF-16 offsets. */

/** `at`: where the expression begins. */
export type Expression = { at: number } & (
  | { kind: 'constant'; value: unknown }
  | { kind: 'name'; name: string }
  | { kind: 'list' | 'tuple'; items: Expression[] }
  | { kind: 'dict'; entries: [key: Expression, value: Expression][] }
  | { kind: 'attribute'; of: Expression; name: string }
  | { kind: 'item'; of: Expression; key: Expression }
  | { kind: 'slice'; of: Expression; start: Expression | null; stop: Expression | null; step: Expression | null }
  | { kind: 'call'; of: Expression; given: Arguments }
  /** `of` is null in a filter block, whose body is filtered. */
  | { kind: 'filter'; of: Expression | null; name: string; given: Arguments }
  | { kind: 'test'; of: Expression; name: string; given: Arguments; negated: boolean }
  | { kind: 'unary'; operator: 'not' | '-' | '+'; of: Expression }
  | { kind: 'binary'; operator: string; left: Expression; right: Expression }
  | { kind: 'compare'; first: Expression; rest: [operator: string, right: Expression][] }
  | { kind: 'concat'; parts: Expression[] }
  | { kind: 'choice'; test: Expression; chosen: Expression; otherwise: Expression | null }
);

export interface Arguments {
  positional: Expression[];
  named: Map<string, Expression>;
}

/** A name, or several that take the items of a list. */
export type Target = string | Target[];

export interface Parameter {
  name: string;
  preset: Expression | null;
}

/** `start`, `end`: a text's own range after white-space control, or the range of a statement from its first tag to its last. */
export type Statement = { start: number; end: number } & (
  | { kind: 'text' }
  | { kind: 'output'; value: Expression }
  | { kind: 'if'; branches: { test: Expression; body: Statement[] }[]; otherwise: Statement[] }
  | {
      kind: 'for';
      target: Target;
      over: Expression;
      condition: Expression | null;
      recursive: boolean;
      body: Statement[];
      otherwise: Statement[];
    }
  | { kind: 'set'; target: Target | { object: string; attribute: string }; value: Expression }
  /** The body's text, filtered, becomes the value of a name. */
  | { kind: 'setBlock'; name: string; filter: Expression | null; body: Statement[] }
  | { kind: 'macro'; name: string; parameters: Parameter[]; body: Statement[] }
  | { kind: 'callBlock'; call: Expression & { kind: 'call' }; parameters: Parameter[]; body: Statement[] }
  | { kind: 'filterBlock'; filter: Expression; body: Statement[] }
  | { kind: 'with'; assignments: [target: Target, value: Expression][]; body: Statement[] }
  /** A named block, which stands where it is written. */
  | { kind: 'block'; body: Statement[] }
);
