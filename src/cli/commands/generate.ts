/** `prompt-lens generate FILE`: the model's continuation, greedy or sampled; streamed for people. */
import { type Command, InvalidArgumentError } from 'commander';
import type { GenerateOptions, GenerateResult, Steering } from '../../analysis/generate/contract';
import { ProblemError } from '../../protocol/problem';
import type { Sheet } from '../csv';
import type { Environment } from '../environment';
import { addCommonOptions, addPromptOptions, type CommonOptions, integer, number } from '../options';
import { probeDirection } from '../probeDirection';
import { type Outcome, type PromptSession, runOnPrompt } from '../runCommand';
import { count, harmless, seconds, visible } from '../terminalText';
import { mostCandidates } from './probabilities';

type Options = CommonOptions &
  Omit<GenerateOptions, 'prefix' | 'steer'> & {
    text?: string;
    steer?: string;
    steerLayer?: number;
    steerControl?: boolean;
    strength: number;
  };

export function addGenerate(program: Command, environment: Environment): void {
  const command = program
    .command('generate')
    .summary('continue the text')
    .description('Continue the text, token by token. Probabilities are reported before temperature and cuts.')
    .argument('[file]', 'a prompt file, or - for standard input')
    .option('--text <text>', 'this text in place of a file')
    .option('--max-tokens <n>', 'stop after so many tokens', integer(1, 1_000_000), 64)
    .option('--temperature <t>', '0 = always the likeliest token', number(0, 100), 0)
    .option('--top-k <k>', 'draw from the k likeliest, 0 = from all', integer(0, Number.MAX_SAFE_INTEGER), 0)
    .option('--top-p <p>', 'draw from the likeliest that hold this much probability', number(0, 1, { above: true }), 1)
    .option('--min-p <p>', "draw from those with this share of the likeliest's probability", number(0, 1), 0)
    .option('--repetition-penalty <r>', 'above 1 = avoid tokens seen before', number(0.01, 100), 1)
    .option('--seed <n>', 'the same seed draws the same text', integer(0, Number.MAX_SAFE_INTEGER), 0)
    .option('--steer <probe.json>', 'push each step along the direction of a probe ("probe train -o", or truth)')
    .option('--steer-layer <l>', 'where it is pushed (default: where the probe reads best)', integer(0, 10_000))
    .option('--steer-control', 'push as far along its numbers in reverse order, which mean nothing')
    .option('--strength <s>', 'how far, in lengths of the state itself; below 0 = the other way', signed, 0.5)
    .option('--top <k>', 'candidates reported for each token', integer(1, mostCandidates), 10);
  addCommonOptions(addPromptOptions(command)).action(async (file: string | undefined, options: Options) => {
    const { name, world } = source(environment, file, options.text);
    return runOnPrompt(world, { name: 'generate', tensors: [] }, name, options, async (session) => {
      const steer = options.steer === undefined ? undefined : await steering(world, session, options.steer, options);
      return generate(session, { ...options, steer }, world);
    });
  });
}

/** A text given with the command stands in for standard input. */
function source(
  environment: Environment,
  file: string | undefined,
  text: string | undefined,
): { name: string; world: Environment } {
  if ((file === undefined) === (text === undefined))
    throw new ProblemError('usage', ['Give either a file or --text, and not both.']);
  if (text === undefined) return { name: file ?? '-', world: environment };
  return { name: '-', world: { ...environment, readStandardInput: async () => new TextEncoder().encode(text) } };
}

function signed(text: string): number {
  const value = Number(text);
  if (text.trim() === '' || !(Math.abs(value) <= 100))
    throw new InvalidArgumentError('It must be a number from -100 to 100.');
  return value;
}

async function steering(
  environment: Environment,
  session: PromptSession,
  path: string,
  { strength, steerLayer, steerControl }: Pick<Options, 'strength' | 'steerLayer' | 'steerControl'>,
): Promise<Steering> {
  const { layer, direction } = await probeDirection(environment, session, path, steerLayer ?? null);
  return { layer, direction: steerControl ? [...direction].reverse() : direction, strength };
}

async function generate(
  session: PromptSession,
  options: Omit<Options, 'steer'> & { steer?: Steering },
  { output, errors }: Environment,
): Promise<Outcome> {
  const { engine, input, paint, stream } = session;
  const shown = (text: string) => (output.isTerminal ? harmless(text) : text);
  const { maxTokens, temperature, topK, topP, minP, repetitionPenalty, seed, top, steer } = options;
  const settings = {
    maxTokens,
    temperature,
    topK,
    topP,
    minP,
    repetitionPenalty,
    seed,
    top,
    prefix: [],
    ...(steer ? { steer } : {}),
  };
  let streamed = 0;
  const params = { prompt: input, options: settings };
  const { prompt, runMs, result } = await engine.request('generate', params, {
    onProgress: ({ delta }) => {
      streamed += delta.length;
      if (delta !== '') stream?.(shown(delta));
    },
  });
  const text = `${shown(result.text.slice(streamed))}\n`;
  if (stream && errors.isTerminal) {
    // After the text, wherever that went: the numbers belong to the person at the terminal.
    stream(text);
    errors.write(`${paint('dim', summary(result, runMs))}\n`);
    return { prompt, runMs, result, sheet: sheetOf(result), text: '' };
  }
  return { prompt, runMs, result, sheet: sheetOf(result), text };
}

function summary({ tokens, finish }: GenerateResult, runMs: number): string {
  const end = finish === 'stop' ? `ended by ${visible(tokens[tokens.length - 1].text)}` : 'ended at the limit';
  const mean = tokens.length > 0 ? `, ${seconds(runMs / tokens.length)} a token` : '';
  return `${count(tokens.length)} tokens, ${end}${mean}`;
}

function sheetOf({ tokens }: GenerateResult): Sheet {
  return {
    figure: { kind: 'bars', label: ['text'], value: 'logprob' },
    columns: ['stepFrom1', 'id', 'text', 'logprob', 'rankFrom1', 'entropy'],
    rows: tokens.map(({ id, text, logprob, rank, entropy }, step) => [step + 1, id, text, logprob, rank + 1, entropy]),
  };
}
