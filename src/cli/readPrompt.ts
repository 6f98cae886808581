/** Reads the prompt of a file argument. `-` is standard input, which is plain text unless --chat or --format says otherwise. */

import { resolve } from 'node:path';
import { formatNamed } from '../document/formats';
import { parsePrompt } from '../document/parsePrompt';
import { isTableName } from '../document/promptKind';
import { filesBeside } from '../files/besideFile';
import { systemReason } from '../files/place';
import type { PromptInput } from '../protocol/model';
import { ProblemError } from '../protocol/problem';
import type { Environment } from './environment';
import { refuseUnknownVariables, tellReport } from './readerReport';

export interface PromptOptions {
  /** The file is read as if its name had this ending. */
  format?: string;
  raw?: boolean;
  chat?: boolean;
  continue?: boolean;
  /** Which of several prompts in the file is read, by its line or its numbers, and with which of several sets of values; from 1. */
  line?: number;
  prompt?: readonly number[];
  test?: number;
  var: Record<string, string>;
}

/** The name of standard input in problems and for people; in reports its `file` is null. */
export const standardInput = 'standard input';

/**
 * Throws fileUnreadable, fileNotText, emptyPrompt, promptMalformed, tableGiven, textTooLarge, noVariables or unknownVariable, all naming the
 * file. What the file's reader reports is written to standard error.
 */
export async function readPrompt(environment: Environment, path: string, options: PromptOptions): Promise<PromptInput> {
  const [input] = await readPrompts(environment, [path], options);
  return input;
}

/** Like `readPrompt` for each; a value must be for a variable of at least one of them. */
export async function readPrompts(
  environment: Environment,
  paths: readonly string[],
  options: PromptOptions,
): Promise<PromptInput[]> {
  const inputs = await Promise.all(paths.map((path) => readOne(environment, path, options)));
  refuseUnknownVariables(paths.map(nameOf), inputs, Object.keys(options.var));
  for (const [index, input] of inputs.entries()) tellReport(environment, nameOf(paths[index]), input);
  return inputs;
}

const nameOf = (path: string): string => (path === '-' ? standardInput : path);

async function readOne(environment: Environment, path: string, options: PromptOptions): Promise<PromptInput> {
  const name = nameOf(path);
  const text = await readText(environment, path);
  if (isTable(path, options)) throw new ProblemError('tableGiven', [name]);
  const mode = options.raw ? 'raw' : options.chat ? 'chat' : 'auto';
  const format = formatNamed(options.format ?? '') ?? undefined;
  const { line, prompt, test } = options;
  const which = { line, prompt, test };
  const read = {
    file: name,
    path: resolve(path),
    mode,
    format,
    variables: options.var,
    ...(path === '-' ? {} : filesBeside(path)),
    continueLast: options.continue,
    ...which,
  } as const;
  const input = parsePrompt(text, read);
  return path === '-' ? { ...input, file: null } : input;
}

/** Whether the file is read as rows. */
export function isTable(path: string, { format, raw }: Pick<PromptOptions, 'format' | 'raw'>): boolean {
  return !raw && isTableName(format === undefined ? path : `.${format}`);
}

/**
 * Text of a file, or of standard input, without a byte order mark, which editors neither show nor count. Throws fileUnreadable,
 * fileNotText.
 */
export async function readText(environment: Environment, path: string): Promise<string> {
  return decode(await readBytes(environment, path), path === '-' ? standardInput : path);
}

async function readBytes(environment: Environment, path: string): Promise<Uint8Array> {
  if (path === '-') return environment.readStandardInput();
  try {
    return await environment.readFile(path);
  } catch (error) {
    throw new ProblemError('fileUnreadable', [path, systemReason(error)]);
  }
}

function decode(bytes: Uint8Array, name: string): string {
  try {
    const text = new TextDecoder(encodingOf(bytes), { fatal: true }).decode(bytes);
    // NUL is valid UTF-8 but appears in no text: it marks a binary file.
    if (!text.includes('\0')) return text;
  } catch {
    // The error is raised below, since the decoder says only that it failed.
  }
  throw new ProblemError('fileNotText', [name]);
}

/**
 * The encoding by the file's first bytes. The "Unicode text" of spreadsheets begins with the mark of UTF-16; everything else is read as
 * UTF-8.
 */
function encodingOf([first, second]: Uint8Array): string {
  if (first === 0xff && second === 0xfe) return 'utf-16le';
  return first === 0xfe && second === 0xff ? 'utf-16be' : 'utf-8';
}
