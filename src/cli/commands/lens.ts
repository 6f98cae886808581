/** `prompt-lens lens FILE`: what the model would say if it stopped after each block. */
import type { Command } from 'commander';
import type { LensResult } from '../../analysis/logitLens/contract';
import type { Prompt } from '../../protocol/model';
import { probability } from '../../protocol/numberText';
import type { Sheet } from '../csv';
import type { Environment } from '../environment';
import { addCommonOptions, addPromptOptions, type CommonOptions, integer } from '../options';
import { runOnPrompt } from '../runCommand';
import { boundaryNote } from '../targetOptions';
import { bar, clipped, count, type Paint, tableLines, visible } from '../terminalText';
import { mostCandidates } from './probabilities';
import { painted } from './tokens';

type Options = CommonOptions & { position?: number; target?: string; top: number };

export function addLens(program: Command, environment: Environment): void {
  const command = program
    .command('lens')
    .summary('what each layer would answer')
    .description(
      'Read every layer with the final norm and the unembedding: what the model would say if it stopped there.',
    )
    .argument('<file>', 'a prompt file, or - for standard input')
    .option('--position <t>', 'after the token at this position, from 1 (default: the last)', integer(1, 10_000_000))
    .option('--target <text>', "follow this text's first token (default: the likeliest next token)")
    .option('--top <k>', 'candidates for each layer', integer(1, mostCandidates), 10);
  addCommonOptions(addPromptOptions(command)).action((file: string, options: Options) => {
    const { position, target = null, top } = options;
    return runOnPrompt(environment, { name: 'lens', tensors: ['hidden'] }, file, options, async (session) => {
      const { prompt, runMs, result } = await session.engine.request('lens', {
        prompt: session.input,
        position: position === undefined ? null : position - 1,
        target,
        top,
      });
      return { prompt, runMs, result, sheet: sheetOf(result), text: textOf(prompt, result, session.paint) };
    });
  });
}

function sheetOf({ layers }: LensResult): Sheet {
  return {
    figure: { kind: 'bars', label: ['layer', 'text'], value: 'logprob' },
    columns: ['layer', 'rankFrom1', 'id', 'text', 'logprob', 'targetId', 'targetLogprob', 'targetRankFrom1'],
    rows: layers.flatMap(({ top, target }, layer) =>
      top.map(({ id, text, logprob }, place) => [
        layer,
        place + 1,
        id,
        text,
        logprob,
        target.id,
        target.logprob,
        target.rank + 1,
      ]),
    ),
  };
}

const shownAlternatives = 3;

function textOf({ tokens, rendered }: Prompt, { position, layers, boundary }: LensResult, paint: Paint): string {
  const columns = [
    { title: 'layer', align: 'right' as const },
    { title: 'says' },
    { title: '', align: 'right' as const },
    { title: 'then' },
    { title: 'target', align: 'right' as const },
    { title: 'rank', align: 'right' as const },
    { title: '' },
  ];
  const rows = layers.map(({ top, target }, layer) => [
    String(layer),
    paint(top[0].id === target.id ? 'green' : 'bold', clipped(visible(top[0].text), 20)),
    probability(Math.exp(top[0].logprob)),
    paint(
      'dim',
      clipped(
        top
          .slice(1, shownAlternatives)
          .map((one) => visible(one.text))
          .join(' '),
        30,
      ),
    ),
    probability(Math.exp(target.logprob)),
    count(target.rank + 1),
    paint('cyan', bar(Math.exp(target.logprob), 10)),
  ]);
  const scored = boundary ? `${boundaryNote(boundary, 'the text', paint)}\n` : '';
  return `After ${painted(tokens[position], rendered, paint)} at position ${position + 1}\n${scored}${tableLines(columns, rows, paint)}`;
}
