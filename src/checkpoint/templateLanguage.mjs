/**
 * Chat templates as Jinja2 3.1.6 renders them, set up as transformers does. `@huggingface/jinja` 0.5.11 parses them and runs what it
 * computes alike; values, operators, tests, filters, loops and macros are Python's here. What is not known is refused, never guessed.
 */
import { Environment, Interpreter, parse, tokenize } from '@huggingface/jinja';
import {
  chosen,
  grouped,
  itemFilters,
  json,
  numberIn,
  partOf,
  rounded,
  sortedPairs,
  textFilters,
} from './templateFilters.mjs';
import { range, strftimeNow } from './templateFunctions.mjs';
import { comparisons, operated, passes, percentFormatted } from './templateOperators.mjs';
import { mostArguments, textMethods, textOf } from './templateTexts.mjs';
import { groupComparisons, testsAsFilters, trimmedBlocks, wholeNumbers } from './templateTokens.mjs';
import {
  Dict,
  Float,
  isEmpty,
  isNumeric,
  itemsOf,
  keyOf,
  keyValue,
  List,
  Method,
  Namespace,
  None,
  Nothing,
  Range,
  Text,
  Truth,
  Tuple,
  truth,
  Whole,
  whole,
  written,
} from './templateValues.mjs';

/** Filters with a second name. */
const others = { d: 'default', count: 'length' };

/** Filters that pass over an empty value without looking into it. */
const selecting = new Set(['selectattr', 'rejectattr', 'select', 'reject', 'map']);

const isMethodOf = (methods, name) => Object.hasOwn(methods, name);

class PythonInterpreter extends Interpreter {
  evaluate(node, environment) {
    switch (node?.type) {
      // A value that has been found already takes the place of its expression.
      case 'Value':
        return node.value;
      case 'IntegerLiteral':
        return whole(node.value);
      case 'BinaryExpression':
        return this.operate(node, environment);
      case 'Macro':
        return this.define(node, environment);
      case 'For':
        return this.loop(node, environment);
      case 'Break':
      case 'Continue':
        throw new LoopControl(node.type);
    }
    if (node?.type !== 'ObjectLiteral') return super.evaluate(node, environment);
    const entries = new Map();
    for (const [key, value] of node.value) {
      const own = this.evaluate(key, environment);
      if (own instanceof Truth) throw new Error('true and false are not supported as keys');
      entries.set(keyOf(own), this.evaluate(value, environment));
    }
    return new Dict(entries);
  }

  /** None is written, but for statements, which write nothing. */
  evaluateBlock(statements, environment) {
    const silent = new Set(['Set', 'Macro', 'Comment']);
    let text = '';
    for (const statement of statements) {
      try {
        const value = this.evaluate(statement, environment);
        if (!silent.has(statement.type)) text += written(value);
      } catch (error) {
        if (error instanceof LoopControl) error.text = text + error.text;
        throw error;
      }
    }
    return new Text(text);
  }

  bindMacroArguments(name, parameters, special, args, scope) {
    super.bindMacroArguments(name, parameters, special, args, scope);
    if (special.has('varargs')) scope.setVariable('varargs', new Tuple(scope.variables.get('varargs').value));
  }

  evaluateSliceExpression(object, node, environment) {
    const bound = (part) => (part && this.evaluate(part, environment)) ?? new Nothing();
    const [start, stop, step] = [node.start, node.stop, node.step]
      .map(bound)
      .map((value) => ({ type: 'Value', value: value instanceof None ? new Nothing() : value }));
    if (step.value.value === 0) throw new Error('slice step cannot be zero');
    if (object instanceof Range) throw new Error('a slice of a range is not supported');
    const part = super.evaluateSliceExpression(object, { start, stop, step }, environment);
    return object instanceof Tuple ? new Tuple(part.value) : part;
  }

  operate(node, environment) {
    const sign = node.operator.value;
    if (sign === 'and' || sign === 'or') return super.evaluateBinaryExpression(node, environment);
    const { left, operator } = node;
    // Python reads a < b < c as a < b and b < c.
    if (comparisons.has(sign) && left.type === 'BinaryExpression' && comparisons.has(left.operator.value))
      if (left.operator.group === operator.group) throw new Error('comparisons in a row are not supported');
    return operated(sign, this.evaluate(left, environment), this.evaluate(node.right, environment));
  }

