/** The variables of a template with their values: given by the user, else the file's own. */
import type { PromptVariable } from '../../protocol/model';
import { type JsonNode, parseJson } from '../json';
import type { Names } from './names';
import { isNumber } from './pythonValues';

export interface OwnValue {
  value: unknown;
  from: 'file' | 'beside';
}

export interface Values {
  /** As the renderers take them (`templateValue`). */
  values: Map<string, unknown>;
  variables: PromptVariable[];
}

/**
 * @param own the file's values by name, already as `templateValue` makes them
 * @param given texts from the user by name, or by path (`address.city`), which override the file's
 * @param text a value as the template writes it
 * @param wholeNumbers whether the language tells whole numbers from others, as Python does
 */
export function templateVariables(
  names: Names,
  own: ReadonlyMap<string, OwnValue>,
  given: Readonly<Record<string, string>>,
  text: (value: unknown) => string,
  wholeNumbers: boolean,
): Values {
  const values = new Map<string, unknown>([...own].map(([name, { value }]) => [name, value]));
  const uses = names.all();
  for (const { name, structured } of uses) {
    if (Object.hasOwn(given, name))
      values.set(name, typed(given[name], own.get(name)?.value, structured, wholeNumbers));
  }
  for (const [path, each] of Object.entries(given)) {
    const parts = path.split('.');
    const isUsed = uses.some(({ name }) => name === parts[0]);
    if (parts.length > 1 && !values.has(path) && isUsed) {
      const value = typed(each, valueAt(own.get(parts[0])?.value, parts.slice(1)), false, wholeNumbers);
      values.set(parts[0], withPart(values.get(parts[0]), parts.slice(1), value));
    }
  }
  const variables: PromptVariable[] = [];
  for (const { name, parts } of uses) {
    const origin = Object.hasOwn(given, name) ? 'given' : (own.get(name)?.from ?? null);
    const paths = parts.filter((part) => part !== '').map((part) => `${name}.${part}`);
    if (origin !== null || parts.includes('')) {
      variables.push({ name, value: origin === null ? null : text(values.get(name)), from: origin });
    }
    for (const path of paths) {
      const isGiven = Object.hasOwn(given, path);
      if (isGiven) variables.push({ name: path, value: given[path], from: 'given' });
      else if (origin === null && !parts.includes('')) variables.push({ name: path, value: null, from: null });
    }
  }
  if (names.everything) {
    const listed = new Set(uses.map(({ name }) => name));
    for (const [name, { value, from }] of own) {
      if (!listed.has(name)) variables.push({ name, value: text(value), from });
    }
  }
  return { values, variables };
}

/** A text from the user takes the type of the file's own value; where a list or mapping is expected, it may be one in JSON. */
function typed(text: string, own: unknown, structured: boolean, wholeNumbers: boolean): unknown {
  if (typeof own === 'boolean' && /^(?:true|false)$/i.test(text)) return text.toLowerCase() === 'true';
  if (isNumber(own) && /^-?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?$/.test(text)) return numberOf(text, wholeNumbers);
  const isCollection = structured || Array.isArray(own) || own instanceof Map;
  if (!isCollection || !/^\s*[[{]/.test(text)) return text;
  const value = jsonValues(text, wholeNumbers);
  return value === undefined ? text : value;
}

/** The value of a JSON text as `templateValue` makes it, in which 1 and 1.0 differ as in Python; undefined when it is not JSON. */
export function jsonValues(text: string, wholeNumbers: boolean): unknown {
  try {
    return nodeValue(parseJson({ text, file: null, start: 0, variables: {} }), text, wholeNumbers);
  } catch {
    return undefined;
  }
}

function nodeValue(node: JsonNode, text: string, wholeNumbers: boolean): unknown {
  switch (node.kind) {
    case 'string':
      return node.value;
    case 'array':
      return node.items.map((item) => nodeValue(item, text, wholeNumbers));
    case 'object':
      return new Map([...node.members].map(([name, member]) => [name, nodeValue(member, text, wholeNumbers)]));
  }
  const written = text.slice(node.start, node.end);
  if (written === 'null') return null;
  return written === 'true' || written === 'false' ? written === 'true' : numberOf(written, wholeNumbers);
}

function numberOf(text: string, wholeNumbers: boolean): number | bigint {
  return wholeNumbers && /^-?\d+$/.test(text) ? BigInt(text) : Number(text);
}

function valueAt(value: unknown, path: readonly string[]): unknown {
  return path.reduce((of, part) => (of instanceof Map ? of.get(part) : undefined), value);
}

/** The mapping or list with one part replaced; other parts stay shared. */
function withPart(value: unknown, [part, ...rest]: readonly string[], by: unknown): unknown {
  if (part === undefined) return by;
  if (Array.isArray(value) && /^\d{1,4}$/.test(part)) {
    const items = [...value];
    items[Math.min(Number(part), items.length)] = withPart(value[Number(part)], rest, by);
    return items;
  }
  const entries = new Map<unknown, unknown>(value instanceof Map ? value : []);
  return entries.set(part, withPart(entries.get(part), rest, by));
}
