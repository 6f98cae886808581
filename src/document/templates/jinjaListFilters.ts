/** Jinja's filters of lists and dicts, as Jinja2 3.1 has them. */
import type { Filter } from './jinjaFilters';
import { arithmetic } from './jinjaOperators';
import { type Args, itemsIn, type Tools } from './jinjaTools';
import { compare, isEqual, isTrue, NamedTuple, Tuple, Undefined } from './pythonValues';

const absent = (name: string) => new Undefined(name, false);

/** The value by which an item is compared: itself or an attribute of it; texts without regard to case unless that is asked for. */
function sortKey(item: unknown, attribute: unknown, caseSensitive: boolean, tools: Tools): unknown {
  const value = attribute === undefined || attribute === null ? item : tools.attribute(item, attribute);
  return typeof value === 'string' && !caseSensitive ? value.toLowerCase() : value;
}

function sorted(items: readonly unknown[], key: (item: unknown) => unknown, reverse: boolean, tools: Tools): unknown[] {
  tools.budget.spend(items.length * Math.ceil(Math.log2(items.length + 1)));
  const keyed = items.map((item) => ({ item, key: key(item) }));
  keyed.sort((a, b) => {
    const order = compare(a.key, b.key, tools.budget);
    if (order === null) throw tools.unfit();
    return reverse ? -order : order;
  });
  return keyed.map(({ item }) => item);
}

const sort: Filter = (value, args, tools) => {
  const [attribute, cased] = [args.at(2, 'attribute'), args.flag(1, 'case_sensitive', false)];
  const names = typeof attribute === 'string' ? attribute.split(',') : [attribute];
  const key = (item: unknown) => {
    const keys = names.map((name) => sortKey(item, name, cased, tools));
    return keys.length === 1 ? keys[0] : keys;
  };
  return sorted(itemsIn(value, tools), key, args.flag(0, 'reverse', false), tools);
};

const extreme =
  (sign: 1 | -1): Filter =>
  (value, args, tools) => {
    const [cased, attribute] = [args.flag(0, 'case_sensitive', false), args.at(1, 'attribute')];
    const items = itemsIn(value, tools);
    let best: unknown = items.length === 0 ? absent('max') : items[0];
    for (const item of items.slice(1)) {
      const order = compare(
        sortKey(item, attribute, cased, tools),
        sortKey(best, attribute, cased, tools),
        tools.budget,
      );
      if (order === null) throw tools.unfit();
      if (order * sign > 0) best = item;
    }
    return best;
  };

const mapped: Filter = (value, args, tools) => {
  const items = itemsIn(value, tools);
  const { positional, named } = args.given;
  const attribute = named.get('attribute');
  if (attribute !== undefined && positional.length === 0) {
    const preset = named.get('default');
    return items.map((item) => {
      const found = tools.attribute(item, attribute);
      return found instanceof Undefined && preset !== undefined ? preset : found;
    });
  }
  const name = tools.text(positional[0]);
  return items.map((item) => tools.filter(name, item, { positional: positional.slice(1), named }));
};

const chosen =
  (keep: boolean, byAttribute: boolean): Filter =>
  (value, args, tools) => {
    const { positional, named } = args.given;
    const [first, ...rest] = byAttribute ? positional.slice(1) : positional;
    return itemsIn(value, tools).filter((item) => {
      const tested = byAttribute ? tools.attribute(item, positional[0]) : item;
      const holds =
        first === undefined ? isTrue(tested) : tools.test(tools.text(first), tested, { positional: rest, named });
      return holds === keep;
    });
  };

const unique: Filter = (value, args, tools) => {
  const [cased, attribute] = [args.flag(0, 'case_sensitive', false), args.at(1, 'attribute')];
  const seen: unknown[] = [];
  return itemsIn(value, tools).filter((item) => {
    const key = sortKey(item, attribute, cased, tools);
    tools.budget.spend(seen.length);
    if (seen.some((each) => isEqual(each, key, tools.budget))) return false;
    seen.push(key);
    return true;
  });
};