  /** A macro sees what is around its definition, not what is around its call. */
  define(node, environment) {
    const result = super.evaluateMacro(node, environment);
    const { value: call } = environment.lookupVariable(node.name.value);
    const macro = new Method((args, from) => {
      const scope = new Environment(environment);
      const caller = from?.variables.get('caller');
      if (caller) scope.setVariable('caller', caller);
      return call(args, scope);
    });
    environment.setVariable(node.name.value, macro);
    return result;
  }

  /** Each turn has a scope of its own, and what was written before `break` or `continue` stays. */
  loop(node, environment) {
    const { lhs, test } = node.iterable.type === 'SelectExpression' ? node.iterable : { lhs: node.iterable };
    const all = itemsOf(this.evaluate(lhs, environment));
    if (!all) throw new Error('a loop needs a list, a dict or a text');
    const scopeOf = (item) => {
      const scope = new Environment(environment);
      bind(node.loopvar, item, scope);
      return scope;
    };
    const items = test ? all.filter((item) => truth(this.evaluate(test, scopeOf(item)))) : all;
    const otherwise = () => this.evaluateBlock(node.defaultBlock, new Environment(environment)).value;
    let [text, finished] = ['', false];
    for (const [at, item] of items.entries()) {
      const scope = scopeOf(item);
      scope.setVariable('loop', loopValue(items, at));
      try {
        text += this.evaluateBlock(node.body, scope).value;
        finished = true;
      } catch (error) {
        if (!(error instanceof LoopControl)) throw error;
        text += error.text;
        if (error.kind === 'Break') break;
      }
    }
    // As in Jinja2, `else` speaks too where every turn was cut short.
    return finished ? new Text(text) : new Text(text + otherwise());
  }

  evaluateMemberExpression(node, environment) {
    const object = this.evaluate(node.object, environment);
    const known = { ...node, object: { type: 'Value', value: object } };
    if (object instanceof Nothing) throw new Error(`${nameOf(node.object)} is undefined`);
    if (node.computed && node.property.type !== 'SliceExpression') {
      const key = this.evaluate(node.property, environment);
      if (object instanceof Dict && !(key instanceof Text)) return object.value.get(keyOf(key)) ?? new Nothing();
      if (object instanceof Text && key instanceof Whole) {
        const sign = [...object.value].at(key.value);
        return sign === undefined ? new Nothing() : new Text(sign);
      }
      return super.evaluateMemberExpression({ ...known, property: { type: 'Value', value: key } }, environment);
    }
    const name = node.property.value;
    if (!node.computed && object instanceof Text && isMethodOf(textMethods, name))
      return new Method((args) => {
        if (args.length > (mostArguments[name] ?? 1)) throw new Error(`${name} has too many arguments`);
        return textMethods[name](object.value, args);
      });
    // Python's texts and lists have no such attribute.
    if (!node.computed && (object instanceof Text || object instanceof List) && name === 'length') return new Nothing();
    if (!node.computed && object instanceof Dict && name === 'items')
      return new Method(() => this.applyFilter(object, { type: 'Identifier', value: 'items' }, environment));
    if (!node.computed && object instanceof Dict && name === 'keys') return new Method(() => new List(itemsOf(object)));
    if (!node.computed && object instanceof Dict && name === 'get')
      return new Method(([key, preset]) => object.value.get(keyOf(key)) ?? preset ?? new None(null));
    return super.evaluateMemberExpression(known, environment);
  }

