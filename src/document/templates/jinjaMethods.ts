/** Methods of Python's texts, dicts and lists that templates call (`name.upper()`, `options.items()`). */
import { Args, itemsIn, type Tools } from './jinjaTools';
import { Callable, type Given, isEqual, keyOf, Tuple } from './pythonValues';

/** The method of this name bound to the value; null where the type has none. */
export function methodOf(value: unknown, name: string, tools: Tools): Callable | null {
  const method =
    typeof value === 'string'
      ? textMethods.get(name)?.bind(null, value)
      : value instanceof Map
        ? dictMethods.get(name)?.bind(null, value)
        : Array.isArray(value)
          ? listMethods.get(name)?.bind(null, value)
          : undefined;
  if (!method) return null;
  return new Callable(name, (given: Given) => {
    if (typeof value === 'string') tools.budget.spendText(value.length);
    return method(new Args(given, tools), tools);
  });
}

type Method<T> = (value: T, args: Args, tools: Tools) => unknown;

const cased = (change: (text: string) => string): Method<string> => change;

const textMethods = new Map<string, Method<string>>([
  ['upper', cased((text) => text.toUpperCase())],
  ['lower', cased((text) => text.toLowerCase())],
  ['title', cased(titled)],
  ['capitalize', cased(capitalised)],
  ['strip', (text, args) => stripped(text, args.text(0, 'chars', ''), true, true)],
  ['lstrip', (text, args) => stripped(text, args.text(0, 'chars', ''), true, false)],
  ['rstrip', (text, args) => stripped(text, args.text(0, 'chars', ''), false, true)],
  ['startswith', (text, args, tools) => affixes(args, tools).some((each) => text.startsWith(each))],
  ['endswith', (text, args, tools) => affixes(args, tools).some((each) => text.endsWith(each))],
  ['replace', (text, args, tools) => replaced(text, args, tools)],
  ['split', (text, args, tools) => split(text, args, tools)],
  ['splitlines', (text) => text.replace(/(?:\r\n|\r|\n)$/, '').split(/\r\n|\r|\n/)],
  ['join', (text, args, tools) => joined(itemsIn(args.at(0, 'iterable'), tools), text, tools)],
  ['find', (text, args) => BigInt(text.indexOf(args.text(0, 'sub', '')))],
  ['count', (text, args) => BigInt(text.split(args.text(0, 'sub', '')).length - 1)],
  ['isdigit', (text) => /^\p{Nd}+$/u.test(text)],
  ['isalpha', (text) => /^\p{L}+$/u.test(text)],
  ['isupper', (text) => text === text.toUpperCase() && text !== text.toLowerCase()],
  ['islower', (text) => text === text.toLowerCase() && text !== text.toUpperCase()],
  ['removeprefix', (text, args) => withoutPrefix(text, args.text(0, 'prefix', ''))],
]);

const dictMethods = new Map<string, Method<Map<unknown, unknown>>>([
  ['items', (dict) => [...dict].map((entry) => new Tuple(entry))],
  ['keys', (dict) => [...dict.keys()]],
  ['values', (dict) => [...dict.values()]],
  [
    'get',
    (dict, args) => {
      const key = keyOf(args.at(0, 'key'));
      return dict.has(key) ? dict.get(key) : (args.at(1, 'default') ?? null);
    },
  ],
]);

const listMethods = new Map<string, Method<unknown[]>>([
  [
    'index',
    (list, args, tools) => {
      const at = list.findIndex((item) => isEqual(item, args.at(0, 'value'), tools.budget));
      if (at < 0) throw tools.unfit();
      return BigInt(at);
    },
  ],
  [
    'count',
    (list, args, tools) => BigInt(list.filter((item) => isEqual(item, args.at(0, 'value'), tools.budget)).length),
  ],
  [
    'append',
    (list, args, tools) => {
      tools.budget.spend();
      list.push(args.at(0, 'object') ?? null);
      return null;
    },
  ],
]);

function affixes(args: Args, tools: Tools): string[] {
  const given = args.at(0, 'prefix');
  return (given instanceof Tuple ? given.items : [given]).map((each) => tools.text(each));
}

/** The items as texts with a text between them. Pays for the result before it is made. */
export function joined(items: readonly unknown[], between: string, tools: Tools): string {
  const texts = items.map((item) => tools.text(item));
  tools.budget.spendText(texts.reduce((sum, text) => sum + text.length + between.length, 0));
  return texts.join(between);
}

/** `replace(old, new, count)`. */
export function replaced(text: string, args: Args, tools: Tools): string {
  const [old, by] = [args.text(0, 'old', ''), args.text(1, 'new', '')];
  const most = args.at(2, 'count') === undefined || args.at(2, 'count') === null ? -1 : args.count(2, 'count', -1);
  const parts = old === '' ? ['', ...text, ''] : text.split(old);
  const turns = most < 0 ? parts.length - 1 : Math.min(most, parts.length - 1);
  tools.budget.spendText(text.length + turns * by.length);
  return (
    parts.slice(0, turns + 1).join(by) +
    parts
      .slice(turns + 1)
      .map((part) => old + part)
      .join('')
  );
}

function split(text: string, args: Args, tools: Tools): string[] {
  const separator = args.at(0, 'sep');
  const most = args.at(1, 'maxsplit') === undefined ? -1 : args.count(1, 'maxsplit', -1);
  const between = separator === undefined || separator === null ? null : tools.text(separator);
  if (between === '') throw tools.unfit();
  const parts = between === null ? text.split(/\s+/).filter((part) => part !== '') : text.split(between);
  tools.budget.spend(parts.length);
  if (most < 0 || parts.length <= most + 1) return parts;
  return [...parts.slice(0, most), parts.slice(most).join(between ?? ' ')];
}

/** Without the characters (white space where none are named) at its ends. */
export function stripped(text: string, characters: string, left: boolean, right: boolean): string {
  const drops = (unit: string) => (characters === '' ? unit.trim() === '' : characters.includes(unit));
  let start = 0;
  let end = text.length;
  while (left && start < end && drops(text[start])) start++;
  while (right && end > start && drops(text[end - 1])) end--;
  return text.slice(start, end);
}

function withoutPrefix(text: string, prefix: string): string {
  return text.startsWith(prefix) ? text.slice(prefix.length) : text;
}

export function capitalised(text: string): string {
  const [first = ''] = text;
  return first.toUpperCase() + text.slice(first.length).toLowerCase();
}

/** Every word with a capital, where any character but a letter ends a word. */
function titled(text: string): string {
  return text.replace(/\p{L}+/gu, capitalised);
}