const groupBy: Filter = (value, args, tools) => {
  const attribute = args.at(0, 'attribute');
  const cased = args.flag(2, 'case_sensitive', false);
  const preset = args.at(1, 'default') ?? null;
  const named = (item: unknown) => {
    const found = tools.attribute(item, attribute);
    return found instanceof Undefined && preset !== null ? preset : found;
  };
  const keyOf = (item: unknown) => sortKey(named(item), null, cased, tools);
  const items = sorted(itemsIn(value, tools), keyOf, false, tools);
  const groups: { key: unknown; grouper: unknown; list: unknown[] }[] = [];
  for (const item of items) {
    const key = keyOf(item);
    const last = groups.at(-1);
    if (last && isEqual(last.key, key, tools.budget)) last.list.push(item);
    else groups.push({ key, grouper: named(item), list: [item] });
  }
  return groups.map(({ grouper, list }) => new NamedTuple([grouper, list], ['grouper', 'list']));
};

const batch: Filter = (value, args, tools) => {
  const size = Math.max(1, args.count(0, 'linecount', null));
  const items = itemsIn(value, tools);
  const fill = args.at(1, 'fill_with');
  return Array.from({ length: Math.ceil(items.length / size) }, (_, row) => {
    const part = items.slice(row * size, (row + 1) * size);
    if (fill === undefined || fill === null) return part;
    tools.budget.spend(size);
    return [...part, ...Array.from({ length: size - part.length }, () => fill)];
  });
};

const slices: Filter = (value, args, tools) => {
  const count = Math.max(1, args.count(0, 'slices', null));
  const items = itemsIn(value, tools);
  tools.budget.spend(count);
  const fill = args.at(1, 'fill_with');
  const [each, longer] = [Math.floor(items.length / count), items.length % count];
  return Array.from({ length: count }, (_, at) => {
    const start = at * each + Math.min(at, longer);
    const part = items.slice(start, start + each + (at < longer ? 1 : 0));
    return fill !== undefined && fill !== null && at >= longer ? [...part, fill] : part;
  });
};

const sum: Filter = (value, args, tools) => {
  const attribute = args.at(0, 'attribute');
  const values = itemsIn(value, tools).map((item) =>
    attribute === undefined || attribute === null ? item : tools.attribute(item, attribute),
  );
  return values.reduce((total, each) => arithmetic('+', total, each, tools), args.at(1, 'start') ?? 0n);
};

const dictSort: Filter = (value, args, tools) => {
  if (!(value instanceof Map)) throw tools.unfit();
  const at = args.text(1, 'by', 'key') === 'value' ? 1 : 0;
  const cased = args.flag(0, 'case_sensitive', false);
  const key = (entry: unknown) => sortKey((entry as Tuple).items[at], null, cased, tools);
  return sorted(
    [...value].map((entry) => new Tuple(entry)),
    key,
    args.flag(2, 'reverse', false),
    tools,
  );
};

const reversed: Filter = (value, _, tools) =>
  typeof value === 'string' ? [...value].reverse().join('') : [...itemsIn(value, tools)].reverse();

const entries: Filter = (value, _, tools) => {
  if (value instanceof Undefined) return [];
  if (!(value instanceof Map)) throw tools.unfit();
  return [...value].map((entry) => new Tuple(entry));
};

const end =
  (at: 0 | -1): Filter =>
  (value, _: Args, tools) => {
    const items = itemsIn(value, tools);
    return items.length === 0 ? absent('first') : items.at(at);
  };

export const listFilters: [string, Filter][] = [
  ['first', end(0)],
  ['last', end(-1)],
  ['list', (value, _, tools) => [...itemsIn(value, tools)]],
  ['items', entries],
  ['sort', sort],
  ['min', extreme(-1)],
  ['max', extreme(1)],
  ['map', mapped],
  ['select', chosen(true, false)],
  ['reject', chosen(false, false)],
  ['selectattr', chosen(true, true)],
  ['rejectattr', chosen(false, true)],
  ['unique', unique],
  ['groupby', groupBy],
  ['batch', batch],
  ['slice', slices],
  ['sum', sum],
  ['dictsort', dictSort],
  ['reverse', reversed],
];
