/** Reads file arguments as texts whose states are read: a prompt as a whole, the lines of a list, the rows of a CSV. */

import type { SourceText } from '../analysis/embeddings/contract';
import { inTemplate, lines, tableTexts } from '../document/table';
import { ProblemError } from '../protocol/problem';
import type { Environment } from './environment';
import { isTable, type PromptOptions, readPrompts, readText } from './readPrompt';
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
  const prompts = files.filter((file) => !isList(file, options));
  const read = await readPrompts(environment, prompts, options);
  const all = files.map(async (file): Promise<SourceText[]> => {
    if (isList(file, options)) return listedTexts(environment, file, options);
    return [{ input: read[prompts.indexOf(file)], name: file, group: null }];
  });
  return (await Promise.all(all)).flat();
}

/** Whether the file holds several texts: rows of a table, or lines. */
const isList = (file: string, options: TextOptions): boolean =>
  isTable(file, options) || options.lines === true || options.template !== undefined;

async function listedTexts(environment: Environment, file: string, options: TextOptions): Promise<SourceText[]> {
  refusePromptOptions(options);
  const hasRows = isTable(file, options) && !options.lines;
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
    '--line': options.line !== undefined,
    '--prompt': options.prompt !== undefined,
    '--test': options.test !== undefined,
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
