/**
 * Renders a Handlebars or Mustache template. Nothing of it is compiled: the tree is walked, so that every step can be counted and every
 * stretch of the result knows its place. Only own parts of values are read.
 */
import type { Budget } from './budget';
import { quoted, TemplateFault } from './fault';
import { type Context, HandlebarsEvaluator, holdsTrue, inside, isEmpty, type Missing } from './handlebarsEvaluate';
import type { Helpers } from './handlebarsHelpers';
import type { Block, Body, HandlebarsNode, Invocation } from './handlebarsTree';
import type { MappedText } from './mappedText';
import { isTrue, itemsOf } from './pythonValues';
import { PartialSink, PromptSink, type Sink } from './sink';

export interface HandlebarsOptions {
  /** Mustache's rules: names are looked for in all contexts around, and values are escaped for HTML. */
  mustache: boolean;
  helpers: Helpers;
  /** A value as the template writes it. */
  text: (value: unknown) => string;
  /** The template of a partial; null where there is none. */
  partial: (name: string) => Partial | null;
}

export interface Partial {
  text: string;
  body: Body;
}

/** A helper that writes no text but divides it, at an offset of the rendered text: `role`, `history`, `media`, `section`. */
export interface Mark {
  at: number;
  name: string;
  value: string;
}

/** Bodies within bodies and partials within partials; deeper ones would use up the stack. */
const maxDepth = 150;

/** @throws TemplateFault */
export function runHandlebars(
  template: MappedText,
  body: Body,
  values: ReadonlyMap<string, unknown>,
  budget: Budget,
  options: HandlebarsOptions,
): { text: MappedText; marks: Mark[] } {
  const sink = new PromptSink(template, budget);
  const marks: Mark[] = [];
  const mark = (name: string, value: string) => marks.push({ at: sink.content.length, name, value });
  const run = new Run(template.content, values, budget, options, mark);
  run.body(body, sink, { value: values, root: true, data: new Map(), names: new Map(), outer: null });
  return { text: sink.content.result(), marks };
}

class Run {
  private depth = 0;
  private readonly evaluator: HandlebarsEvaluator;

  constructor(
    private readonly template: string,
    private readonly values: ReadonlyMap<string, unknown>,
    private readonly budget: Budget,
    private readonly options: HandlebarsOptions,
    private readonly mark: (name: string, value: string) => void,
    private readonly nesting = { depth: 0 },
  ) {
    this.evaluator = new HandlebarsEvaluator(values, budget, options);
  }

  body({ nodes }: Body, sink: Sink, context: Context): void {
    for (const node of nodes) {
      this.budget.spend();
      this.node(node, sink, context);
    }
  }

  private node(node: HandlebarsNode, sink: Sink, context: Context): void {
    switch (node.kind) {
      case 'content':
        if (node.end > node.start) sink.literal(node.start, node.end);
        return;
      case 'value':
        this.value(node, sink, context);
        return;
      case 'block':
        if (++this.nesting.depth > maxDepth) throw this.deep(node);
        this.block(node, sink, context);
        this.nesting.depth--;
        return;
      case 'partial':
        if (++this.nesting.depth > maxDepth) throw this.deep(node);
        this.partial(node, sink, context);
        this.nesting.depth--;
    }
  }

  private value(node: HandlebarsNode & { kind: 'value' }, sink: Sink, context: Context): void {
    const { start, end, path } = node;
    const helper = this.helperOf(node);
    const marked = helper && this.options.helpers.get(helper)?.mark;
    if (marked) {
      const given = this.evaluator.given(node, context);
      this.mark(helper, marked(given, this.options.text));
      return;
    }
    const value = this.evaluator.invoked(node, context);
    if (isMissing(value)) {
      // A variable without a value leaves its tag as it is written.
      if (value.unfilled) sink.literal(start, end);
      return;
    }
    const text = this.options.text(value);
    const escaped = this.options.mustache && node.escaped ? htmlEscaped(text) : text;
    sink.value(escaped, start, end, path.kind !== 'literal');
  }

  private block(block: Block, sink: Sink, context: Context): void {
    const helper = this.helperOf(block);
    const around = helper === null ? undefined : this.options.helpers.get(helper)?.around;
    if (around) {
      const [before, behind] = around(this.evaluator.given(block, context), this.options.text);
      sink.value(before, block.start, block.end, false);
      if (block.body) this.body(block.body, sink, context);
      sink.value(behind, block.start, block.end, false);
      return;
    }
    const turns = this.turns(block, context);
    if (turns.length === 0 && block.inverse) this.body(block.inverse, sink, context);
    if (!block.body) return;
    for (const turn of turns) {
      this.budget.spend();
      this.body(block.body, sink, turn);
    }
  }

