/** The values of a chat template's language as Python has them: how they are written, compared and ordered. */
import { Environment, Interpreter, parse, tokenize } from '@huggingface/jinja';

/** The library does not export the classes of its values. */
const plain = new Interpreter(new Environment());
const evaluated = (text) => plain.evaluate(parse(tokenize(`{{ ${text} }}`)).body[0], plain.global);
const classOf = (text) => evaluated(text).constructor;
export const [Text, Whole, Float, Truth, List, Tuple, Dict, Namespace, Nothing, Method] = [
  '""',
  '0',
  '0.5',
  '1 == 1',
  '[]',
  '(1, 2)',
  '{}',
  'namespace()',
  'x',
  '"".upper',
].map(classOf);
export const None = plain.evaluate({ type: 'Comment' }, plain.global).constructor;

/** What `range()` gives, which is written by its bounds. */
export class Range extends List {
  constructor(items, bounds) {
    super(items);
    this.bounds = bounds;
  }
}

/** Whole numbers are exact to 2^53 here and without end in Python. */
export function whole(number) {
  if (!Number.isSafeInteger(number)) throw new Error('a whole number is too large to be computed exactly');
  return new Whole(number);
}

export const isNumeric = (value) => value instanceof Whole || value instanceof Float || value instanceof Truth;
export const isEmpty = (value) => value instanceof None || value instanceof Nothing;

export const truth = (value) => value.__bool__().value;

