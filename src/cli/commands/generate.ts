/** `prompt-lens generate FILE`: the model's continuation, greedy or sampled; streamed for people. */
import type { Command } from 'commander';
import { type GenerateResult, generateFlags, type Steering } from '../../analysis/generate/contract';
import type { Given } from '../../analysis/options';
import type { PromptInput } from '../../protocol/model';
import { readable } from '../../protocol/pieces';
import { ProblemError } from '../../protocol/problem';
import { addContractOptions } from '../contractOptions';
import type { Sheet } from '../csv';
import type { Environment } from '../environment';
import { addCommonOptions, addPromptOptions, type CommonOptions } from '../options';
import { probeDirection } from '../probeDirection';
import { type Outcome, runOnPrompt, type Session } from '../runCommand';
import { count, harmless, type Paint, probabilityText, seconds, tableLines, visible } from '../terminalText';

type Options = CommonOptions & Given<ReturnType<typeof generateFlags>>;

export function addGenerate(program: Command, environment: Environment): void {
  const command = program
    .command('generate')
    .summary('continue the text')
    .description(
      "Continue the text, token by token. The reported probabilities are the model's own, before temperature and before tokens are excluded.",
    )
    .argument('[file]', 'a prompt file, or - for standard input');
  addContractOptions(command, generateFlags());
  addCommonOptions(addPromptOptions(command)).action(async (file: string | undefined, options: Options) => {
    const { name, world } = source(environment, file, options.text);
    return runOnPrompt(world, { name: 'generate', tensors: [] }, name, options, async (session, input) => {
      const steer = options.steer === undefined ? undefined : await steering(world, session, options.steer, options);
      return generate(session, input, { ...options, steer }, world);
    });
  });
}

/** The source of the prompt; a text given with the command replaces standard input. */
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

async function steering(
  environment: Environment,
  session: Session,
  path: string,
  { strength, steerLayer, steerControl }: Pick<Options, 'strength' | 'steerLayer' | 'steerControl'>,
): Promise<Steering> {
  const { layer, direction } = await probeDirection(environment, session, path, steerLayer ?? null);
  return { layer, direction: steerControl ? [...direction].reverse() : direction, strength };
}

async function generate(
  session: Session,
  input: PromptInput,
  options: Omit<Options, 'steer'> & { steer?: Steering },
  { output, errors }: Environment,
): Promise<Outcome> {
  const { engine, paint, stream } = session;
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
  let done = 0;
  const params = { prompt: input, options: settings };
  const { prompt, runMs, result } = await engine.request('generate', params, {
    onProgress: ({ delta }) => {
      done++;
      if (!stream) session.progress({ stage: 'running', done, total: maxTokens, unit: 'tokens' });
      if (delta === '' || !stream) return;
      streamed += delta.length;
      stream(shown(delta));
    },
  });
  const text = `${shown(result.text.slice(streamed))}\n`;
  if (stream && errors.isTerminal) {
    // The numbers follow the text wherever it is written, since they are for the person at the terminal.
    stream(text);
    errors.write(`${paint('dim', summary(result, runMs))}\n`);
    return { prompt, runMs, result, sheet: sheetOf(result), text: '' };
  }
  // A calling program gets the numbers too, since nothing is streamed to it.
  return {
    prompt,
    runMs,
    result,
    sheet: sheetOf(result),
    text: paint.compact ? `${text}\n${steps(result, paint)}` : text,
  };
}

function steps({ tokens }: GenerateResult, paint: Paint): string {
  const columns = ['step', 'token', 'probability', 'rank', 'entropy, nats'].map((title) => ({ title }));
  const rows = tokens.map((token, step) => [
    ...[String(step + 1), visible(readable(token)), probabilityText(Math.exp(token.logprob), paint)],
    ...[count(token.rank + 1), token.entropy.toFixed(2)],
  ]);
  return tableLines(columns, rows, paint);
}

function summary({ tokens, finish }: GenerateResult, runMs: number): string {
  const end = finish === 'stop' ? `ended by ${visible(readable(tokens[tokens.length - 1]))}` : 'ended at the limit';
  const mean = tokens.length > 0 ? `, ${seconds(runMs / tokens.length)} a token` : '';
  return `${count(tokens.length)} tokens, ${end}${mean}`;
}

function sheetOf({ tokens }: GenerateResult): Sheet {
  return {
    figure: { kind: 'bars', label: ['text'], value: 'logprob' },
    columns: ['stepFrom1', 'id', 'text', 'logprob', 'rankFrom1', 'entropy'],
    rows: tokens.map((token, step) => [
      ...[step + 1, token.id, readable(token), token.logprob, token.rank + 1, token.entropy],
    ]),
  };
}
