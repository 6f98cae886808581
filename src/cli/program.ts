/**
 * The command line as a function: it takes arguments and an environment and returns the exit status. 0 = done, 1 = the analysis failed, 2 =
 * wrong usage. An error is one line on standard error that names the file, the cause and the remedy.
 */
import { Command, CommanderError } from 'commander';
import { ProblemError } from '../protocol/problem';
import { entryOf } from '../protocol/problemCatalogue';
import { commands } from './commands';
import type { Environment } from './environment';
import { checkOutputs } from './outputs';
import { readText, standardInput } from './readPrompt';
import { asSentence } from './terminalText';

export type ExitStatus = 0 | 1 | 2;

/** `words`: what the user typed after the program's name. Never throws. */
export async function runCommandLine(words: readonly string[], environment: Environment): Promise<ExitStatus> {
  let file: string | null = null;
  const program = buildProgram(environment);
  program.hook('preAction', async (_, command) => {
    file = command.args[0] ?? null;
    await checkOutputs(environment, command);
  });
  try {
    await program.parseAsync([...words], { from: 'user' });
    return 0;
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) return 0;
    const { status, line, details } = explain(error, (await placeOf(error, environment)) ?? file);
    environment.errors.write(`prompt-lens: ${line}\n`);
    if (details && words.includes('--verbose')) environment.errors.write(`${details}\n`);
    return status;
  }
}

/** Defines every command without running one. */
export function buildProgram(environment: Environment): Command {
  const program = new Command('prompt-lens')
    .description('Look inside a small language model, on your own text.')
    .version(environment.version)
    .exitOverride()
    .configureOutput({
      writeOut: (text) => environment.output.write(text),
      // runCommandLine writes each error once; the only other text is the help that is shown when no command is given.
      writeErr: () => {},
      getOutHelpWidth: () => environment.output.columns,
    });
  for (const add of Object.values(commands)) add(program, environment);
  return program;
}

/** The line on standard error for a problem, for failures outside a command. */
export function explained(error: unknown): string {
  return `prompt-lens: ${explain(error, null).line}`;
}

/** `file`: what the line begins with, unless the sentences name it. */
function explain(error: unknown, file: string | null): { status: ExitStatus; line: string; details?: string } {
  if (error instanceof CommanderError) return { status: 2, line: usageLine(error) };
  const { problem, stack } = ProblemError.wrap(error);
  const sentence = oneLine(`${problem.message} ${problem.remedy}`);
  const name = file === '-' ? standardInput : file;
  const { kind, elsewhere } = entryOf(problem.code);
  const named = name === null || elsewhere || sentence.includes(name) ? sentence : `${name}: ${sentence}`;
  const status = kind === 'usage' ? 2 : 1;
  return { status, line: named, details: problem.detail ?? stack };
}

/** FILE:LINE:COLUMN, as editors and terminals read it; null where the problem has no place, and where the file cannot be read again. */
async function placeOf(error: unknown, environment: Environment): Promise<string | null> {
  const { place } = ProblemError.wrap(error).problem;
  if (!place?.file) return null;
  const text = await readText(environment, place.file).catch(() => null);
  if (text === null) return null;
  const lines = text.slice(0, place.range[0]).split(/\r\n|\r|\n/);
  return `${place.file}:${lines.length}:${(lines.at(-1) ?? '').length + 1}`;
}

function usageLine(error: CommanderError): string {
  // Without a command, commander would print the whole help and no cause.
  if (error.code === 'commander.help') return 'No command was given. See prompt-lens --help.';
  return `${asSentence(oneLine(error.message.replace(/^error: /, '')))} See prompt-lens --help.`;
}

function oneLine(text: string): string {
  return text.replace(/\s*\n\s*/g, ' ').trim();
}
