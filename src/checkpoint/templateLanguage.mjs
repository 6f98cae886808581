/**
 * What Python's Jinja does with a chat template and `@huggingface/jinja` 0.5.11 does not: keys of dicts that are no texts, characters
 * that `strip` names, `format`, filters of None and of what is undefined, and how True, False and None are written. The results are
 * those of Jinja2 3.1.6 as transformers sets it up.
 */
import { Environment, Interpreter, parse, Template, tokenize } from '@huggingface/jinja';

/** The library does not export the classes of its values. */
const plain = new Interpreter(new Environment());
const evaluated = (text) => plain.evaluate(parse(tokenize(`{{ ${text} }}`)).body[0], plain.global);
const classOf = (text) => evaluated(text).constructor;
const [Text, Whole, Float, Truth, List, Dict, Nothing, Method] = [
  '""',
  '0',
  '0.5',
  '1 == 1',
  '[]',
  '{}',
  'x',
  '"".upper',
].map(classOf);
const None = plain.evaluate({ type: 'Comment' }, plain.global).constructor;

Truth.prototype.toString = function writtenAsInPython() {
  return this.value ? 'True' : 'False';
};

/** Python's `str`. */
function written(value) {
  if (value instanceof None) return 'None';
  return value instanceof Nothing ? '' : value.toString();
}

const isEmpty = (value) => value instanceof None || value instanceof Nothing;
const named = (args) => (args.at(-1)?.type === 'KeywordArgumentsValue' ? args.at(-1).value : new Map());
const positional = (args) => args.filter(({ type }) => type !== 'KeywordArgumentsValue');
const textOf = (value, preset) => (value === undefined || isEmpty(value) ? preset : written(value));

function stripped(text, [characters], left, right) {
  const given = textOf(characters, null);
  const drops = (sign) => (given === null ? sign.trim() === '' : given.includes(sign));
  let [start, end] = [0, text.length];
  while (left && start < end && drops(text[start])) start++;
  while (right && end > start && drops(text[end - 1])) end--;
  return text.slice(start, end);
}

/** `'{} {0} {name}'.format(…)`, without attributes and format specifications. */
function formatted(text, args) {
  let next = 0;
  return text.replace(/\{\{|\}\}|\{(\w*)\}|[{}]/g, (match, name) => {
    if (match === '{{' || match === '}}') return match[0];
    const found = name === undefined || /^\d*$/.test(name) ? positional(args)[name || next++] : named(args).get(name);
    if (name === undefined || found === undefined) throw new Error(`format: "${match}" has no value`);
    return written(found);
  });
}

const capitalised = (text) => {
  const [first = ''] = text;
  return first.toUpperCase() + text.slice(first.length).toLowerCase();
};

function splitBehind(text, [separator, most]) {
  const between = textOf(separator, ' ');
  const parts = text.split(between);
  const kept = most instanceof Whole && most.value >= 0 ? most.value : parts.length;
  const head = parts.splice(0, Math.max(0, parts.length - kept));
  return new List((head.length > 0 ? [head.join(between), ...parts] : parts).map((part) => new Text(part)));
}

const codePoints = (text, index) => (index < 0 ? -1 : [...text.slice(0, index)].length);

/** Methods of texts that the library lacks, or that do not look at their arguments there. */
const textMethods = {
  strip: (text, args) => new Text(stripped(text, args, true, true)),
  lstrip: (text, args) => new Text(stripped(text, args, true, false)),
  rstrip: (text, args) => new Text(stripped(text, args, false, true)),
  capitalize: (text) => new Text(capitalised(text)),
  format: (text, args) => new Text(formatted(text, args)),
  rsplit: splitBehind,
  splitlines: (text) => new List(linesOf(text)),
  find: (text, [sub]) => new Whole(codePoints(text, text.indexOf(written(sub)))),
  rfind: (text, [sub]) => new Whole(codePoints(text, text.lastIndexOf(written(sub)))),
  count: (text, [sub]) => new Whole(text.split(written(sub)).length - 1),
  join: (text, [list]) => new Text(list.value.map(written).join(text)),
  isdigit: (text) => new Truth(/^\p{Nd}+$/u.test(text)),
  isalpha: (text) => new Truth(/^\p{L}+$/u.test(text)),
  isalnum: (text) => new Truth(/^[\p{L}\p{N}]+$/u.test(text)),
  isspace: (text) => new Truth(/^\s+$/.test(text)),
  isupper: (text) => new Truth(text === text.toUpperCase() && text !== text.toLowerCase()),
  islower: (text) => new Truth(text === text.toLowerCase() && text !== text.toUpperCase()),
  removeprefix: (text, [prefix]) => new Text(text.startsWith(written(prefix)) ? text.slice(prefix.value.length) : text),
  removesuffix: (text, [suffix]) =>
    new Text(suffix.value !== '' && text.endsWith(suffix.value) ? text.slice(0, -suffix.value.length) : text),
};

