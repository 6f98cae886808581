/** `prompt-lens choose FILE --choices A B …`: which of several answers the model would give. */
import type { Command } from 'commander';
import { ProblemError } from '../../protocol/problem';
import type { Choice, ChooseResult } from '../../protocol/results';
import type { Sheet } from '../csv';
import type { Environment } from '../environment';
import { addCommonOptions, addPromptOptions, type CommonOptions, number } from '../options';
import { runOnPrompt } from '../runCommand';
import { bar, clipped, type Paint, percent, tableLines, visible } from '../terminalText';

type Options = CommonOptions & { choices: string[]; threshold?: number };

export function addChoose(program: Command, environment: Environment): void {
  const command = program
    .command('choose')
    .summary('which of several answers it would give')
    .description('Score several answers as whole texts that follow the prompt. A leading space is part of an answer.')
    .argument('<file>', 'a prompt file, or - for standard input')
    .requiredOption('--choices <answer...>', 'the answers')
    .option('--threshold <share>', 'mark the answers that have at least this share', number(0, 1));
  addCommonOptions(addPromptOptions(command)).action((file: string, options: Options) => {
    const { choices, threshold = null } = options;
    if (choices.includes('')) throw new ProblemError('usage', ['An answer of --choices is empty.']);
    return runOnPrompt(environment, { name: 'choose', tensors: [] }, file, options, async (session) => {
      const params = { prompt: session.input, choices, threshold };
      const answer = await session.engine.request('choose', params, { onProgress: session.progress });
      const { prompt, runMs, result } = answer;
      return { prompt, runMs, result, sheet: sheetOf(result), text: textOf(result, session.paint) };
    });
  });
}

function sheetOf({ choices }: ChooseResult): Sheet {
  return {
    figure: { kind: 'bars', label: ['text'], value: 'share' },
    columns: ['text', 'tokens', 'logprob', 'probability', 'share', 'accepted'],
    rows: choices.map(({ text, tokens, logprob, probability, share, accepted }) => [
      text,
      tokens.length,
      logprob,
      probability,
      share,
      accepted ?? null,
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
    { title: 'tokens' },
  ];
  const ranked = [...result.choices].sort((a, b) => b.logprob - a.logprob);
  const rows = ranked.map((choice) => [
    mark(choice, paint),
    clipped(visible(choice.text), 40),
    percent(choice.share),
    paint('cyan', bar(choice.share, 20)),
    percent(choice.probability),
    choice.logprob.toFixed(3),
    clipped(choice.tokens.map((token) => visible(token.text)).join('|'), 40),
  ]);
  return `${tableLines(columns, rows, paint)}${notes(result, paint)
    .map((note) => `${note}\n`)
    .join('')}`;
}

function mark({ accepted }: Choice, paint: Paint): string {
  if (accepted === undefined) return '';
  return accepted ? paint('green', '✓') : paint('dim', '·');
}

function notes({ choices, diverge, prefixes }: ChooseResult, paint: Paint): string[] {
  const covered = choices.reduce((sum, choice) => sum + choice.probability, 0);
  const disjoint = prefixes.length === 0;
  const lines = disjoint ? [paint('dim', `  together they hold ${percent(covered)} of what the model expects`)] : [];
  if (diverge) {
    const tokens = choices.map((choice) => visible(choice.tokens[diverge.position].text));
    lines.push(paint('dim', `  they part at their token ${diverge.position}: ${[...new Set(tokens)].join(' | ')}`));
  }
  for (const [shorter, longer] of prefixes) {
    const [a, b] = [shorter, longer].map((index) => `"${visible(choices[index].text)}"`);
    lines.push(paint('yellow', `  ${a} begins ${b}: its probability contains the longer one's`));
  }
  return lines;
}
