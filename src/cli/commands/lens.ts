/** `prompt-lens lens FILE`: what the model would say if it stopped after each block. */
import type { Command } from 'commander';
import type { LensCell } from '../../analysis/logitLens/contract';
import type { Boundary, Candidate, Followed } from '../../analysis/shared/contract';
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

/** What is printed. */
export interface LensResult {
  position: number;
  /** Of the text that is followed. */
  boundary: Boundary | null;
  /** [L + 1] layer 0 is the embedding, layer L the model's own answer; `target` is one id followed through them. */
  layers: { top: Candidate[]; target: { id: number; logprob: number; rank: number } }[];
}

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
    const { position, target, top } = options;
    return runOnPrompt(environment, { name: 'lens', tensors: ['hidden'] }, file, options, async (session) => {
      const { engine, input } = session;
      const text = target === undefined ? null : { prefix: [], keep: null, text: target };
      const followed = text && (await engine.request('follow', { prompt: input, ...text }));
      const at = position ?? followed?.kept ?? (await engine.request('tokenize', { prompt: input })).tokens.length;
      const follow = followed ? [followed.tokens[0].id] : [];
      const asked = { positions: [at - 1], top, follow, target: null, change: false };
      const answer = await engine.request('logitLens', { prompt: input, ...asked });
      const { prompt, runMs } = answer;
      const result = printed(at - 1, answer.result.cells[0], followed);
      return { prompt, runMs, result, sheet: sheetOf(result), text: textOf(prompt, result, session.paint) };
    });
  });
}

function printed(position: number, column: readonly LensCell[], followed: Followed | null): LensResult {
  const id = followed?.tokens[0].id ?? column[column.length - 1].top[0].id;
  const layers = column.map(({ top, follow: [{ logprob, rank }] }) => ({ top, target: { id, logprob, rank } }));
  return { position, layers, boundary: followed?.boundary ?? null };
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