function linesOf(text) {
  const lines = text.split(/\r\n|\r|\n/);
  if (lines.at(-1) === '') lines.pop();
  return lines.map((line) => new Text(line));
}

/** The items that a loop would pass, or null. */
function itemsOf(value) {
  if (value instanceof List) return value.value;
  if (value instanceof Text) return [...value.value].map((sign) => new Text(sign));
  if (value instanceof Dict) return [...value.value.keys()].map(keyValue);
  return value instanceof Nothing ? [] : null;
}

const keyValue = (key) => {
  if (typeof key === 'number') return Number.isInteger(key) ? new Whole(key) : new Float(key);
  if (typeof key === 'boolean') return new Truth(key);
  return key === null ? new None(null) : new Text(key);
};

const numbersOf = (items) => items.map(({ value }) => Number(value));
const least = (order) => (items) =>
  items.reduce(
    (best, item) => (order * (item.value > best.value ? 1 : -1) > 0 ? item : best),
    items[0] ?? new Nothing(),
  );

/** Filters of anything that has items, which the library has for no value or for lists alone. */
const itemFilters = {
  list: (items) => new List([...items]),
  first: (items) => items[0] ?? new Nothing(),
  last: (items) => items.at(-1) ?? new Nothing(),
  sum: (items) => {
    const sum = numbersOf(items).reduce((all, one) => all + one, 0);
    return items.every((item) => item instanceof Whole) ? new Whole(sum) : new Float(sum);
  },
  max: least(1),
  min: least(-1),
};

