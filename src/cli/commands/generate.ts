/** `prompt-lens generate FILE`: the model's continuation, greedy or sampled; streamed for people. */
import type { Command } from 'commander';
import type { GenerateOptions, GenerateResult } from '../../protocol/results';
import type { Sheet } from '../csv';
import type { Environment } from '../environment';
import { addCommonOptions, addPromptOptions, type CommonOptions, integer, number } from '../options';
import { type Outcome, type PromptSession, runOnPrompt } from '../runCommand';
import { count, harmless, seconds, visible } from '../terminalText';
import { mostCandidates } from './probabilities';

type Options = CommonOptions & Omit<GenerateOptions, 'prefix'>;

export function addGenerate(program: Command, environment: Environment): void {
  const command = program
    .command('generate')
    .summary('continue the text')
    .description('Continue the text, token by token. Probabilities are reported before temperature and cuts.')
    .argument('<file>', 'a prompt file, or - for standard input')
    .option('--max-tokens <n>', 'stop after so many tokens', integer(1, 1_000_000), 64)
    .option('--temperature <t>', '0 = always the likeliest token', number(0, 100), 0)
    .option('--top-k <k>', 'draw from the k likeliest, 0 = from all', integer(0, Number.MAX_SAFE_INTEGER), 0)
    .option('--top-p <p>', 'draw from the likeliest that hold this much probability', number(0, 1, { above: true }), 1)
    .option('--min-p <p>', "draw from those with this share of the likeliest's probability", number(0, 1), 0)
    .option('--repetition-penalty <r>', 'above 1 = avoid tokens seen before', number(0.01, 100), 1)
    .option('--seed <n>', 'the same seed draws the same text', integer(0, Number.MAX_SAFE_INTEGER), 0)
    .option('--top <k>', 'candidates reported for each token', integer(1, mostCandidates), 10);
  addCommonOptions(addPromptOptions(command)).action((file: string, options: Options) =>
    runOnPrompt(environment, { name: 'generate', tensors: [] }, file, options, (session) =>
      generate(session, options, environment),
    ),
  );
}

async function generate(session: PromptSession, options: Options, { output, errors }: Environment): Promise<Outcome> {
  const { engine, input, paint, stream } = session;
  const shown = (text: string) => (output.isTerminal ? harmless(text) : text);
  const { maxTokens, temperature, topK, topP, minP, repetitionPenalty, seed, top } = options;
  const settings = { maxTokens, temperature, topK, topP, minP, repetitionPenalty, seed, top, prefix: [] };
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
    columns: ['step', 'id', 'text', 'logprob', 'rank', 'entropy'],
    rows: tokens.map(({ id, text, logprob, rank, entropy }, step) => [step, id, text, logprob, rank, entropy]),
  };
}
