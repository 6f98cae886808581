/** Options that every command has, and how values are read. A value that makes no sense is wrong usage: exit status 2. */
import { type Command, InvalidArgumentError, Option } from 'commander';
import { formatEndings } from '../document/promptKind';
import type { EngineOptions, Precision, ProviderRequest } from '../protocol/model';
import type { PromptOptions } from './readPrompt';

export interface CommonOptions extends PromptOptions {
  model?: string;
  provider: ProviderRequest;
  precision: Precision;
  threads: number;
  json?: boolean;
  save?: string;
  csv?: string;
  svg?: string;
  html?: string;
  verbose?: boolean;
}

const providers: ProviderRequest[] = ['auto', 'cuda', 'webgpu', 'dml', 'coreml', 'cpu'];
const precisions: Precision[] = ['exact', 'fast'];

/** Commands whose numbers have no picture. */
const pictureless = new WeakSet<Command>();

/** Whether `--svg` would have something to draw. */
export const hasPicture = (command: Command): boolean => !pictureless.has(command);

export function addCommonOptions(command: Command, { picture = true } = {}): Command {
  if (!picture) pictureless.add(command);
  return command
    .option('--model <path|name>', 'a GGUF file, or a name of the models that come along (default: the bundled model)')
    .addOption(new Option('--provider <name>', 'what computes').choices(providers).default('auto'))
    .addOption(
      new Option('--precision <form>', 'reproducible numbers, or int8 speed').choices(precisions).default('exact'),
    )
    .option('--threads <n>', 'processor threads, 0 = one per core', integer(0, 1024), 0)
    .option('--json', 'print the whole report as JSON')
    .option('--save <file.safetensors>', 'write the raw tensors that the command computed')
    .option('--csv <file>', 'write the numbers as a table; - = standard output, for --svg and --html too')
    .option('--svg <file>', 'write their picture')
    .option('--html <file>', 'write one self-contained page with both')
    .option('--verbose', "show the engine's log, and details of an error");
}

export function addPromptOptions(command: Command): Command {
  return command
    .addOption(
      new Option('--format <ending>', 'read the file as if its name ended so, whatever it is called')
        .choices([...formatEndings, 'csv'])
        .conflicts('raw'),
    )
    .addOption(new Option('--raw', 'take the file as plain text, whatever its type').conflicts('chat'))
    .option('--chat', 'wrap a plain text as one message of the user')
    .option('--continue', "leave the assistant's last message open: what follows goes on from its end")
    .option('--var <name=value>', "a value for one of the prompt's variables (repeat for more)", variable, {});
}

export function engineOptions(options: CommonOptions): EngineOptions {
  const { model, provider, precision, threads } = options;
  return { model: model ?? null, provider, precision, threads, cache: null };
}

/** Whole numbers from `least` to `most`. */
export function integer(least: number, most: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (!/^\d+$/.test(text) || value < least || value > most) {
      throw new InvalidArgumentError(`It must be a whole number from ${least} to ${most}.`);
    }
    return value;
  };
}

/** Numbers from `least` to `most`, the bounds included unless said otherwise. */
export function number(least: number, most: number, { above = false } = {}): (text: string) => number {
  return (text) => {
    const value = Number(text);
    const within = text.trim() !== '' && value >= least && value <= most && !(above && value === least);
    if (!within)
      throw new InvalidArgumentError(`It must be a number ${above ? 'above' : 'from'} ${least} up to ${most}.`);
    return value;
  };
}

function variable(text: string, known: Record<string, string>): Record<string, string> {
  const sign = text.indexOf('=');
  if (sign < 1) throw new InvalidArgumentError('It must be name=value.');
  return { ...known, [text.slice(0, sign)]: text.slice(sign + 1) };
}
