/** Arithmetic, comparison and slices as Python does them. Results that would be large are paid for before they are made. */
import type { Tools } from './jinjaTools';
import { formatted } from './pythonFormat';
import { compare, isEqual, itemsOf, keyOf, numeric, Tuple, Undefined } from './pythonValues';

/** Digits of whole numbers are limited, since a power of a power would fill the memory. */
const maxBits = 4096;

export function arithmetic(operator: string, left: unknown, right: unknown, tools: Tools): unknown {
  if (operator === '+' || operator === '*') {
    const joined =
      operator === '+' ? sumOf(left, right, tools) : (repeated(left, right, tools) ?? repeated(right, left, tools));
    if (joined !== null) return joined;
  }
  if (operator === '%' && typeof left === 'string') return formatted(left, right, tools);
  const [a, b] = [numeric(left), numeric(right)];
  if (a === null || b === null) throw tools.unfit();
  if (typeof a === 'bigint' && typeof b === 'bigint') return wholeArithmetic(operator, a, b, tools);
  return floatArithmetic(operator, Number(a), Number(b), tools);
}

function wholeArithmetic(operator: string, a: bigint, b: bigint, tools: Tools): unknown {
  if ('/%'.includes(operator[0]) && b === 0n) throw tools.unfit();
  switch (operator) {
    case '+':
      return bounded(a + b, tools);
    case '-':
      return bounded(a - b, tools);
    case '*':
      return bounded(a * b, tools);
    case '/':
      return Number(a) / Number(b);
    case '//':
      return floorDivision(a, b);
    case '%':
      return a - floorDivision(a, b) * b;
  }
  if (b < 0n) return Number(a) ** Number(b);
  if (a.toString(2).length * Number(b) > maxBits) throw tools.unfit();
  return a ** b;
}

function bounded(value: bigint, tools: Tools): bigint {
  if (BigInt.asIntN(maxBits, value) !== value) throw tools.unfit();
  return value;
}

function floorDivision(a: bigint, b: bigint): bigint {
  const quotient = a / b;
  return a % b !== 0n && a < 0n !== b < 0n ? quotient - 1n : quotient;
}

function floatArithmetic(operator: string, a: number, b: number, tools: Tools): number {
  if ('/%'.includes(operator[0]) && b === 0) throw tools.unfit();
  switch (operator) {
    case '+':
      return a + b;
    case '-':
      return a - b;
    case '*':
      return a * b;
    case '/':
      return a / b;
    case '//':
      return Math.floor(a / b);
    case '%':
      return a - Math.floor(a / b) * b;
  }
  return a ** b;
}

function sumOf(left: unknown, right: unknown, tools: Tools): unknown {
  if (typeof left === 'string' && typeof right === 'string') {
    tools.budget.spendText(left.length + right.length);
    return left + right;
  }
  const [one, other] = [left, right].map((each) =>
    Array.isArray(each) || each instanceof Tuple ? itemsOf(each) : null,
  );
  if (!one || !other || Array.isArray(left) !== Array.isArray(right)) return null;
  tools.budget.spend(one.length + other.length);
  const items = [...one, ...other];
  return Array.isArray(left) ? items : new Tuple(items);
}

/** A text or list, times a whole number; null when it is neither. */
function repeated(value: unknown, times: unknown, tools: Tools): unknown {
  const count = numeric(times);
  if (typeof count !== 'bigint') return null;
  const turns = count < 0n ? 0 : Number(count);
  if (typeof value === 'string') {
    tools.budget.spendText(value.length * turns);
    return value.repeat(turns);
  }
  if (!Array.isArray(value) && !(value instanceof Tuple)) return null;
  const items = itemsOf(value) ?? [];
  tools.budget.spend(items.length * turns);
  const all = Array.from({ length: turns }, () => items).flat();
  return Array.isArray(value) ? all : new Tuple(all);
}

export function compares(operator: string, left: unknown, right: unknown, tools: Tools): boolean {
  switch (operator) {
    case '==':
      return isEqual(left, right, tools.budget);
    case '!=':
      return !isEqual(left, right, tools.budget);
    case 'in':
      return contains(right, left, tools);
    case 'not in':
      return !contains(right, left, tools);
  }
  if (left instanceof Undefined || right instanceof Undefined) return false;
  const order = compare(left, right, tools.budget);
  if (order === null) throw tools.unfit();
  if (operator === '<') return order < 0;
  if (operator === '<=') return order <= 0;
  return operator === '>' ? order > 0 : order >= 0;
}

export function contains(whole: unknown, part: unknown, tools: Tools): boolean {
  if (typeof whole === 'string') {
    if (part instanceof Undefined) return false;
    if (typeof part !== 'string') throw tools.unfit();
    tools.budget.spendText(whole.length);
    return whole.includes(part);
  }
  if (whole instanceof Map) return whole.has(keyOf(part));
  const items = itemsOf(whole);
  if (items === null) throw tools.unfit();
  tools.budget.spend(items.length);
  return items.some((item) => isEqual(item, part, tools.budget));
}

/** `value[start:stop:step]`; bounds beyond the ends are the ends. */
export function sliceOf(value: unknown, bounds: readonly unknown[], tools: Tools): unknown {
  const items = typeof value === 'string' ? [...value] : value instanceof Map ? null : itemsOf(value);
  if (items === null) throw tools.unfit();
  tools.budget.spend(items.length);
  const [start, stop, by] = bounds.map((bound) => {
    if (bound === null || bound instanceof Undefined) return null;
    const number = numeric(bound);
    if (typeof number !== 'bigint') throw tools.unfit();
    return Math.max(-(2 ** 31), Math.min(2 ** 31, Number(number)));
  });
  const step = by ?? 1;
  if (step === 0) throw tools.unfit();
  const { length } = items;
  const [low, high] = step > 0 ? [0, length] : [-1, length - 1];
  const inside = (bound: number) => Math.max(low, Math.min(high, bound < 0 ? bound + length : bound));
  const from = start === null ? (step > 0 ? low : high) : inside(start);
  const to = stop === null ? (step > 0 ? high : low) : inside(stop);
  const chosen: unknown[] = [];
  for (let at = from; step > 0 ? at < to : at > to; at += step) chosen.push(items[at]);
  if (typeof value === 'string') return chosen.join('');
  return value instanceof Tuple ? new Tuple(chosen) : chosen;
}
