/** Filters of a chat template, as Jinja2 has them. */
import { operated, passes } from './templateOperators.mjs';
import { capitalised, stripped } from './templateTexts.mjs';
import {
  compared,
  Dict,
  equal,
  Float,
  isNumeric,
  itemsOf,
  jsonOf,
  List,
  Nothing,
  Text,
  Tuple,
  truth,
  Whole,
  whole,
  written,
} from './templateValues.mjs';

const extreme = (sign) => (items) =>
  items.reduce((best, item) => (sign * order(item, best) > 0 ? item : best), items[0] ?? new Nothing());

/** Filters of anything that has items, which the library has for no value or for lists alone. */
export const itemFilters = {
  list: (items) => new List([...items]),
  first: (items) => items[0] ?? new Nothing(),
  last: (items) => items.at(-1) ?? new Nothing(),
  sum: (items) => items.reduce((all, one) => operated('+', all, one), new Whole(0)),
  max: extreme(1),
  min: extreme(-1),
  unique: (items) =>
    new List(items.filter((one, at) => items.findIndex((other) => equal(folded(one), folded(other))) === at)),
};

const signs = { '&': '&amp;', '<': '&lt;', '>': '&gt;', "'": '&#39;', '"': '&#34;' };
const escaped = (value) => new Text(written(value).replace(/[&<>'"]/g, (sign) => signs[sign]));

/** Texts are ordered and told apart without case, unless a filter is told otherwise. */
const folded = (value) => (value instanceof Text ? new Text(value.value.toLowerCase()) : value);
export const order = (one, other) => compared(folded(one), folded(other));

/** A part of each item, named as `attribute` names it: `a.b` or `0`. */
export function partOf(value, path) {
  for (const name of written(path).split('.')) {
    if (value instanceof Nothing) throw new Error(`"${written(path)}" was asked of what is undefined`);
    const at = /^\d+$/.test(name) ? Number(name) : name;
    const found = value instanceof List ? value.value[at] : value instanceof Dict ? value.value.get(at) : undefined;
    value = found ?? new Nothing();
  }
  return value;
}

export function json(value, args, keywords) {
  const option = (name, at) => keywords.get(name) ?? args[at];
  const on = (given) => given !== undefined && truth(given);
  const indent = option('indent', 1);
  const wide = indent instanceof Whole ? ' '.repeat(indent.value) : indent instanceof Text ? indent.value : null;
  const separators = option('separators', 2);
  const [between, behindKey] = separators instanceof List ? separators.value.map(written) : [];
  return new Text(
    jsonOf(value, {
      ascii: on(option('ensure_ascii', 0)),
      indent: wide,
      between: between ?? (wide === null ? ', ' : ','),
      behindKey: behindKey ?? ': ',
      sorted: on(option('sort_keys', 3)),
    }),
  );
}

/** Python's `int` and `float` of a text, or null. */
export function numberIn(name, text) {
  const trimmed = text.trim().replace(/(\d)_(?=\d)/g, '$1');
  if (!/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(trimmed)) return null;
  return name === 'int' ? whole(Math.trunc(Number(trimmed))) : new Float(Number(trimmed));
}

/** Python rounds halves to the even neighbour of what the float really is. */
export function rounded(value, [digits = new Whole(0), method], keywords) {
  const way = written(keywords.get('method') ?? method ?? new Text('common'));
  const places = (keywords.get('precision') ?? digits).value;
  if (!isNumeric(value) || way === 'common' ? places < 0 : false) throw new Error('round: this is not supported');
  if (way === 'common') {
    const number = Number(value.value);
    const half = places === 0 && Math.abs(number % 1) === 0.5;
    return new Float(half ? 2 * Math.round(number / 2) : Number(number.toFixed(places)));
  }
  return new Float((way === 'ceil' ? Math.ceil : Math.floor)(value.value * 10 ** places) / 10 ** places);
}

/** Filters of a value's text. */
export const textFilters = {
  string: (value) => new Text(written(value)),
  upper: (value) => new Text(written(value).toUpperCase()),
  lower: (value) => new Text(written(value).toLowerCase()),
  capitalize: (value) => new Text(capitalised(written(value))),
  title: (value) => new Text(written(value).replace(/[^\s([{<-]+/g, capitalised)),
  trim: (value, args) => new Text(stripped(written(value), args, true, true)),
  e: escaped,
  escape: escaped,
};

/** `select`, `reject` and their forms for a part of each item. */
export function chosen(name, value, args) {
  const items = itemsOf(value);
  if (!items) throw new Error(`${name} needs a list`);
  const byPart = name.endsWith('attr');
  const [test, ...rest] = byPart ? args.slice(1) : args;
  const wanted = name.startsWith('select');
  return new List(
    items.filter((item) => {
      const part = byPart ? partOf(item, args[0]) : item;
      return (test ? passes(written(test), part, rest) : truth(part)) === wanted;
    }),
  );
}

/** `dictsort(case_sensitive, by, reverse)` */
export function sortedPairs(pairs, args, keywords) {
  const [cased, byName, reversed] = ['case_sensitive', 'by', 'reverse'].map(
    (name, at) => args[at] ?? keywords.get(name),
  );
  const at = byName && written(byName) === 'value' ? 1 : 0;
  const sign = reversed && truth(reversed) ? -1 : 1;
  const ordered = cased && truth(cased) ? compared : order;
  return pairs.sort((a, b) => sign * ordered(a.value[at], b.value[at]));
}

export function grouped(items, args, keywords) {
  const path = args[0] ?? keywords.get('attribute');
  if (!items || !path || args.length > 1 || keywords.size > 1) throw new Error('groupby needs a list and an attribute');
  const groups = [];
  const keyed = items.map((item) => ({ key: partOf(item, path), item })).sort((a, b) => order(a.key, b.key));
  for (const { key, item } of keyed) {
    const last = groups.at(-1);
    if (last && equal(folded(last.value[0]), folded(key))) last.value[1].value.push(item);
    else groups.push(new Tuple([key, new List([item])]));
  }
  return new List(groups);
}