  /** The contexts in which a block's body is rendered, one after the other; none where its `else` is. */
  private turns(block: Block, context: Context): Context[] {
    if (this.options.mustache) return this.sectionTurns(block, context);
    const params = block.body?.blockParams ?? [];
    const helper = this.helperOf(block);
    if (helper === null) return this.plainTurns(block, params, context);
    const { positional, named } = this.evaluator.given(block, context);
    const [first, second] = positional;
    switch (helper) {
      case 'if':
        return holdsTrue(first, named.get('includeZero') === true) ? [context] : [];
      case 'unless':
        return holdsTrue(first, named.get('includeZero') === true) ? [] : [context];
      case 'ifEquals':
        return this.evaluator.equal(first, second) ? [context] : [];
      case 'unlessEquals':
        return this.evaluator.equal(first, second) ? [] : [context];
      case 'each':
        return this.eachTurns(first, params, context);
      case 'with':
        return isEmpty(first) ? [] : [inside(context, first, params, [first])];
    }
    throw this.unknown(block);
  }

  /** `{{#name}}…{{/name}}` without a helper. */
  private plainTurns({ path }: Block, params: readonly string[], context: Context): Context[] {
    const value = this.evaluator.resolved(path, context);
    if (value === true) return [context];
    if (value === false || value === null || isMissing(value)) return [];
    return Array.isArray(value) ? this.eachTurns(value, params, context) : [inside(context, value, params, [value])];
  }

  private sectionTurns({ path }: Block, context: Context): Context[] {
    const value = this.evaluator.resolved(path, context);
    if (!isTrue(value)) return [];
    if (value === true) return [context];
    return (Array.isArray(value) ? value : [value]).map((item) => inside(context, item, [], []));
  }

  private eachTurns(over: unknown, params: readonly string[], context: Context): Context[] {
    const keyed = over instanceof Map;
    const items = typeof over === 'object' && !isMissing(over) ? (itemsOf(over) ?? []) : [];
    this.budget.spend(items.length);
    return items.map((item, at) => {
      const value = keyed ? over.get(item) : item;
      const key = keyed ? item : at;
      const turn: [string, unknown][] = [
        ['index', at],
        ['key', key],
        ['first', at === 0],
        ['last', at === items.length - 1],
      ];
      const data = new Map([...context.data, ...turn, ['_parent', context.data]]);
      return { ...inside(context, value, params, [value, key]), data };
    });
  }

  private partial(node: HandlebarsNode & { kind: 'partial' }, sink: Sink, context: Context): void {
    const { path, start, end, indent } = node;
    const named =
      path.kind === 'path' && !path.data ? path.written : path.kind === 'literal' ? String(path.value) : null;
    const name = named ?? this.options.text(this.evaluator.resolved(path, context));
    const { positional, named: hash } = this.evaluator.given(node, context);
    const inner = this.partialContext(positional[0], hash, context);
    try {
      const partial = this.options.partial(name);
      if (!partial) throw new TemplateFault(start, 'partialMissing', partialFile(name));
      const run = new Run(partial.text, this.values, this.budget, this.options, this.mark, this.nesting);
      run.body(partial.body, new PartialSink(partial.text, sink, [start, end], indent), inner);
    } catch (error) {
      if (!(error instanceof TemplateFault)) throw error;
      // Places in a partial are not places in the file that uses it.
      const keeps = ['partialMissing', 'partialFault', 'templateLarge', 'templateDeep'].includes(error.reason);
      throw keeps
        ? new TemplateFault(start, error.reason, ...error.rest)
        : new TemplateFault(start, 'partialFault', partialFile(name));
    }
  }

  private partialContext(given: unknown, hash: ReadonlyMap<string, unknown>, context: Context): Context {
    const base = given === undefined ? context : inside(context, given, [], []);
    if (hash.size === 0) return base;
    const own = base.value instanceof Map ? base.value : new Map<unknown, unknown>();
    return { ...base, value: new Map<unknown, unknown>([...own, ...hash]) };
  }

  /** The name of the helper that a tag calls; null where it names a value. @throws TemplateFault where arguments are given to a value */
  private helperOf(node: Block | (HandlebarsNode & { kind: 'value' })): string | null {
    const { path, params, hash } = node;
    if (this.options.mustache) return null;
    if (path.kind === 'path' && !path.data && !path.scoped && path.parts.length === 1) {
      const [name] = path.parts;
      if (this.options.helpers.has(name)) return name;
    }
    if (params.length > 0 || hash.length > 0) throw this.unknown(node);
    return null;
  }

  private unknown({ start, path }: Invocation & { start: number }): TemplateFault {
    const name = path.kind === 'call' ? '(' : path.written;
    return new TemplateFault(start, 'templateUnknown', name);
  }

  private deep({ start, end }: { start: number; end: number }): TemplateFault {
    return new TemplateFault(start, 'templateDeep', quoted(this.template, start, end));
  }
}

/** The file that holds a partial, beside the prompt's. */
export function partialFile(name: string): string {
  return `_${name}.prompt`;
}

function isMissing(value: unknown): value is Missing {
  return typeof value === 'object' && value !== null && 'unfilled' in value;
}

function htmlEscaped(text: string): string {
  return text.replace(/[&"<>]/g, (sign) => ({ '&': '&amp;', '"': '&quot;', '<': '&lt;' })[sign] ?? '&gt;');
}
