/** Jinja's filters, as Jinja2 3.1 has them, without those that need the web, random numbers or the debugger. */
import { listFilters } from './jinjaListFilters';
import { capitalised, joined, replaced, stripped } from './jinjaMethods';
import { type Args, isUnfilled, itemsIn, type Tools } from './jinjaTools';
import { fixedText, formatted } from './pythonFormat';
import { isTrue, itemsOf, lengthOf, numeric, Tuple, Undefined } from './pythonValues';
import { wrappedLine } from './pythonWrap';

export type Filter = (value: unknown, args: Args, tools: Tools) => unknown;

/** A filter that turns the value's text into another text. */
const ofText =
  (change: (text: string, args: Args, tools: Tools) => unknown): Filter =>
  (value, args, tools) => {
    const text = tools.text(value);
    tools.budget.spendText(text.length);
    return change(text, args, tools);
  };

const presets: Filter = (value, args) => {
  const lacks = value instanceof Undefined || (args.flag(1, 'boolean', false) && !isTrue(value));
  return lacks ? (args.at(0, 'default_value') ?? '') : value;
};

const length: Filter = (value, _, tools) => {
  const count = value instanceof Undefined ? 0 : lengthOf(value);
  if (count === null) throw tools.unfit();
  return BigInt(count);
};

const escaped = ofText((text) =>
  text.replace(/[&<>'"]/g, (sign) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', "'": '&#39;' })[sign] ?? '&#34;'),
);

const textFilters: [string, Filter][] = [
  ['upper', ofText((text) => text.toUpperCase())],
  ['lower', ofText((text) => text.toLowerCase())],
  ['capitalize', ofText(capitalised)],
  ['title', ofText(titled)],
  ['trim', ofText((text, args) => stripped(text, args.text(0, 'chars', ''), true, true))],
  ['replace', ofText(replaced)],
  ['string', ofText((text) => text)],
  ['safe', (value) => value],
  ['e', escaped],
  ['escape', escaped],
  ['forceescape', escaped],
  ['urlencode', urlEncoded],
  ['wordcount', ofText((text) => BigInt(text.match(/[\p{L}\p{N}_]+/gu)?.length ?? 0))],
  ['indent', ofText(indented)],
  ['truncate', ofText(truncated)],
  ['center', ofText(centred)],
  ['wordwrap', ofText(wrapped)],
  [
    'format',
    (value, { given: { positional, named } }, tools) => {
      if (positional.length > 0 && named.size > 0) throw tools.unfit();
      return formatted(tools.text(value), named.size > 0 ? named : new Tuple(positional), tools);
    },
  ],
  ['join', (value, args, tools) => joined(attributesOf(value, args, tools), args.text(0, 'd', ''), tools)],
];

const numberFilters: [string, Filter][] = [
  ['abs', (value, _, tools) => absolute(value, tools)],
  ['int', whole],
  ['float', (value, args) => floatOf(value) ?? args.at(0, 'default') ?? 0],
  ['round', rounded],
];

export const jinjaFilters = new Map<string, Filter>([
  ['default', presets],
  ['d', presets],
  ['length', length],
  ['count', length],
  ['tojson', (value, args, tools) => json(value, args, tools)],
  ['attr', (value, args, tools) => tools.attribute(value, args.at(0, 'name'))],
  ...textFilters,
  ...numberFilters,
  ...listFilters,
]);

/** Filters that have a result for a variable without a value; of the others the tag stays as it is written. */
export const fillsIn = new Set([
  'default',
  'd',
  'length',
  'count',
  'list',
  'join',
  'tojson',
  'items',
  'first',
  'last',
  'map',
  'select',
]);

function attributesOf(value: unknown, args: Args, tools: Tools): readonly unknown[] {
  const name = args.at(1, 'attribute');
  const items = itemsIn(value, tools);
  return name === undefined || name === null ? items : items.map((item) => tools.attribute(item, name));
}

