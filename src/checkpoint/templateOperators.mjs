/** Operators and tests of a chat template's language, as Python and Jinja2 compute them. */
import {
  compared,
  contains,
  Dict,
  equal,
  Float,
  isNumeric,
  itemsOf,
  List,
  Method,
  None,
  Nothing,
  Range,
  shown,
  Text,
  Truth,
  Tuple,
  Whole,
  whole,
  written,
} from './templateValues.mjs';

/** The most characters or items that a repetition may make. */
const most = 10_000_000;

function unfit(sign) {
  throw new Error(`"${sign}" does not take values of these kinds`);
}

const calculations = {
  '+': (a, b) => a + b,
  '-': (a, b) => a - b,
  '*': (a, b) => a * b,
  '/': (a, b) => a / b,
  '//': (a, b) => Math.floor(a / b),
  '%': (a, b) => ((a % b) + b) % b,
  '**': (a, b) => a ** b,
};

function calculated(sign, left, right) {
  const [a, b] = [Number(left.value), Number(right.value)];
  if (b === 0 && (sign === '/' || sign === '//' || sign === '%')) throw new Error('division by zero');
  if (sign === '**' && a === 0 && b < 0) throw new Error('zero cannot be raised to a negative power');
  const isFloat = sign === '/' || left instanceof Float || right instanceof Float || (sign === '**' && b < 0);
  const result = remainderOr(sign, a, b);
  if (!isFloat) return whole(result);
  if (!Number.isFinite(result)) throw new Error(`"${sign}" gives no finite number`);
  return new Float(result);
}

/** A remainder has the divisor's sign; adding the divisor only where it differs keeps the float exact. */
function remainderOr(sign, a, b) {
  if (sign !== '%') return calculations[sign](a, b);
  const rest = a % b;
  return rest !== 0 && rest < 0 !== b < 0 ? rest + b : rest;
}

/** A text or list, times a whole number; null when it is neither. */
function repeated(value, times) {
  if (!(times instanceof Whole || times instanceof Truth)) return null;
  const count = Math.max(0, Number(times.value));
  if (!(value instanceof Text) && (!(value instanceof List) || value instanceof Range)) return null;
  if (value.value.length * count > most) throw new Error('a repetition is too long');
  if (value instanceof Text) return new Text(value.value.repeat(count));
  return new value.constructor(Array.from({ length: count }, () => value.value).flat());
}

/** `'%s of %d' % (a, b)`: the conversions s, r, d, i and f, without widths. */
export function percentFormatted(pattern, values) {
  let next = 0;
  const text = pattern.replace(/%(?:(\.\d{1,2})?([sdirf])|(%)|)/g, (match, precision, kind, percent) => {
    if (percent) return '%';
    const value = values[next++];
    const isText = kind === 's' || kind === 'r';
    if (!kind || value === undefined || (!isText && !isNumeric(value)) || (precision && kind !== 'f'))
      throw new Error(`format: "${match}" cannot be filled`);
    if (isText) return kind === 's' ? written(value) : shown(value);
    return kind === 'f'
      ? Number(value.value).toFixed(Number(precision?.slice(1) ?? 6))
      : String(Math.trunc(value.value));
  });
  if (next < values.length) throw new Error('format: not all values were used');
  return text;
}

/** `left sign right`, but for `and` and `or`. */
export function operated(sign, left, right) {
  if (sign === '==' || sign === '!=') return new Truth(equal(left, right) === (sign === '=='));
  if (sign === 'in' || sign === 'not in') return new Truth(contains(right, left) === (sign === 'in'));
  if (sign === '~') return new Text(written(left) + written(right));
  if (left instanceof Nothing || right instanceof Nothing) throw new Error(`"${sign}" was asked of what is undefined`);
  if (sign in orders) return new Truth(orders[sign](compared(left, right)));
  if (isNumeric(left) && isNumeric(right)) return calculated(sign, left, right);
  if (sign === '+' && left instanceof Text && right instanceof Text) return new Text(left.value + right.value);
  if (sign === '+' && left instanceof List && left.constructor === right.constructor && !(left instanceof Range))
    return new left.constructor([...left.value, ...right.value]);
  if (sign === '*') return repeated(left, right) ?? repeated(right, left) ?? unfit(sign);
  if (sign === '%' && left instanceof Text)
    return new Text(percentFormatted(left.value, right instanceof Tuple ? right.value : [right]));
  return unfit(sign);
}

const orders = {
  '<': (order) => order < 0,
  '>': (order) => order > 0,
  '<=': (order) => order <= 0,
  '>=': (order) => order >= 0,
};
export const comparisons = new Set(['==', '!=', 'in', 'not in', ...Object.keys(orders)]);

function remainder(value, by) {
  if (!isNumeric(value) || !isNumeric(by)) throw new Error('only a number can be divided');
  return calculated('%', value, by).value;
}

const by = (sign) => (value, other) => operated(sign, value, other).value;
const isTruth = (wanted) => (value) => value instanceof Truth && value.value === wanted;
const sameCase = (own, opposite) => (value) =>
  written(value) === written(value)[own]() && written(value) !== written(value)[opposite]();

/** Jinja's tests, by the names that templates use. */
const tests = {
  defined: (value) => !(value instanceof Nothing),
  undefined: (value) => value instanceof Nothing,
  none: (value) => value instanceof None,
  boolean: (value) => value instanceof Truth,
  true: isTruth(true),
  false: isTruth(false),
  integer: (value) => value instanceof Whole,
  float: (value) => value instanceof Float,
  number: isNumeric,
  string: (value) => value instanceof Text,
  mapping: (value) => value instanceof Dict,
  sequence: (value) => itemsOf(value) !== null,
  iterable: (value) => itemsOf(value) !== null,
  callable: (value) => value instanceof Method || value instanceof Nothing,
  odd: (value) => remainder(value, new Whole(2)) === 1,
  even: (value) => remainder(value, new Whole(2)) === 0,
  lower: sameCase('toLowerCase', 'toUpperCase'),
  upper: sameCase('toUpperCase', 'toLowerCase'),
  escaped: () => false,
  divisibleby: (value, other) => remainder(value, other) === 0,
  sameas: (value, other) => {
    if (!(value instanceof None || value instanceof Truth)) throw new Error('sameas is known of true, false and none');
    return equal(value, other) && value.constructor === other.constructor;
  },
  in: (value, whole) => contains(whole, value),
};
for (const [sign, names] of Object.entries({
  '==': ['eq', 'equalto', '=='],
  '!=': ['ne', '!='],
  '<': ['lt', 'lessthan', '<'],
  '>': ['gt', 'greaterthan', '>'],
  '<=': ['le', '<='],
  '>=': ['ge', '>='],
}))
  for (const name of names) tests[name] = by(sign);

/** Whether a value passes a test. @throws Error for an unknown test, or a number of arguments that it does not take */
export function passes(name, value, args) {
  if (!Object.hasOwn(tests, name)) throw new Error(`no test is named "${name}" here`);
  if (args.length + 1 !== Math.max(1, tests[name].length)) throw new Error(`the test "${name}" takes other arguments`);
  return tests[name](value, ...args);
}
