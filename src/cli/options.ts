/** Options that every command has, and how their values are read. An invalid value is wrong usage: exit status 2. */
import { type Command, InvalidArgumentError, Option } from 'commander';
import type { Given } from '../analysis/options';
import { engineFlags } from '../analysis/shared/contract';
import { formatEndings } from '../document/formats';
import type { EngineOptions } from '../protocol/model';
import { addContractOptions } from './contractOptions';
import type { PromptOptions } from './readPrompt';

export interface CommonOptions extends PromptOptions, Given<ReturnType<typeof engineFlags>> {
  json?: boolean;
  save?: string;
  csv?: string;
  excel?: boolean;
  run?: string;
  svg?: string;
  html?: string;
  verbose?: boolean;
}

/** Commands that analyse something; they are also an assistant's tools. */
const analyses = new WeakSet<Command>();

export const isAnalysis = (command: Command): boolean => analyses.has(command);

/** Commands whose numbers have no picture. */
const pictureless = new WeakSet<Command>();

/** Whether `--svg` has something to draw. */
export const hasPicture = (command: Command): boolean => !pictureless.has(command);

export function addCommonOptions(command: Command, { picture = true } = {}): Command {
  if (!picture) pictureless.add(command);
  analyses.add(command);
  return addContractOptions(command, engineFlags())
    .option('--json', 'print the whole report as JSON')
    .option('--save <file.safetensors>', 'write the raw tensors that the command computed (safetensors)')
    .option('--csv <file>', 'write the numbers as a CSV table; - = standard output, for --svg and --html too')
    .option('--excel', 'begin the CSV table with the mark by which Excel reads it as UTF-8')
    .option('--svg <file>', 'write the picture of the numbers as SVG')
    .option('--html <file>', 'write one self-contained HTML page with the table and the picture')
    .option('--run <file.lens.json>', 'save the run, to be opened in the panel without the model')
    .option('--verbose', "show the engine's log and the details of an error");
}

export function addPromptOptions(command: Command): Command {
  return command
    .addOption(
      new Option('--format <ending>', 'read the file as this type, whatever its name ends in')
        .choices([...formatEndings, 'csv'])
        .conflicts('raw'),
    )
    .addOption(new Option('--raw', 'read the file as plain text, whatever its type').conflicts('chat'))
    .option('--chat', 'wrap a plain text as one user message')
    .option('--continue', "leave the assistant's last message open, so that the model continues it")
    .option('--line <number>', 'the line to read of a file whose lines are prompts (default: the first)', fromOne)
    .option(
      '--prompt <place>',
      'the prompt to read of a file that holds several, 2.1 in a list within a list (default: the first)',
      numbers,
    )
    .option(
      '--test <number>',
      'the set of values to fill in of a file that holds several (default: the first)',
      fromOne,
    )
    .option('--var <name=value>', "set one of the prompt's variables (repeat for more)", variable, {});
}

export function engineOptions(options: CommonOptions): EngineOptions {
  const { model, provider, precision, threads } = options;
  return { model: model ?? null, provider, precision, threads, cache: null };
}

function fromOne(text: string): number {
  if (!/^[1-9]\d{0,8}$/.test(text)) throw new InvalidArgumentError('It must be a whole number from 1.');
  return Number(text);
}

function numbers(text: string): number[] {
  if (!/^[1-9]\d{0,8}(?:\.[1-9]\d{0,8})*$/.test(text))
    throw new InvalidArgumentError('It must be a whole number from 1, or several with points between them.');
  return text.split('.').map(Number);
}

function variable(text: string, known: Record<string, string>): Record<string, string> {
  const sign = text.indexOf('=');
  if (sign < 1) throw new InvalidArgumentError('It must be name=value.');
  return { ...known, [text.slice(0, sign)]: text.slice(sign + 1) };
}