/** Half a character has no code in UTF-8; Python would refuse it. */
function percentEncoded(text: string): string {
  const encoded = encodeURIComponent(text.replace(/\p{Surrogate}/gu, '\ufffd'));
  return encoded.replace(/[!'()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`);
}

/** A text keeps its slashes; a dict, or a list of pairs, becomes the query of an address. */
function urlEncoded(value: unknown, _: Args, tools: Tools): string {
  if (typeof value === 'string' || itemsOf(value) === null) {
    const text = tools.text(value);
    tools.budget.spendText(text.length);
    return percentEncoded(text).replaceAll('%2F', '/');
  }
  const pairs = value instanceof Map ? [...value] : itemsIn(value, tools).map((pair) => itemsIn(pair, tools));
  if (pairs.some((pair) => pair.length !== 2)) throw tools.unfit();
  const part = (item: unknown) => percentEncoded(tools.text(item)).replaceAll('%20', '+');
  return pairs.map(([key, item]) => `${part(key)}=${part(item)}`).join('&');
}

function titled(text: string): string {
  return text.replace(/[^\s([{<-]+/g, capitalised);
}

function indented(text: string, args: Args, tools: Tools): string {
  const width = args.at(0, 'width');
  const by = typeof width === 'string' ? width : ' '.repeat(Math.min(1000, Math.max(0, args.count(0, 'width', 4))));
  const lines = text.split('\n');
  tools.budget.spendText(text.length + lines.length * by.length);
  const blank = args.flag(2, 'blank', false);
  return lines
    .map((line, at) =>
      (at > 0 || args.flag(1, 'first', false)) && (blank || at === 0 || line !== '') ? by + line : line,
    )
    .join('\n');
}

function truncated(text: string, args: Args, tools: Tools): string {
  const most = args.count(0, 'length', 255);
  const end = args.text(2, 'end', '...');
  if (most < [...end].length || args.count(3, 'leeway', 5) < 0) throw tools.unfit();
  const characters = [...text];
  if (characters.length <= most + args.count(3, 'leeway', 5)) return text;
  const kept = characters.slice(0, most - [...end].length).join('');
  if (args.flag(1, 'killwords', false)) return kept + end;
  const words = kept.lastIndexOf(' ');
  return (words < 0 ? kept : kept.slice(0, words)) + end;
}

function centred(text: string, args: Args, tools: Tools): string {
  const spare = Math.max(0, args.count(0, 'width', 80) - [...text].length);
  tools.budget.spendText(spare);
  // Python puts the odd space before an even text and behind an odd one.
  const left = Math.floor(spare / 2) + (spare % 2 === 1 && args.count(0, 'width', 80) % 2 === 1 ? 1 : 0);
  return ' '.repeat(left) + text + ' '.repeat(spare - left);
}

const lineEnd = /\r\n|[\n\r\v\f\x85\u2028\u2029]/;

function wrapped(text: string, args: Args, tools: Tools): string {
  const width = args.count(0, 'width', 79);
  if (width < 1) throw tools.unfit();
  const rules = {
    width,
    breakLongWords: args.flag(1, 'break_long_words', true),
    breakOnHyphens: args.flag(3, 'break_on_hyphens', true),
  };
  const lines = text.split(lineEnd);
  if (lines.at(-1) === '') lines.pop();
  const end = args.text(2, 'wrapstring', '\n');
  const result = lines.map((line) => wrappedLine(line, rules).join(end)).join(end);
  tools.budget.spendText(result.length);
  return result;
}

function absolute(value: unknown, tools: Tools): number | bigint {
  const number = numeric(value);
  if (number === null) throw tools.unfit();
  return number < 0 ? -number : number;
}

/** A longer text is no number. */
const maxNumber = 400;

function whole(value: unknown, args: Args, tools: Tools): unknown {
  if (typeof value === 'string' && args.count(1, 'base', 10) !== 10) throw tools.unfit();
  return wholeOf(value) ?? args.at(0, 'default') ?? 0n;
}

function wholeOf(value: unknown): bigint | null {
  const number = typeof value === 'string' ? floatOf(value) : numeric(value);
  if (typeof value === 'string' && value.length <= maxNumber && /^\s*[-+]?\d+\s*$/.test(value))
    return BigInt(value.trim().replace(/^\+/, ''));
  if (number === null || (typeof number === 'number' && !Number.isFinite(number))) return null;
  return typeof number === 'bigint' ? number : BigInt(Math.trunc(number));
}

function floatOf(value: unknown): number | null {
  if (typeof value === 'string') {
    if (value.length > maxNumber) return null;
    return /^\s*[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?\s*$/.test(value) ? Number(value) : null;
  }
  const number = numeric(value);
  return number === null ? null : Number(number);
}

/** Halves go to the even neighbour, as in Python. The result is a float unless the value is whole. */
function rounded(value: unknown, args: Args, tools: Tools): unknown {
  const number = numeric(value);
  if (number === null) throw tools.unfit();
  const digits = Math.max(-300, Math.min(300, args.count(0, 'precision', 0)));
  const method = args.text(1, 'method', 'common');
  if (method === 'common') return typeof number === 'bigint' ? roundedWhole(number, digits) : nearest(number, digits);
  const scale = 10 ** digits;
  const scaled = Number(number) * scale;
  if (!Number.isFinite(scaled)) return Number(number);
  if (method === 'ceil') return Math.ceil(scaled) / scale;
  if (method === 'floor') return Math.floor(scaled) / scale;
  throw tools.unfit();
}

function nearest(number: number, digits: number): number {
  if (!Number.isFinite(number) || digits > 40) return number;
  if (digits < 0) return Number(roundedWhole(BigInt(Math.round(number)), digits));
  const size = Number(fixedText(Math.abs(number), digits));
  return number < 0 ? -size : size;
}

function roundedWhole(number: bigint, digits: number): bigint {
  if (digits >= 0) return number;
  const scale = 10n ** BigInt(-digits);
  const size = number < 0n ? -number : number;
  const down = size / scale;
  const twice = (size % scale) * 2n;
  const up = twice > scale || (twice === scale && down % 2n === 1n);
  const result = (down + (up ? 1n : 0n)) * scale;
  return number < 0n ? -result : result;
}

/** JSON as Python's `json.dumps` writes it, with Jinja's replacements of signs that HTML knows and its sorted keys. */
function json(value: unknown, args: Args, tools: Tools): string {
  const indent =
    args.at(0, 'indent') === undefined || args.at(0, 'indent') === null ? null : args.count(0, 'indent', 0);
  const text = jsonText(isUnfilled(value) ? null : value, indent, 0, tools);
  return text.replace(/[<>&']/g, (sign) => `\\u00${sign.charCodeAt(0).toString(16)}`);
}

function jsonText(value: unknown, indent: number | null, depth: number, tools: Tools): string {
  tools.budget.spend();
  if (depth > 50) throw tools.unfit();
  if (typeof value === 'string') {
    tools.budget.spendText(value.length);
    return JSON.stringify(value).replace(
      /[\u007f-\uffff]/g,
      (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
    );
  }
  const inner = (item: unknown) => jsonText(item, indent, depth + 1, tools);
  const items = Array.isArray(value) || value instanceof Tuple ? itemsIn(value, tools) : null;
  if (items) return inBrackets('[]', items.map(inner), indent, depth);
  if (value instanceof Map) {
    const entries = [...value].map(([key, item]): [string, unknown] => [tools.text(key), item]);
    entries.sort(([a], [b]) => (a < b ? -1 : 1));
    return inBrackets(
      '{}',
      entries.map(([key, item]) => `${inner(key)}: ${inner(item)}`),
      indent,
      depth,
    );
  }
  if (value === null || typeof value === 'boolean') return String(value);
  if (numeric(value) === null) throw tools.unfit();
  return tools.text(value);
}

function inBrackets([open, close]: string, parts: string[], indent: number | null, depth: number): string {
  if (indent === null || parts.length === 0) return open + parts.join(', ') + close;
  const line = `\n${' '.repeat(Math.min(100, Math.max(0, indent)) * (depth + 1))}`;
  const last = `\n${' '.repeat(Math.min(100, Math.max(0, indent)) * depth)}`;
  return open + line + parts.join(`,${line}`) + last + close;
}