  applyFilter(operand, filter, environment) {
    const called = filter.type === 'CallExpression';
    const given = called ? filter.callee.value : filter.value;
    const name = others[given] ?? given;
    const [args, keywords] = called ? this.evaluateArguments(filter.args, environment) : [[], new Map()];
    const tested = /^is (not )?(.+)$/.exec(name);
    if (tested) return new Truth(passes(tested[2], operand, args) !== Boolean(tested[1]));
    if (name === 'tojson') return json(operand, args, keywords);
    if (name === 'format') return new Text(percentFormatted(written(operand), args));
    if (name === 'round') return rounded(operand, args, keywords);
    if (selecting.has(name) && isEmpty(operand)) return new List([]);
    if (['select', 'reject', 'selectattr', 'rejectattr'].includes(name)) return chosen(name, operand, args);
    if (isMethodOf(textFilters, name)) return textFilters[name](operand, args);
    const items = itemsOf(operand);
    if (name === 'reverse' && operand instanceof Text) return new Text([...operand.value].reverse().join(''));
    if (name === 'groupby') return grouped(items, args, keywords);
    if (isMethodOf(itemFilters, name) && items && args.length === 0 && keywords.size === 0)
      return itemFilters[name](items);
    if (name === 'length' && operand instanceof Text) return new Whole([...operand.value].length);
    if (name === 'length' && operand instanceof Nothing) return new Whole(0);
    if (name === 'join' && items) {
      const between = textOf(args[0] ?? keywords.get('d'), '');
      const attribute = args[1] ?? keywords.get('attribute');
      const found = attribute ? items.map((item) => partOf(item, attribute)) : items;
      return new Text(found.map(written).join(between));
    }
    if (name === 'map' && args[0] instanceof Text) return new List(items.map((item) => this.mapped(item, args)));
    if (operand instanceof Dict && (name === 'items' || name === 'dictsort')) {
      const found = [...operand.value].map(([key, value]) => new Tuple([keyValue(key), value]));
      return new List(name === 'items' ? found : sortedPairs(found, args, keywords));
    }
    if (name === 'default') {
      const always = args[1] ?? keywords.get('boolean');
      const missing = operand instanceof Nothing || (always && truth(always) && !truth(operand));
      return missing ? (args[0] ?? keywords.get('default_value') ?? new Text('')) : operand;
    }
    if ((name === 'int' || name === 'float') && isEmpty(operand))
      return args[0] ?? (name === 'int' ? new Whole(0) : new Float(0));
    if ((name === 'int' || name === 'float') && operand instanceof Text)
      return (
        numberIn(name, operand.value) ??
        args[0] ??
        keywords.get('default') ??
        (name === 'int' ? whole(0) : new Float(0))
      );
    if (name === 'float' && isNumeric(operand)) return new Float(Number(operand.value));
    if (name === 'int' && operand instanceof Float) return new Whole(Math.trunc(operand.value));
    if (called && filter.args.length > 0) return super.applyFilter(operand, renamed(filter, name), environment);
    return super.applyFilter(operand, { type: 'Identifier', value: name }, environment);
  }

  /** One item of `map('filter', …)`. */
  mapped(item, [filter, ...args]) {
    const callee = { type: 'Identifier', value: filter.value };
    const values = args.map((value) => ({ type: 'Value', value }));
    return this.applyFilter(
      item,
      args.length > 0 ? { type: 'CallExpression', callee, args: values } : callee,
      this.global,
    );
  }
}

/** `break` and `continue`, on the way to their loop with what was written so far. */
class LoopControl extends Error {
  constructor(kind) {
    super(`${kind.toLowerCase()} stands outside a loop`);
    this.kind = kind;
    this.text = '';
  }
}

function bind(target, value, scope) {
  if (target.type === 'Identifier') {
    scope.setVariable(target.value, value);
    return;
  }
  const parts = itemsOf(value);
  if (target.type !== 'TupleLiteral' || parts?.length !== target.value.length)
    throw new Error('the items of a loop cannot be taken apart');
  for (const [at, part] of target.value.entries()) bind(part, parts[at], scope);
}

function loopValue(items, at) {
  const values = {
    index: new Whole(at + 1),
    index0: new Whole(at),
    revindex: new Whole(items.length - at),
    revindex0: new Whole(items.length - at - 1),
    first: new Truth(at === 0),
    last: new Truth(at === items.length - 1),
    length: new Whole(items.length),
    previtem: items[at - 1] ?? new Nothing(),
    nextitem: items[at + 1] ?? new Nothing(),
    cycle: new Method((args) => args[at % args.length] ?? new Nothing()),
  };
  return new Namespace(new Map(Object.entries(values)));
}

const renamed = (call, name) => ({ ...call, callee: { ...call.callee, value: name } });
const nameOf = (node) => (node.type === 'Identifier' ? `'${node.value}'` : 'what has a part asked for');

/** What a template says of messages that it does not take. */
export class Refusal extends Error {}

const constants = { true: true, True: true, false: false, False: false, none: null, None: null };
const globals = {
  ...constants,
  strftime_now: strftimeNow,
  raise_exception: (said) => {
    throw new Refusal(said);
  },
};

/** A template that is parsed once and rendered often. */
export class PythonTemplate {
  constructor(source) {
    const lines = source.replace(/\r\n?/g, '\n');
    const tokens = tokenize(trimmedBlocks(lines));
    this.parsed = parse(groupComparisons(testsAsFilters(wholeNumbers(tokens))));
  }

  /** @throws Error with the template's own words, or what is wrong with it */
  render(values) {
    const environment = new Environment();
    for (const [name, value] of Object.entries({ ...globals, ...values })) environment.set(name, value);
    environment.setVariable('range', new Method(range));
    return new PythonInterpreter(environment).run(this.parsed).value;
  }
}
