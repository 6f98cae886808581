/** `prompt-lens patch FILE --from FILE2`: where the model carries the difference between two prompts. */
import type { Command } from 'commander';
import type { Given } from '../../analysis/options';
import { type PatchingResult, type PatchPart, patchFlags } from '../../analysis/patching/contract';
import type { TargetResult } from '../../analysis/shared/contract';
import type { Prompt } from '../../protocol/model';
import { ProblemError } from '../../protocol/problem';
import { addContractOptions } from '../contractOptions';
import type { Sheet } from '../csv';
import type { Environment } from '../environment';
import { addCommonOptions, addPromptOptions, type CommonOptions } from '../options';
import { runOnPrompts } from '../runCommand';
import { targetLine, targetSpec } from '../targetOptions';
import { type Paint, signedBar, tableLines } from '../terminalText';
import { painted } from '../unitText';

type Options = CommonOptions & Given<ReturnType<typeof patchFlags>> & { from: string };

const parts: PatchPart[] = ['residual'];

/** The printed result. */
export interface PatchResult {
  target: TargetResult;
  /** [L + 1][T] the share that putting the second prompt's residual stream there recovers: 0 = nothing, 1 = the second prompt's value. */
  scores: number[][];
}

export function addPatch(program: Command, environment: Environment): void {
  const command = program
    .command('patch')
    .summary('find where the difference between two prompts is carried (activation patching)')
    .description(
      "Put the second prompt's residual stream into the first, at one layer and one token at a time: 0 recovers nothing of the difference, 1 recovers all of it.",
    )
    .argument('<file>', 'a prompt file, or - for standard input');
  addContractOptions(command, patchFlags());
  addCommonOptions(addPromptOptions(command)).action(async (file: string, options: Options) => {
    const files = [file, options.from];
    return runOnPrompts(environment, { name: 'patch', tensors: [] }, files, options, async (session, [into, from]) => {
      const params = { prompt: into, from, target: targetSpec(options), parts, preview: false };
      const answer = await session.engine.request('patching', params, { onProgress: session.progress });
      const { prompt, runMs } = answer;
      const result = printed(prompt, answer.result);
      const shown = { analysis: 'patching' as const, data: { prompt, result: answer.result } };
      return { prompt, runMs, result, shown, sheet: sheetOf(result), text: textOf(prompt, result, session.paint) };
    });
  });
}

function printed({ tokens }: Prompt, { from, map }: PatchingResult): PatchResult {
  if (!map) throw new ProblemError('lengthsDiffer', [tokens.length, from.tokens.length]);
  // Positions after the target's beginning cannot influence it.
  return { target: map.target, scores: map.residual.map((row) => tokens.map((_, position) => row[position] ?? 0)) };
}

function sheetOf({ scores }: PatchResult): Sheet {
  return {
    figure: { kind: 'bars', label: ['layer', 'positionFrom1'], value: 'recovery' },
    columns: ['layer', 'positionFrom1', 'recovery'],
    rows: scores.flatMap((row, layer) => row.map((score, position) => [layer, position + 1, score])),
  };
}

/** Number of layers shown to people: the first, the last and some between. */
const shownLayers = 9;

function textOf({ tokens, rendered }: Prompt, { target, scores }: PatchResult, paint: Paint): string {
  const last = scores.length - 1;
  const steps = Math.min(shownLayers, scores.length) - 1;
  const layers = Array.from({ length: steps + 1 }, (_, step) => Math.round((step * last) / steps));
  const columns = [
    { title: 'position', align: 'right' as const },
    { title: 'token' },
    ...layers.map((layer) => ({ title: `l ${layer}`, align: 'right' as const })),
    { title: `mean of layers` },
  ];
  const rows = scores[0].map((_, position) => {
    const mean = scores.reduce((sum, row) => sum + row[position], 0) / scores.length;
    return [
      String(position + 1),
      painted(tokens[position], rendered, paint),
      ...layers.map((layer) => recovery(scores[layer][position], paint)),
      signedBar(mean, 1, 8, paint),
    ];
  });
  return `${targetLine(target, paint, true)}${tableLines(columns, rows, paint)}`;
}

function recovery(score: number, paint: Paint): string {
  const text = score.toFixed(2).replace('-0.00', '0.00');
  return Math.abs(score) >= 0.5 ? paint('bold', text) : text;
}
