/** The variables that a Handlebars or Mustache template asks for, in the order of their first appearance. */
import type { Helpers } from './handlebarsHelpers';
import type { Block, Body, HandlebarsExpression, Invocation, Path } from './handlebarsTree';
import { Names } from './names';

interface Around {
  /** `this` is the file's variables. */
  root: boolean;
  /** Names that blocks give to their items, and that a partial is given. */
  bound: readonly string[];
  outer: Around | null;
}

/** Data that a loop or the language itself sets. */
const ownData = new Set(['index', 'key', 'first', 'last', 'root']);

/** @param partial the nodes of a partial; null where there is none */
export function handlebarsNames(
  body: Body,
  { mustache, helpers }: { mustache: boolean; helpers: Helpers },
  partial: (name: string) => Body | null,
): Names {
  const walk = new Walk(mustache, helpers, partial);
  walk.body(body, { root: true, bound: [], outer: null });
  return walk.names;
}

class Walk {
  readonly names = new Names();
  /** Partials that have been read; one that calls itself is read once. */
  private readonly read = new Set<string>();

  constructor(
    private readonly mustache: boolean,
    private readonly helpers: Helpers,
    private readonly partial: (name: string) => Body | null,
  ) {}

  body({ nodes }: Body, around: Around): void {
    for (const node of nodes) {
      if (node.kind === 'value') this.invocation(node, around);
      else if (node.kind === 'block') this.block(node, around);
      else if (node.kind === 'partial') {
        this.given(node, around);
        const name = node.path.kind === 'call' ? '' : node.path.written;
        const body = this.read.has(name) ? null : this.partial(name);
        this.read.add(name);
        const root = around.root && node.params.length === 0;
        const bound = [...around.bound, ...node.hash.map(([key]) => key)];
        if (body) this.body(body, { root, bound, outer: around });
      }
    }
  }

  private block(block: Block, around: Around): void {
    const { path, params } = block;
    const helper = this.isHelper(path) ? path.parts[0] : null;
    if (helper === null) this.expression(path, around, true);
    const whole = helper === 'each' || helper === 'with';
    for (const each of params) this.expression(each, around, whole);
    for (const [, each] of block.hash) this.expression(each, around, false);
    // A block without a helper may be a condition or a loop, so that its names may be the file's own.
    const own = whole ? false : around.root;
    const bound = [...around.bound, ...(block.body?.blockParams ?? [])];
    if (block.body) this.body(block.body, whole || helper === null ? { root: own, bound, outer: around } : around);
    if (block.inverse) this.body(block.inverse, around);
  }

  private invocation(invocation: Invocation, around: Around): void {
    if (!this.isHelper(invocation.path)) this.expression(invocation.path, around, false);
    this.given(invocation, around);
  }

  private given({ params, hash }: Invocation, around: Around): void {
    for (const each of params) this.expression(each, around, false);
    for (const [, each] of hash) this.expression(each, around, false);
  }

  private expression(expression: HandlebarsExpression, around: Around, whole: boolean): void {
    if (expression.kind === 'call') this.invocation(expression, around);
    if (expression.kind !== 'path') return;
    const { parts, data, depth } = expression;
    if (data) {
      const [name, ...rest] = parts;
      if (name === 'root' && rest.length > 0) this.names.add(rest, whole);
      else if (!ownData.has(name)) this.names.add([`@${name}`, ...rest], whole);
      return;
    }
    let at: Around | null = around;
    for (let up = 0; up < depth && at; up++) at = at.outer;
    if (!(at?.root || this.mustache) || around.bound.includes(parts[0])) return;
    if (parts.length > 0) this.names.add(parts, whole);
    else if (at?.root) this.names.addAll();
  }
  private isHelper(path: HandlebarsExpression): path is Path {
    return (
      path.kind === 'path' && !path.data && !path.scoped && path.parts.length === 1 && this.helpers.has(path.parts[0])
    );
  }
}
