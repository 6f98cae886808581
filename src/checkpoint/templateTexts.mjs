/** Methods of texts in a chat template, as Python has them. */
import { isEmpty, itemsOf, List, Text, Truth, Tuple, Whole, written } from './templateValues.mjs';

const named = (args) => (args.at(-1)?.type === 'KeywordArgumentsValue' ? args.at(-1).value : new Map());
const positional = (args) => args.filter(({ type }) => type !== 'KeywordArgumentsValue');
export const textOf = (value, preset) => (value === undefined || isEmpty(value) ? preset : written(value));

export function stripped(text, [characters], left, right) {
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

export const capitalised = (text) => {
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

function affixes(given) {
  const all = given instanceof Tuple ? given.value : [given];
  if (!all.every((one) => one instanceof Text)) throw new Error('only a text or a tuple of texts is expected');
  return all.map(({ value }) => value);
}

function joined(between, items) {
  if (!items?.every((item) => item instanceof Text)) throw new Error('join takes a list of texts');
  return items.map(({ value }) => value).join(between);
}

/** Methods of texts that the library lacks, or that do not look at their arguments there. */
export const textMethods = {
  strip: (text, args) => new Text(stripped(text, args, true, true)),
  lstrip: (text, args) => new Text(stripped(text, args, true, false)),
  rstrip: (text, args) => new Text(stripped(text, args, false, true)),
  capitalize: (text) => new Text(capitalised(text)),
  format: (text, args) => new Text(formatted(text, args)),
  title: (text) => new Text(titled(text)),
  startswith: (text, [start]) => new Truth(affixes(start).some((one) => text.startsWith(one))),
  endswith: (text, [end]) => new Truth(affixes(end).some((one) => text.endsWith(one))),
  rsplit: splitBehind,
  splitlines: (text) => new List(linesOf(text)),
  find: (text, [sub]) => new Whole(codePoints(text, text.indexOf(written(sub)))),
  rfind: (text, [sub]) => new Whole(codePoints(text, text.lastIndexOf(written(sub)))),
  count: (text, [sub]) => new Whole(text.split(written(sub)).length - 1),
  join: (text, [list]) => new Text(joined(text, itemsOf(list))),
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

export const mostArguments = { format: Number.POSITIVE_INFINITY, rsplit: 2, splitlines: 0, title: 0 };
const titled = (text) => text.replace(/\p{L}+/gu, capitalised);

function linesOf(text) {
  const lines = text.split(/\r\n|\r|\n/);
  if (lines.at(-1) === '') lines.pop();
  return lines.map((line) => new Text(line));
}
