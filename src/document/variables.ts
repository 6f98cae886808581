/** The text of a variable in a prompt template: a value given by the user, else the file's own sample. */
import { isMapping } from './frontMatter';
import type { Source } from './source';

/** The name of a template's variable: names with dots between them, `customer.address.city`, `items.0`. */
export const variablePath = /^[\p{L}_][\p{L}\p{N}_-]*(?:\.[\p{L}\p{N}_-]+)*$/u;

/**
 * The text of a variable, or null when it has no value: its tag then stays in the prompt as it is written, so that the user sees what is
 * missing. A list or mapping becomes JSON.
 */
export function variableText(source: Source, values: Record<string, unknown>, path: string): string | null {
  const value = lookUp(source, values, path);
  if (typeof value === 'string' || value === null) return found(source, path, value);
  return found(source, path, Array.isArray(value) || isMapping(value) ? toJson(value) : String(value));
}

/** The same value as JSON, with texts in quotes. */
export function variableJson(source: Source, values: Record<string, unknown>, path: string): string | null {
  const value = lookUp(source, values, path);
  return found(source, path, value === null ? null : toJson(value));
}

/** Reports a variable with its text, which is returned. */
export function found(source: Source, name: string, value: string | null): string | null {
  const from = value === null ? null : Object.hasOwn(source.variables, name) ? 'given' : 'file';
  source.found?.set(name, { name, value, from });
  return value;
}

/** Only own properties are read, so that no name reaches into JavaScript's own objects. */
function lookUp(source: Source, values: Record<string, unknown>, path: string): unknown {
  if (Object.hasOwn(source.variables, path)) return source.variables[path];
  let value: unknown = values;
  for (const name of path.split('.')) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return null;
    value = (value as Record<string, unknown>)[name];
  }
  return value ?? null;
}

/** Null for values that JSON cannot represent: YAML's anchors can make a list that contains itself. */
function toJson(value: unknown): string | null {
  try {
    return JSON.stringify(value);
  } catch {
    return null;
  }
}
