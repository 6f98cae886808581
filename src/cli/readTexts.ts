/** File arguments → texts whose states are read: a prompt as a whole, the lines of a list, the rows of a CSV. */
import { inTemplate, lines, parseTable, tableTexts } from '../document/table';
import type { SourceText } from '../protocol/insides';
import type { Environment } from './environment';
import { type PromptOptions, readPrompt, readText } from './readPrompt';

export interface TextOptions extends PromptOptions {
  /** Each line of a plain file is a text of its own. */
  lines?: boolean;
  template?: string;
}

/** At least one text. Throws what reading a prompt or a table throws. */
export async function readTexts(
  environment: Environment,
  files: readonly string[],
  options: TextOptions,
): Promise<SourceText[]> {
  const all = await Promise.all(files.map((file) => textsOf(environment, file, options)));
  return all.flat();
}

async function textsOf(environment: Environment, file: string, options: TextOptions): Promise<SourceText[]> {
  const listed = async () => {
    const text = await readText(environment, file);
    if (/\.csv$/i.test(file)) return tableTexts(parseTable(text, file));
    return lines(text).map((line) => ({ text: line.text, group: null }));
  };
  const isList = /\.csv$/i.test(file) || options.lines || options.template !== undefined;
  if (!isList) return [{ input: await readPrompt(environment, file, options), name: file, group: null }];
  return (await listed()).map(({ text, group }) => ({
    input: { ...inTemplate(text, options.template ?? null), file },
    name: file,
    group,
  }));
}