const others = { d: 'default', count: 'length' };
const signs = { '&': '&amp;', '<': '&lt;', '>': '&gt;', "'": '&#39;', '"': '&#34;' };
const escaped = (value) => new Text(written(value).replace(/[&<>'"]/g, (sign) => signs[sign]));

/** The order of keys: numbers as such, texts without case. */
function compared(a, b) {
  const [one, other] = [a, b].map((key) => (typeof key === 'string' ? key.toLowerCase() : key));
  return one < other ? -1 : one > other ? 1 : 0;
}

/** Filters of a value's text. */
const textFilters = {
  string: (value) => new Text(written(value)),
  upper: (value) => new Text(written(value).toUpperCase()),
  lower: (value) => new Text(written(value).toLowerCase()),
  capitalize: (value) => new Text(capitalised(written(value))),
  title: (value) => new Text(written(value).replace(/[^\s([{<-]+/g, capitalised)),
  trim: (value, args) => new Text(stripped(written(value), args, true, true)),
  e: escaped,
  escape: escaped,
};

/** Filters that pass over an empty value without looking into it. */
const selecting = new Set(['selectattr', 'rejectattr', 'select', 'reject', 'map']);

const isMethodOf = (methods, name) => Object.hasOwn(methods, name);

class PythonInterpreter extends Interpreter {
  evaluate(node, environment) {
    // A value that has been found already takes the place of its expression.
    if (node?.type === 'Value') return node.value;
    if (node?.type !== 'ObjectLiteral') return super.evaluate(node, environment);
    const entries = new Map();
    for (const [key, value] of node.value) {
      const { value: own } = this.evaluate(key, environment);
      if (typeof own === 'object' && own !== null) throw new Error('unhashable type');
      entries.set(own, this.evaluate(value, environment));
    }
    return new Dict(entries);
  }

  /** None is written, but for statements, which write nothing. */
  evaluateBlock(statements, environment) {
    const silent = new Set(['Set', 'Macro', 'Comment']);
    let text = '';
    for (const statement of statements) {
      const value = this.evaluate(statement, environment);
      if (!silent.has(statement.type)) text += written(value);
    }
    return new Text(text);
  }

  evaluateMemberExpression(node, environment) {
    const object = this.evaluate(node.object, environment);
    const known = { ...node, object: { type: 'Value', value: object } };
    if (object instanceof Nothing) throw new Error(`${nameOf(node.object)} is undefined`);
    if (node.computed && node.property.type !== 'SliceExpression') {
      const key = this.evaluate(node.property, environment);
      if (object instanceof Dict && !(key instanceof Text)) return object.value.get(key.value) ?? new Nothing();
      if (object instanceof Text && key instanceof Whole) {
        const sign = [...object.value].at(key.value);
        return sign === undefined ? new Nothing() : new Text(sign);
      }
      return super.evaluateMemberExpression({ ...known, property: { type: 'Value', value: key } }, environment);
    }
    const name = node.property.value;
    if (!node.computed && object instanceof Text && isMethodOf(textMethods, name))
      return new Method((args) => textMethods[name](object.value, args));
    if (!node.computed && object instanceof Dict && name === 'items' && !object.value.has('items'))
      return new Method(() => this.applyFilter(object, { type: 'Identifier', value: 'items' }, environment));
    if (!node.computed && object instanceof Dict && name === 'keys' && !object.value.has('keys'))
      return new Method(() => new List(itemsOf(object)));
    if (!node.computed && object instanceof Dict && name === 'get' && !object.value.has('get'))
      return new Method(([key, preset]) => object.value.get(key.value) ?? preset ?? new None(null));
    return super.evaluateMemberExpression(known, environment);
  }

  applyFilter(operand, filter, environment) {
    const called = filter.type === 'CallExpression';
    const given = called ? filter.callee.value : filter.value;
    const name = others[given] ?? given;
    const [args, keywords] = called ? this.evaluateArguments(filter.args, environment) : [[], new Map()];
    if (selecting.has(name) && isEmpty(operand)) return new List([]);
    if (isMethodOf(textFilters, name)) return textFilters[name](operand, args);
    const items = itemsOf(operand);
    if (isMethodOf(itemFilters, name) && items && args.length === 0 && keywords.size === 0)
      return itemFilters[name](items);
    if (name === 'length' && operand instanceof Text) return new Whole([...operand.value].length);
    if (name === 'length' && operand instanceof Nothing) return new Whole(0);
    if (name === 'join' && items) {
      const between = textOf(args[0] ?? keywords.get('d'), '');
      const attribute = args[1] ?? keywords.get('attribute');
      const found = attribute ? items.map(({ value }) => value.get(attribute.value) ?? new Nothing()) : items;
      return new Text(found.map(written).join(between));
    }
    if (name === 'map' && args[0] instanceof Text) return new List(items.map((item) => this.mapped(item, args)));
    const pairs = operand instanceof Dict && (name === 'items' || (name === 'dictsort' && filter.args === undefined));
    if (pairs) {
      const found = [...operand.value].map(([key, value]) => new List([keyValue(key), value]));
      return new List(
        name === 'items' ? found : found.sort(({ value: [a] }, { value: [b] }) => compared(a.value, b.value)),
      );
    }
    if (name === 'default' && !called) return operand instanceof Nothing ? new Text('') : operand;
    if ((name === 'int' || name === 'float') && isEmpty(operand))
      return args[0] ?? (name === 'int' ? new Whole(0) : new Float(0));
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

const renamed = (call, name) => ({ ...call, callee: { ...call.callee, value: name } });
const nameOf = (node) => (node.type === 'Identifier' ? `'${node.value}'` : 'what has a part asked for');

const months = 'January February March April May June July August September October November December'.split(' ');
const days = 'Sunday Monday Tuesday Wednesday Thursday Friday Saturday'.split(' ');

/** Python's strftime in the C locale; a template's dates are English whatever language the editor has. */
function strftimeNow(format) {
  const now = new Date();
  const two = (number) => String(number).padStart(2, '0');
  const fields = {
    Y: now.getFullYear(),
    y: two(now.getFullYear() % 100),
    m: two(now.getMonth() + 1),
    d: two(now.getDate()),
    H: two(now.getHours()),
    I: two(now.getHours() % 12 || 12),
    M: two(now.getMinutes()),
    S: two(now.getSeconds()),
    p: now.getHours() < 12 ? 'AM' : 'PM',
    B: months[now.getMonth()],
    b: months[now.getMonth()].slice(0, 3),
    A: days[now.getDay()],
    a: days[now.getDay()].slice(0, 3),
    '%': '%',
  };
  return format.replace(/%(.)/g, (whole, field) => String(fields[field] ?? whole));
}

function range(first, second, step = 1) {
  if (step === 0) throw new Error('range() arg 3 must not be zero');
  const [start, stop] = second === undefined ? [0, first] : [first, second];
  return Array.from({ length: Math.max(0, Math.ceil((stop - start) / step)) }, (_, at) => start + at * step);
}

/** What a template says of messages that it does not take. */
export class Refusal extends Error {}

const constants = { true: true, True: true, false: false, False: false, none: null, None: null };
const globals = {
  ...constants,
  range,
  strftime_now: strftimeNow,
  raise_exception: (said) => {
    throw new Refusal(said);
  },
};

/** A template that is parsed once and rendered often. */
export class PythonTemplate {
  constructor(source) {
    this.parsed = new Template(source).parsed;
  }

  /** @throws Error with the template's own words, or what is wrong with it */
  render(values) {
    const environment = new Environment();
    for (const [name, value] of Object.entries({ ...globals, ...values })) environment.set(name, value);
    return new PythonInterpreter(environment).run(this.parsed).value;
  }
}
