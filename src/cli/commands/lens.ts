/** `prompt-lens lens FILE`: the model's answer if it stopped after each block. */
import type { Command } from 'commander';
import { type AskedLens, type LensTable, lensFlags } from '../../analysis/logitLens/contract';
import type { Given } from '../../analysis/options';
import type { Boundary, Candidate } from '../../analysis/shared/contract';
import { clause } from '../../protocol/clauses';
import type { Prompt, PromptInput } from '../../protocol/model';
import { readable } from '../../protocol/pieces';
import { ProblemError } from '../../protocol/problem';
import { addContractOptions } from '../contractOptions';
import type { Sheet } from '../csv';
import type { Environment } from '../environment';
import { addCommonOptions, addPromptOptions, type CommonOptions } from '../options';
import { runOnPrompt, type Session } from '../runCommand';
import { boundaryNote, type TargetOptions } from '../targetOptions';
import { bar, clipped, count, type Paint, probabilityText, tableLines, visible } from '../terminalText';
import { painted } from '../unitText';

type Options = CommonOptions & Given<ReturnType<typeof lensFlags>>;

/** The printed result. */
export interface LensResult {
  position: number;
  /** Boundary of the text that is followed. */
  boundary: Boundary | null;
  /** [L + 1] layer 0 is the embedding, layer L the model's own answer; `target` is one id followed through the layers. */
  layers: { top: Candidate[]; target: { id: number; logprob: number; rank: number } }[];
}

export function addLens(program: Command, environment: Environment): void {
  const command = program
    .command('lens')
    .summary('show what each layer would answer (logit lens)')
    .description(
      'Decode every layer with the final norm and the unembedding: this is what the model would say if it stopped there.',
    )
    .argument('<file>', 'a prompt file, or - for standard input');
  addContractOptions(command, lensFlags());
  addCommonOptions(addPromptOptions(command)).action((file: string, options: Options) => {
    const { position, top } = options;
    return runOnPrompt(environment, { name: 'lens', tensors: ['hidden'] }, file, options, async (session, input) => {
      const followed = await followedBy(session, input, options);
      const positions = position === undefined ? followed.positions : [position - 1];
      const asked = { positions, top, follow: followed.ids, target: null, change: false };
      const answer = await session.engine.request('logitLens', { prompt: input, ...asked });
      const { prompt, runMs } = answer;
      const result = printed(answer.result, followed);
      return { prompt, runMs, result, sheet: sheetOf(result), text: textOf(prompt, result, session.paint) };
    });
  });
}

interface FollowedToken extends Pick<AskedLens, 'positions'> {
  /** The id that is followed; empty = the likeliest next token. */
  ids: number[];
  boundary: Boundary | null;
}

async function followedBy(
  { engine }: Session,
  prompt: PromptInput,
  { target, at }: Pick<TargetOptions, 'target' | 'at'>,
): Promise<FollowedToken> {
  if (target !== undefined) {
    const { kept, boundary, tokens } = await engine.request('follow', { prompt, prefix: [], keep: null, text: target });
    return { ids: [tokens[0].id], positions: [kept - 1], boundary };
  }
  if (!at) return { ids: [], positions: { last: 1 }, boundary: null };
  const { tokens } = await engine.request('tokenize', { prompt });
  if (at[1] > tokens.length) throw new ProblemError('outOfRange', [clause('targetPosition'), 2, tokens.length]);
  return { ids: [tokens[at[0]].id], positions: [at[0] - 1], boundary: null };
}

function printed({ positions: [position], cells: [column] }: LensTable, { ids, boundary }: FollowedToken): LensResult {
  const id = ids[0] ?? column[column.length - 1].top[0].id;
  const layers = column.map(({ top, follow: [{ logprob, rank }] }) => ({ top, target: { id, logprob, rank } }));
  return { position, layers, boundary };
}

function sheetOf({ layers }: LensResult): Sheet {
  return {
    figure: { kind: 'bars', label: ['layer', 'text'], value: 'logprob' },
    columns: ['layer', 'rankFrom1', 'id', 'text', 'logprob', 'targetId', 'targetLogprob', 'targetRankFrom1'],
    rows: layers.flatMap(({ top, target }, layer) =>
      top.map((candidate, place) => [
        layer,
        place + 1,
        candidate.id,
        readable(candidate),
        candidate.logprob,
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
    paint(top[0].id === target.id ? 'green' : 'bold', clipped(visible(readable(top[0])), 20)),
    probabilityText(Math.exp(top[0].logprob), paint),
    paint(
      'dim',
      clipped(
        top
          .slice(1, shownAlternatives)
          .map((one) => visible(readable(one)))
          .join(' '),
        30,
      ),
    ),
    probabilityText(Math.exp(target.logprob), paint),
    count(target.rank + 1),
    paint('cyan', bar(Math.exp(target.logprob), 10)),
  ]);
  const scored = boundary ? `${boundaryNote(boundary, 'the text', paint)}\n` : '';
  return `After ${painted(tokens[position], rendered, paint)} at position ${position + 1}\n${scored}${tableLines(columns, rows, paint)}`;
}
