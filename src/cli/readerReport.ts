/** What the readers of prompt files report, on the command line: notes on standard error, and values for variables that no file has. */
import { wordsOf } from '../protocol/clauses';
import type { PromptInput } from '../protocol/model';
import { ProblemError } from '../protocol/problem';
import type { Environment } from './environment';
import { asSentence, compactPaint, harmless, painter } from './terminalText';

/** `given`: the names that the command line gives values for. Throws noVariables or unknownVariable. */
export function refuseUnknownVariables(
  files: readonly string[],
  inputs: readonly PromptInput[],
  given: readonly string[],
): void {
  const known = new Set(inputs.flatMap(({ variables = [] }) => variables.map(({ name }) => name)));
  const unknown = given.filter((name) => !known.has(name));
  if (unknown.length === 0 || inputs.length === 0) return;
  const [read, named] = [files, unknown].map((all) => all.join(', '));
  if (known.size === 0) throw new ProblemError('noVariables', [read, named]);
  throw new ProblemError('unknownVariable', [read, named, [...known].join(', ')]);
}

/** Writes a line for each note of the reader, and one for the variables that have no value. */
export function tellReport(environment: Environment, file: string, { notes = [], variables = [] }: PromptInput): void {
  const paint = environment.take ? compactPaint : painter(environment.colour);
  const empty = variables.filter(({ value }) => value === null).map(({ name }) => name);
  const lines = notes.map((note) => asSentence(wordsOf(note)));
  if (empty.length > 0) {
    const how = `${paint('flag', '--var')} ${empty[0]}=…`;
    lines.push(`No value for ${empty.join(', ')}. Give one with ${how}.`);
  }
  for (const line of lines.map((each) => `${file}: ${each}`.replace(/\s*\n\s*/g, ' ')))
    environment.errors.write(`${paint('dim', harmless(line))}\n`);
}
