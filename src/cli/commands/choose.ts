/** `prompt-lens choose FILE --choices A B …`: which of several answers the model would give. */
import type { Command } from 'commander';
import { type Choice, type ChooseResult, chooseFlags } from '../../analysis/choose/contract';
import type { Given } from '../../analysis/options';
import { readable } from '../../protocol/pieces';
import { ProblemError } from '../../protocol/problem';
import { addContractOptions } from '../contractOptions';
import type { Sheet } from '../csv';
import type { Environment } from '../environment';
import { addCommonOptions, addPromptOptions, type CommonOptions } from '../options';
import { runOnPrompt } from '../runCommand';
import { boundaryNote } from '../targetOptions';
import { bar, clipped, type Paint, probabilityText, tableLines, visible } from '../terminalText';

type Options = CommonOptions & Given<ReturnType<typeof chooseFlags>>;

export function addChoose(program: Command, environment: Environment): void {
  const command = program
    .command('choose')
    .summary('compare the probabilities of several answers')
    .description(
      'Score several answers, each as a whole text that follows the prompt. A leading space is part of an answer.',
    )
    .argument('<file>', 'a prompt file, or - for standard input');
  addContractOptions(command, chooseFlags());
  addCommonOptions(addPromptOptions(command)).action((file: string, options: Options) => {
    const { choices, threshold = null } = options;
    if (choices.includes('')) throw new ProblemError('usage', ['An answer of --choices is empty.']);
    return runOnPrompt(environment, { name: 'choose', tensors: [] }, file, options, async (session, input) => {
      const params = { prompt: input, choices, threshold };
      const answer = await session.engine.request('choose', params, { onProgress: session.progress });
      const { prompt, runMs, result } = answer;
      return { prompt, runMs, result, sheet: sheetOf(result), text: textOf(result, session.paint) };
    });
  });
}

function sheetOf({ choices }: ChooseResult): Sheet {
  return {
    figure: { kind: 'bars', label: ['text'], value: 'share' },
    columns: [
      ...['text', 'tokens', 'logprob', 'probability', 'share', 'exclusive'],
      ...['logprobPerToken', 'logprobPerByte', 'accepted'],
    ],
    rows: choices.map((choice) => [
      ...[choice.text, choice.tokens.length, choice.logprob, choice.probability, choice.share, choice.exclusive],
      ...[choice.logprobPerToken, choice.logprobPerByte, choice.accepted ?? null],
    ]),
  };
}

function textOf(result: ChooseResult, paint: Paint): string {
  const columns = [
    { title: '' },
    { title: 'answer' },
    { title: 'share', align: 'right' as const },
    { title: '' },
    { title: 'probability', align: 'right' as const },
    { title: 'log p', align: 'right' as const },
    { title: '/token', align: 'right' as const },
    { title: '/byte', align: 'right' as const },
    { title: 'tokens' },
  ];
  const ranked = [...result.choices].sort((a, b) => b.logprob - a.logprob);
  const rows = ranked.map((choice) => [
    mark(choice, paint),
    clipped(visible(choice.text), 40),
    probabilityText(choice.share, paint),
    paint('cyan', bar(choice.share, 20)),
    probabilityText(choice.probability, paint),
    choice.logprob.toFixed(3),
    choice.logprobPerToken.toFixed(3),
    choice.logprobPerByte.toFixed(3),
    clipped(choice.tokens.map((token) => visible(readable(token))).join('|'), 40),
  ]);
  return `${tableLines(columns, rows, paint)}${notes(result, paint)
    .map((note) => `${note}\n`)
    .join('')}`;
}

function mark({ accepted }: Choice, paint: Paint): string {
  if (accepted === undefined) return '';
  return accepted ? paint('green', '✓') : paint('dim', '·');
}

function notes({ boundary, choices, coverage, diverge, prefixes }: ChooseResult, paint: Paint): string[] {
  const before = boundary ? ' after the prompt without those' : '';
  const lines = [
    ...(boundary ? [boundaryNote(boundary, 'the answers', paint)] : []),
    paint('dim', `  together they hold ${probabilityText(coverage, paint)} of what the model expects${before}`),
  ];
  if (choices.length === 1)
    lines.push(paint('yellow', '  one answer alone has a share of 100 %: its probability tells more'));
  if (diverge) {
    const tokens = choices.map((choice) => visible(readable(choice.tokens[diverge.position])));
    lines.push(paint('dim', `  they part at their token ${diverge.position + 1}: ${[...new Set(tokens)].join(' | ')}`));
  }
  const named = (index: number) => `"${visible(choices[index].text)}"`;
  // Equal answers would otherwise give the same line twice.
  const overlaps = new Set(
    prefixes.map(([a, b]) =>
      choices[a].tokens.length === choices[b].tokens.length
        ? `  ${named(a)} is listed more than once: it counts once in what they hold together`
        : `  ${named(a)} begins ${named(b)}: ${containing(choices[a], paint)}`,
    ),
  );
  return [...lines, ...[...overlaps].map((line) => paint('yellow', line))];
}

function containing({ exclusive }: Choice, paint: Paint): string {
  return `its probability contains the longer one's, ${probabilityText(exclusive, paint)} are its own`;
}
