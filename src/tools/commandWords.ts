/** Converts the arguments of a call to the words of the command that answers it, and reads the files that it names. */
import { allowed, readTyped } from '../analysis/spelling';
import { bundledTruth } from '../cli/runCommand';
import { type Arguments, checkedArguments, listed } from './checkedArguments';
import { confined } from './confined';
import { Refusal } from './refusal';
import { firstRow, type Parameter, type Source, type Tool } from './tool';

export interface Asked {
  /** The words that name the command. */
  command: readonly string[];
  options: readonly string[];
  /** Names of files. */
  places: readonly string[];
  /** By the names that the words use for them: a text, or the real path of a file that may be read. */
  files: ReadonlyMap<string, { text: string } | { path: string }>;
  /** Counts from 1. */
  firstRow: number;
}

/** `folders` are those below which files may be read. Throws a refusal, and the errors of reading a pattern. */
export async function asked(tool: Tool, given: unknown, folders: readonly string[]): Promise<Asked> {
  const values = checkedArguments(tool.name, tool.inputSchema, given);
  const files = new Map<string, { text: string } | { path: string }>();
  const places: string[] = [];
  const options: string[] = [];
  for (const source of tool.sources) {
    for (const name of await named(source, values, folders, files)) {
      if (source.flag === null) places.push(name);
      else options.push(`${source.flag}=${name}`);
    }
  }
  for (const parameter of tool.parameters) {
    const value = values[parameter.name];
    if (value === undefined) continue;
    options.push(...(await parameterWords(parameter, value, folders, files)));
  }
  return { command: tool.command.split(' '), options, places, files, firstRow: Number(values[firstRow] ?? 1) };
}

async function named(
  source: Source,
  values: Arguments,
  folders: readonly string[],
  files: Map<string, { text: string } | { path: string }>,
): Promise<string[]> {
  const choices = [source.text, source.file, source.files].filter((name) => name !== null);
  const given = choices.filter((name) => values[name] !== undefined);
  if (given.length === 0 && !source.required) return [];
  if (given.length !== 1) {
    const quoted = listed(choices.map((name) => `"${name}"`));
    const both = given.length === 0 ? 'none was given' : `${listed(given.map((name) => `"${name}"`))} were given`;
    throw new Refusal(`Exactly one of ${quoted} must be given; ${both}.`);
  }
  const [name] = given;
  if (name === source.text) {
    files.set(name, { text: String(values[name]) });
    return [name];
  }
  const paths = name === source.file ? [String(values[name])] : (values[name] as string[]);
  for (const path of paths) files.set(asPath(path), { path: await confined(path, folders, name) });
  return paths.map(asPath);
}

/** The path of a file always contains a slash, so it cannot equal one of the tool's own names or begin with a dash. */
const asPath = (path: string): string => (/[/\\]/.test(path) ? path : `./${path}`);

async function parameterWords(
  { name, flag, off, isFile, option, schema }: Parameter,
  value: unknown,
  folders: readonly string[],
  files: Map<string, { text: string } | { path: string }>,
): Promise<string[]> {
  if (schema.type === 'boolean') return switchWords(flag, off, value === true);
  if (schema.type === 'object')
    return Object.entries(value as Record<string, string>).map(([key, text]) => `${flag}=${key}=${text}`);
  if (isFile && value !== bundledTruth) {
    const path = await confined(String(value), folders, name);
    files.set(path, { path });
    return [`${flag}=${path}`];
  }
  if (option?.form.kind === 'texts') return (value as string[]).map((text) => `${flag}=${text}`);
  const text = Array.isArray(value) ? value.join(',') : String(value);
  if (option && readTyped(option, text) === undefined)
    throw new Refusal(`"${name}" must be ${allowed(option.form)}, not ${JSON.stringify(value)}.`);
  return [`${flag}=${text}`];
}

function switchWords(flag: string, off: string | null, on: boolean): string[] {
  const isSaid = flag.startsWith('--no-') ? !on : on;
  if (isSaid) return [flag];
  return off === null ? [] : [off];
}
