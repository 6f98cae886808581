/** `prompt-lens repeat FILE`: whether the likeliest continuation is the same when it is computed again, and in other ways. */
import type { Command } from 'commander';
import type { Given } from '../../analysis/options';
import {
  type RepeatResult,
  type RepeatStep,
  type RepeatWay,
  type RepeatWayName,
  repeatFlags,
} from '../../analysis/repeat/contract';
import { joined, readable } from '../../protocol/pieces';
import { addContractOptions } from '../contractOptions';
import type { Sheet } from '../csv';
import type { Environment } from '../environment';
import { addCommonOptions, addPromptOptions, type CommonOptions } from '../options';
import { runOnPrompt } from '../runCommand';
import { count, harmless, type Paint, tableLines, visible } from '../terminalText';

type Options = CommonOptions & Given<ReturnType<typeof repeatFlags>>;

const fields = `
Under --json the result is
  ways     [{name, runs, logits, logprob, at, firstDifference, instead, itself}]: the largest differences from the first run;
           firstDifference = the first step, from 0, whose likeliest token is another, else null
  steps    [{position, id, text, gap, second, fragile}]: gap = log p of the token less that of the next likeliest;
           fragile = gap below twice the largest logit difference of all ways
  logits, logprob  the largest over the ways; parts {step, tokens} or null; text; finish`;

export function addRepeat(program: Command, environment: Environment): void {
  const command = program
    .command('repeat')
    .summary('check whether the model says the same twice')
    .description(
      'Compute the likeliest continuation again (without stored values, after an edit, beside seven copies), and compare every logit with the first run.',
    )
    .argument('<file>', 'a prompt file, or - for standard input')
    .addHelpText('after', fields);
  addContractOptions(command, repeatFlags());
  addCommonOptions(addPromptOptions(command)).action((file: string, options: Options) =>
    runOnPrompt(environment, { name: 'repeat', tensors: [] }, file, options, async (session, input) => {
      const { maxTokens, runs } = options;
      const params = { prompt: input, maxTokens, runs };
      const { prompt, runMs, result } = await session.engine.request('repeat', params, {
        onProgress: session.progress,
      });
      return { prompt, runMs, result, sheet: sheetOf(result), text: textOf(result, session.paint) };
    }),
  );
}

/** The sheet holds the steps; `--json` also has the ways. */
function sheetOf({ steps, logits }: RepeatResult): Sheet {
  const note = `lead over the next likeliest token, in nats; below ${short(2 * logits)} it could turn over`;
  return {
    figure: { kind: 'bars', label: ['text'], value: 'gap', note },
    columns: ['stepFrom1', 'positionFrom1', 'id', 'text', 'gap', 'secondId', 'secondText', 'fragile'],
    rows: steps.map(({ position, gap, second, fragile, ...token }, step) => [
      ...[step + 1, position + 1, token.id, readable(token), gap],
      ...[second.id, readable(second), fragile],
    ]),
  };
}

const names: Record<RepeatWayName, string> = {
  again: 'again',
  withoutCache: 'without stored values',
  afterEdit: 'after an edit',
  batch: 'beside seven copies',
};

function textOf(result: RepeatResult, paint: Paint): string {
  const columns = [
    { title: 'computed' },
    { title: 'times', align: 'right' as const },
    { title: 'largest logit difference', align: 'right' as const },
    { title: 'text' },
  ];
  const rows = result.ways.map((way) => [names[way.name], count(way.runs), short(way.logits), wordsOf(way)]);
  const answer = paint('bold', answerOf(result));
  return `${answer}\n${reachOf(result)}\n\n${marked(result, paint)}\n\n${tableLines(columns, rows, paint)}`;
}

function answerOf({ ways, steps, parts }: RepeatResult): string {
  if (!parts) return `Yes: the same ${tokens(steps.length)} in ${count(ways.length)} ways of computing.`;
  const parted = ways.filter(({ firstDifference }) => firstDifference === parts.step).map(({ name }) => names[name]);
  return `No: when computed ${parted.join(' and ')}, it differs from step ${parts.step + 1} of ${count(steps.length)} on.`;
}

function reachOf({ logits, steps }: RepeatResult): string {
  if (logits === 0) return 'Every logit is the same to the last bit.';
  const fragile = steps.filter((step) => step.fragile).length;
  const close = `${count(fragile)} of ${count(steps.length)} steps ${fragile === 1 ? 'is' : 'are'} that close`;
  return `A logit moves by ${short(logits)} at most, so a lead below ${short(2 * logits)} could turn over: ${close}.`;
}

/** The continuation, with `[token|next likeliest]` where the lead is fragile. */
function marked({ steps, finish, text: whole }: RepeatResult, paint: Paint): string {
  const said = finish === 'stop' ? steps.slice(0, -1) : steps;
  // Tokens that are pieces of one character form a text only together.
  const text = said.some((step) => step.fragile)
    ? said.map((step) => (step.fragile ? fragile(step, paint) : harmless(readable(step)))).join('')
    : harmless(whole);
  const end = steps.at(-1);
  if (finish === 'length' || !end) return text;
  return `${text}${end.fragile ? fragile(end, paint) : paint('dim', visible(readable(end)))}`;
}

const fragile = (step: RepeatStep, paint: Paint): string =>
  paint('yellow', `[${visible(readable(step))}|${visible(readable(step.second))}]`);

function wordsOf({ firstDifference, instead }: RepeatWay): string {
  if (firstDifference === null) return 'the same';
  return `differs from step ${firstDifference + 1} on: ${visible(joined(instead))}`;
}

const short = (value: number): string => (value === 0 ? '0' : String(Number(value.toPrecision(2))));

const tokens = (n: number): string => (n === 1 ? '1 token' : `${count(n)} tokens`);
