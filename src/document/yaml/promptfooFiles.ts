/** What promptfoo's configurations name by path: prompts, tests and values in other files (https://www.promptfoo.dev/docs/configuration/guide). */
import { clause } from '../../protocol/clauses';
import { ProblemError } from '../../protocol/problem';
import { readDelimited } from '../delimited';
import { isMapping, parseYaml } from '../frontMatter';
import { hasWildcard, pathsLike } from '../glob';
import { jsonValues } from '../templates/templateVariables';
import type { YamlFile } from './file';

/** A program, perhaps with the name of a function. */
const program = /^(?:exec|python|javascript):|\.(?:py|js|cjs|mjs|ts|cts|mts|rb|go|sh|exe)(?::\S+)?$/i;

export const isProgram = (path: string): boolean => program.test(path);

/** The path of `file://path`; null for another text. */
export function pathIn(text: unknown): string | null {
  return typeof text === 'string' ? (/^file:\/\/([^\n]+)$/.exec(text.trim())?.[1] ?? null) : null;
}

/** The files that a path means: itself, or those that fit its wildcards. */
export function pathsOf({ source }: YamlFile, path: string): string[] {
  return hasWildcard(path) ? pathsLike(source, path) : [path];
}

/** The text of a file; null, with a note, where it cannot be read or is a program, which is never run. */
export function textBeside({ source, notes }: YamlFile, path: string): string | null {
  const text = isProgram(path) ? null : (source.readBeside?.(path) ?? null);
  if (text === null) notes.say(clause(isProgram(path) ? 'noteProgram' : 'noteBesideMissing', path));
  return text;
}

/** The values in a file by its ending; undefined, with a note, where there are none to read. */
export function valuesBeside(file: YamlFile, path: string): unknown {
  const text = textBeside(file, path);
  if (text === null) return undefined;
  const values = valuesIn(path, text);
  if (values === undefined) file.notes.say(clause('noteBesideMalformed', path));
  return values;
}

function valuesIn(path: string, text: string): unknown {
  if (/\.json$/i.test(path)) return jsonValues(text, false);
  if (/\.[ct]sv$/i.test(path)) return rowsIn(text, path);
  if (!/\.jsonl$/i.test(path)) return yamlIn(text, path);
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  const values = lines.map((line) => jsonValues(line, false));
  return values.includes(undefined) ? undefined : values;
}

function yamlIn(text: string, path: string): unknown {
  const inner = { text, file: path, start: 0, variables: {} };
  try {
    const document = parseYaml(inner, 0, text.length);
    const { contents } = document;
    return contents === null ? null : contents.toJS(document, { maxAliasCount: 100 });
  } catch {
    return undefined;
  }
}

/** The rows of a table, each by the names of its columns. */
export function rowsIn(text: string, path: string): Map<string, string>[] | undefined {
  try {
    const [names = [], ...rows] = readDelimited(text, path).records;
    return rows.map((row) => new Map(names.map((name, column) => [name, row[column] ?? ''])));
  } catch (error) {
    if (error instanceof ProblemError) return undefined;
    throw error;
  }
}

/** The entries of a mapping, as YAML or as JSON gives it. */
export function entriesOf(value: unknown): [name: string, value: unknown][] {
  if (value instanceof Map) return [...value].map(([name, each]) => [String(name), each]);
  return isMapping(value) ? Object.entries(value) : [];
}

export function memberOf(value: unknown, name: string): unknown {
  if (value instanceof Map) return value.get(name);
  return isMapping(value) && Object.hasOwn(value, name) ? value[name] : undefined;
}
