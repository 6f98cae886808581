/**
 * The outputs that a command would write, checked before anything runs: no output may replace an input, no two may go to one place, and
 * each place must be writable.
 */
import type { Command } from 'commander';
import { type Argument, clause } from '../protocol/clauses';
import { ProblemError } from '../protocol/problem';
import type { Environment } from './environment';
import { hasPicture } from './options';
import { standardInput } from './readPrompt';

/** The name of `-` where it is an output. */
export const standardOutput = 'standard output';

/** Options that name a file to write. Only `save` needs a file that can be written in any order. */
const outputOptions = ['csv', 'svg', 'html', 'run', 'save', 'output'] as const;
/** Options that name files to read. */
const inputOptions = ['model', 'from', 'probe', 'steer', 'axis', 'frozen', 'answers'] as const;

interface Named {
  /** The path as the user wrote it, or `-`. */
  path: string;
  /** The name used in a sentence. */
  name: Argument;
}

/** Whether a path is this process's own standard output, under any name. */
export function isStandardOutput(path: string): boolean {
  return path === '-' || /^\/dev\/(stdout|fd\/1)$|^\/proc\/self\/fd\/1$/.test(path);
}

/** The outputs that go to standard output instead of what the command prints. */
export function onStandardOutput(options: Record<string, unknown>): string[] {
  return outputOptions.flatMap((option) => {
    const path = options[option];
    return typeof path === 'string' && isStandardOutput(path) ? [flag(option)] : [];
  });
}

const flag = (option: string): string => `--${option}`;

/**
 * Throws `usage`, `outputIsInput`, `outputTwice`, or what `placeOf` throws. `command` has been parsed: its arguments are files, as all
 * commands' are, and its options name what is read and written.
 */
export async function checkOutputs(environment: Environment, command: Command): Promise<void> {
  const options = command.opts<Record<string, unknown>>();
  if (options.svg !== undefined && !hasPicture(command))
    throw new ProblemError('usage', [`"${command.name()}" has no picture that --svg could write.`]);
  const inputs = [...command.args, ...named(options, inputOptions)].map(
    (path): Named => ({ path, name: path === '-' ? standardInput : path }),
  );
  if (inputs.filter(({ path }) => path === '-').length > 1)
    throw new ProblemError('usage', ['Standard input can be read only once: "-" stands for two inputs.']);
  const streams = onStandardOutput(options);
  const [first, second] = [...streams, ...(options.json ? ['--json'] : [])];
  if (second !== undefined && streams.length > 0)
    throw new ProblemError('usage', [`${first} and ${second} would both write to standard output.`]);
  if (streams.includes('--save'))
    throw new ProblemError('usage', ['--save writes tensors, which standard output does not take: name a file.']);
  const outputs = named(options, outputOptions).filter((path) => !isStandardOutput(path));
  if (outputs.length === 0) return;
  await checkIdentities(environment, outputs, [...inputs, ...(await ownFiles(environment, command))]);
  for (const path of outputs) await environment.checkPlace(path);
}

function named(options: Record<string, unknown>, names: readonly string[]): string[] {
  return names.flatMap((name) => (typeof options[name] === 'string' ? [options[name]] : []));
}

/** The bundled models, and the bundled probe, which only training may write. */
async function ownFiles(environment: Environment, command: Command): Promise<Named[]> {
  const { models, probes } = await environment.bundledFiles();
  const kept = command.name() === 'train' ? models : [...models, ...probes];
  return kept.map((path) => ({ path, name: clause(probes.includes(path) ? 'theProbe' : 'theModel') }));
}

async function checkIdentities(environment: Environment, outputs: readonly string[], inputs: Named[]): Promise<void> {
  const known = new Map<string, Named>();
  for (const input of inputs) {
    const identity = await environment.identityOf(input.path);
    if (identity !== null && !known.has(identity)) known.set(identity, input);
  }
  const seen = new Map<string, string>();
  for (const path of outputs) {
    const identity = await environment.identityOf(path);
    if (identity === null) continue;
    const input = known.get(identity);
    if (input) throw new ProblemError('outputIsInput', [path, input.name]);
    const twin = seen.get(identity);
    if (twin !== undefined) throw new ProblemError('outputTwice', [twin, path]);
    seen.set(identity, path);
  }
}

/** Writes a file as a whole, or the stream that `path` stands for. Throws what `placeOf` throws, and `diskFull`. */
export async function writeOutput(environment: Environment, path: string, text: string): Promise<void> {
  if (isStandardOutput(path)) environment.output.write(text);
  else await environment.writeFile(path, text);
}
