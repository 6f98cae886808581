/**
 * The values of a Jinja template and how Python writes them. Texts, booleans and null (None) are JavaScript's; a bigint is an int, a number
 * is a float; an array is a list and a Map a dict, so that no name reaches into JavaScript's own objects.
 */
import type { Budget } from './budget';

/** A variable or a part of one that has no value. */
export class Undefined {
  /** @param unfilled whether it stems from a variable without a value; otherwise a given value lacks this part. */
  constructor(
    readonly name: string,
    readonly unfilled: boolean,
  ) {}
}

export class Tuple {
  constructor(readonly items: readonly unknown[]) {}
}

/** A tuple whose items have names as well, as those that `groupby` makes. */
export class NamedTuple extends Tuple {
  constructor(
    items: readonly unknown[],
    readonly names: readonly string[],
  ) {
    super(items);
  }
}

/** The object that `namespace()` makes, whose attributes `set` may change. */
export class Namespace {
  readonly attributes = new Map<unknown, unknown>();
}

export interface Given {
  positional: unknown[];
  named: Map<string, unknown>;
}

/** A function or method of the template. */
export class Callable {
  constructor(
    readonly name: string,
    readonly call: (given: Given) => unknown,
  ) {}
}

/** A value of YAML or JSON as one of the template's; whole numbers stay floats unless they are bigints. Shared parts stay shared. */
export function templateValue(value: unknown, seen = new Map<unknown, unknown>()): unknown {
  if (value === undefined) return null;
  if (typeof value !== 'object' || value === null) return value;
  if (seen.has(value)) return seen.get(value);
  if (value instanceof Date) return value.toISOString();
  if (Array.isArray(value)) {
    const list: unknown[] = [];
    seen.set(value, list);
    for (const item of value) list.push(templateValue(item, seen));
    return list;
  }
  const entries =
    value instanceof Map ? value.entries() : value instanceof Set ? [...value].entries() : Object.entries(value);
  const dict = new Map<unknown, unknown>();
  seen.set(value, dict);
  for (const [key, item] of entries) dict.set(keyOf(templateValue(key, seen)), templateValue(item, seen));
  return dict;
}

/** The form under which a Map finds equal keys: 1, 1.0 and True are one key in Python. */
export function keyOf(value: unknown): unknown {
  if (typeof value === 'boolean') return value;
  if (typeof value === 'number' && Number.isInteger(value)) return BigInt(value);
  return value;
}

export function isNumber(value: unknown): value is number | bigint {
  return typeof value === 'number' || typeof value === 'bigint';
}

export function isTrue(value: unknown): boolean {
  if (value === null || value instanceof Undefined) return false;
  if (typeof value === 'boolean') return value;
  if (typeof value === 'string') return value !== '';
  if (isNumber(value)) return value !== 0n && value !== 0;
  return lengthOf(value) !== 0;
}

/** Number of characters, items or entries; null for values that have none. */
export function lengthOf(value: unknown): number | null {
  if (typeof value === 'string') return [...value].length;
  if (Array.isArray(value)) return value.length;
  if (value instanceof Tuple) return value.items.length;
  return value instanceof Map ? value.size : null;
}

/** The items that a loop passes: of a list, the keys of a dict, the characters of a text; null for values that cannot be looped over. */
export function itemsOf(value: unknown): readonly unknown[] | null {
  if (Array.isArray(value)) return value;
  if (value instanceof Tuple) return value.items;
  if (value instanceof Map) return [...value.keys()];
  if (typeof value === 'string') return [...value];
  return value instanceof Undefined ? [] : null;
}

/** Pays for what it looks at, since lists that share their parts may be very large. */
export function isEqual(left: unknown, right: unknown, budget: Budget, depth = 0): boolean {
  budget.spend();
  const [a, b] = [numeric(left), numeric(right)];
  // biome-ignore lint/suspicious/noDoubleEquals: a bigint and a number of the same value are equal
  if (a !== null && b !== null) return a == b;
  if (left instanceof Undefined) return right instanceof Undefined;
  if (depth > 50) return left === right;
  if ((Array.isArray(left) && Array.isArray(right)) || (left instanceof Tuple && right instanceof Tuple)) {
    const [one, other] = [itemsOf(left) ?? [], itemsOf(right) ?? []];
    return one.length === other.length && one.every((item, at) => isEqual(item, other[at], budget, depth + 1));
  }
  if (left instanceof Map && right instanceof Map) {
    return (
      left.size === right.size &&
      [...left].every(([key, item]) => right.has(key) && isEqual(item, right.get(key), budget, depth + 1))
    );
  }
  return left === right;
}