function quoted(text) {
  const mark = text.includes("'") && !text.includes('"') ? '"' : "'";
  const known = { '\n': '\\n', '\r': '\\r', '\t': '\\t', '\\': '\\\\', [mark]: `\\${mark}` };
  const hidden = (sign) => {
    const code = sign.codePointAt(0);
    const [letter, digits] = code < 256 ? ['x', 2] : code < 65536 ? ['u', 4] : ['U', 8];
    return `\\${letter}${code.toString(16).padStart(digits, '0')}`;
  };
  const signs = text.replace(/['"\\]|[\p{C}\p{Z}]/gu, (sign) => {
    if (sign === ' ' || /['"]/.test(sign)) return known[sign] ?? sign;
    return known[sign] ?? hidden(sign);
  });
  return `${mark}${signs}${mark}`;
}

/** The shortest digits, with an exponent from 1e16 and below 1e-4. */
function writtenFloat(number) {
  if (Number.isNaN(number)) return 'nan';
  if (!Number.isFinite(number)) return number > 0 ? 'inf' : '-inf';
  if (Object.is(number, -0)) return '-0.0';
  const [digits, exponent] = number.toExponential().split('e');
  if (number !== 0 && (exponent < -4 || exponent >= 16))
    return `${digits}e${exponent[0]}${exponent.slice(1).padStart(2, '0')}`;
  return Number.isInteger(number) ? `${number}.0` : String(number);
}

/** A key of a dict, which the library keeps as JavaScript's own value. */
export function keyValue(key) {
  if (typeof key === 'number') return Number.isInteger(key) ? new Whole(key) : new Float(key);
  if (typeof key === 'boolean') return new Truth(key);
  return key === null ? new None(null) : new Text(key);
}

/** What the library's Map keeps for a key; True and 1 are one key in Python. */
export function keyOf(value) {
  if (value instanceof None) return null;
  if (value instanceof Truth) return Number(value.value);
  if (!(value instanceof Text) && !isNumeric(value)) throw new Error('a value of this kind is no key');
  return value.value;
}

/** Python's `repr`. */
export function shown(value) {
  if (value instanceof Text) return quoted(value.value);
  if (value instanceof Nothing) return 'Undefined';
  if (value instanceof None) return 'None';
  if (value instanceof Range) return `range(${value.bounds.join(', ')})`;
  if (value instanceof Tuple) return `(${value.value.map(shown).join(', ')}${value.value.length === 1 ? ',' : ''})`;
  if (value instanceof List) return `[${value.value.map(shown).join(', ')}]`;
  if (value instanceof Dict)
    return `{${[...value.value].map(([key, item]) => `${shown(keyValue(key))}: ${shown(item)}`).join(', ')}}`;
  if (value instanceof Truth) return value.value ? 'True' : 'False';
  if (value instanceof Float) return writtenFloat(value.value);
  if (value instanceof Whole) return String(value.value);
  throw new Error('a function or namespace cannot be written');
}

/** Python's `str`. */
export function written(value) {
  if (value instanceof Text) return value.value;
  return value instanceof Nothing ? '' : shown(value);
}

/** The library writes values itself in places. */
for (const kind of [Truth, Float, List, Dict, Namespace, Method])
  kind.prototype.toString = function writtenAsInPython() {
    return written(this);
  };

/** The items that a loop would pass, or null. */
export function itemsOf(value) {
  if (value instanceof List) return value.value;
  if (value instanceof Text) return [...value.value].map((sign) => new Text(sign));
  if (value instanceof Dict) return [...value.value.keys()].map(keyValue);
  return value instanceof Nothing ? [] : null;
}

export function equal(one, other) {
  if (isNumeric(one) && isNumeric(other)) return Number(one.value) === Number(other.value);
  if (one.constructor !== other.constructor) return false;
  if (one instanceof Dict) {
    const [a, b] = [one.value, other.value];
    return a.size === b.size && [...a].every(([key, item]) => b.has(key) && equal(item, b.get(key)));
  }
  if (one instanceof List)
    return one.value.length === other.value.length && one.value.every((item, at) => equal(item, other.value[at]));
  return isEmpty(one) || (one instanceof Text ? one.value === other.value : one === other);
}

/** Below zero, zero or above. @throws Error for values without an order */
export function compared(one, other) {
  if (isNumeric(one) && isNumeric(other)) return Math.sign(Number(one.value) - Number(other.value));
  if (one instanceof Text && other instanceof Text)
    return Buffer.compare(Buffer.from(one.value), Buffer.from(other.value));
  if (one instanceof List && one.constructor === other.constructor && !(one instanceof Range)) {
    const at = one.value.findIndex((item, i) => i >= other.value.length || !equal(item, other.value[i]));
    if (at >= 0 && at < other.value.length) return compared(one.value[at], other.value[at]);
    return Math.sign(one.value.length - other.value.length);
  }
  throw new Error('values of these kinds have no order');
}

export function contains(value, part) {
  if (value instanceof Text) {
    if (!(part instanceof Text)) throw new Error('only a text can be in a text');
    return value.value.includes(part.value);
  }
  if (value instanceof Dict) return !(part instanceof Nothing) && value.value.has(keyOf(part));
  const items = itemsOf(value);
  if (!items) throw new Error('nothing can be in a value of this kind');
  return items.some((item) => equal(item, part));
}

const ascii = (text) =>
  text.replace(/[\u007f-\uffff]/g, (sign) =>
    sign === '\u007f' ? sign : `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );

/** Python's `json.dumps` with { ascii, indent: string | null, between, behindKey, sorted }. */
export function jsonOf(value, options, depth = 0) {
  const text = (string) => (options.ascii ? ascii(JSON.stringify(string)) : JSON.stringify(string));
  if (value instanceof Text) return text(value.value);
  if (value instanceof None) return 'null';
  if (value instanceof Truth) return String(value.value);
  if (value instanceof Whole || value instanceof Float) return written(value);
  const isDict = value instanceof Dict;
  if (!isDict && (!(value instanceof List) || value instanceof Range)) throw new Error('a value has no form in JSON');
  const entries = isDict ? [...value.value] : value.value;
  if (isDict && options.sorted) entries.sort(([a], [b]) => compared(keyValue(a), keyValue(b)));
  const parts = entries.map((entry) => {
    if (!isDict) return jsonOf(entry, options, depth + 1);
    const key = typeof entry[0] === 'number' ? written(keyValue(entry[0])) : String(entry[0]);
    return `${text(key)}${options.behindKey}${jsonOf(entry[1], options, depth + 1)}`;
  });
  const [open, close] = isDict ? '{}' : '[]';
  if (options.indent === null || parts.length === 0) return open + parts.join(options.between) + close;
  const line = `\n${options.indent.repeat(depth)}`;
  return `${open}${line}${options.indent}${parts.join(`${options.between}${line}${options.indent}`)}${line}${close}`;
}
