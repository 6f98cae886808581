/** Reads file arguments as texts whose states are read: a prompt as a whole, the lines of a list, the rows of a CSV. */

import type { SourceText } from '../analysis/embeddings/contract';
import { inTemplate, lines, tableTexts } from '../document/table';
import { ProblemError } from '../protocol/problem';
import type { Environment } from './environment';
import { isTable, type PromptOptions, readPrompt, readText } from './readPrompt';
import { readTable, type TableOptions, tellReading } from './tables';

export interface TextOptions extends PromptOptions, TableOptions {
  /** Each line of a plain file is a separate text. */
  lines?: boolean;
  template?: string;
}

/** Returns at least one text. Throws what reading a prompt or a table throws. */
export async function readTexts(
  environment: Environment,
  files: readonly string[],
  options: TextOptions,
): Promise<SourceText[]> {
  const all = await Promise.all(files.map((file) => textsOf(environment, file, options)));
  return all.flat();
}

async function textsOf(environment: Environment, file: string, options: TextOptions): Promise<SourceText[]> {
  const hasRows = isTable(file, options) && !options.lines;
  const isList = hasRows || options.lines || options.template !== undefined;
  if (!isList) return [{ input: await readPrompt(environment, file, options), name: file, group: null }];
  refusePromptOptions(options);
  const listed = hasRows ? await rowsOf(environment, file, options) : await linesOf(environment, file);
  return listed.map(({ text, group }) => ({
    input: { ...inTemplate(text, options.template ?? null), file },
    name: file,
    group,
  }));
}

/** Refuses prompt options for lines and rows, which have no messages and no variables. Throws `usage`. */
export function refusePromptOptions(options: PromptOptions): void {
  const named = {
    '--chat': options.chat,
    '--continue': options.continue,
    '--var': Object.keys(options.var).length > 0,
  };
  for (const [option, given] of Object.entries(named))
    if (given) throw new ProblemError('usage', [`${option} is for prompt files, not for lists and tables.`]);
}

async function rowsOf(environment: Environment, file: string, options: TableOptions) {
  const { table } = await readTable(environment, file, options);
  const { texts, reading } = tableTexts(table, file);
  tellReading(environment, file, reading);
  return texts;
}

async function linesOf(environment: Environment, file: string) {
  return lines(await readText(environment, file)).map(({ text }) => ({ text, group: null }));
}