/** Negative, zero or positive; null for values without an order. */
export function compare(left: unknown, right: unknown, budget: Budget, depth = 0): number | null {
  budget.spend();
  const [a, b] = [numeric(left), numeric(right)];
  if (a !== null && b !== null) return a < b ? -1 : a > b ? 1 : 0;
  if (typeof left === 'string' && typeof right === 'string') return compareTexts(left, right);
  const [one, other] = [left, right].map((each) =>
    typeof each === 'string' || each instanceof Map ? null : itemsOf(each),
  );
  if (!one || !other || depth > 50) return null;
  for (let at = 0; at < Math.min(one.length, other.length); at++) {
    if (!isEqual(one[at], other[at], budget, depth)) return compare(one[at], other[at], budget, depth + 1);
  }
  return one.length - other.length;
}

/** Python orders by code point, JavaScript by UTF-16 unit. */
function compareTexts(left: string, right: string): number {
  let at = 0;
  while (at < left.length && at < right.length && left[at] === right[at]) at++;
  return (left.codePointAt(at) ?? -1) - (right.codePointAt(at) ?? -1);
}

/** The value as a number; booleans are 0 and 1. Null for everything else. */
export function numeric(value: unknown): number | bigint | null {
  if (typeof value === 'boolean') return value ? 1n : 0n;
  return isNumber(value) ? value : null;
}

/** Python's `str`. Pays for its length. */
export function pythonText(value: unknown, budget: Budget): string {
  if (typeof value === 'string') return value;
  if (value instanceof Undefined) return '';
  return represented(value, budget, []);
}

/** Python's `repr`. */
export function represented(value: unknown, budget: Budget, within: readonly unknown[]): string {
  budget.spend();
  if (value === null || value instanceof Undefined) return value === null ? 'None' : 'Undefined';
  if (typeof value === 'string') {
    budget.spendText(value.length);
    return quotedText(value);
  }
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  if (typeof value === 'bigint') return String(value);
  if (typeof value === 'number') return floatText(value);
  const all = [...within, value];
  // A list that holds itself, which YAML's anchors can make, is written as Python writes it.
  if (within.includes(value) || all.length > 50) return value instanceof Map ? '{...}' : '[...]';
  const inner = (item: unknown) => represented(item, budget, all);
  if (Array.isArray(value)) return `[${value.map(inner).join(', ')}]`;
  if (value instanceof Tuple) return `(${value.items.map(inner).join(', ')}${value.items.length === 1 ? ',' : ''})`;
  if (value instanceof Map) return `{${[...value].map(([key, item]) => `${inner(key)}: ${inner(item)}`).join(', ')}}`;
  if (value instanceof Namespace) return `<Namespace ${inner(value.attributes)}>`;
  return value instanceof Callable ? `<function ${value.name}>` : '';
}

/** In single quotes, unless only double ones need no escape; what cannot be printed is escaped. */
function quotedText(text: string): string {
  const quote = text.includes("'") && !text.includes('"') ? '"' : "'";
  const named: Record<string, string> = { '\n': '\\n', '\r': '\\r', '\t': '\\t', '\\': '\\\\', [quote]: `\\${quote}` };
  const inner = text.replace(/[\p{C}\p{Z}\\'"]/gu, (character) => {
    if (character === ' ' || ((character === "'" || character === '"') && character !== quote)) return character;
    if (named[character]) return named[character];
    const code = character.codePointAt(0) ?? 0;
    const hex = code.toString(16);
    if (code < 0x100) return `\\x${hex.padStart(2, '0')}`;
    return code < 0x10000 ? `\\u${hex.padStart(4, '0')}` : `\\U${hex.padStart(8, '0')}`;
  });
  return quote + inner + quote;
}

/** Python's shortest form of a float: always with a point or an exponent. */
export function floatText(value: number): string {
  if (Number.isNaN(value)) return 'nan';
  if (!Number.isFinite(value)) return value > 0 ? 'inf' : '-inf';
  if (Object.is(value, -0)) return '-0.0';
  const size = Math.abs(value);
  if (size !== 0 && (size < 1e-4 || size >= 1e16)) {
    const [digits, exponent] = value.toExponential().split('e');
    return `${digits}e${exponent[0]}${exponent.slice(1).padStart(2, '0')}`;
  }
  const text = String(value);
  return /[.e]/.test(text) ? text : `${text}.0`;
}
