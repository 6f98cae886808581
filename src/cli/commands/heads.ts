/** `prompt-lens heads FILE`: the heads that the answer depends on. */
import type { Command } from 'commander';
import { headsFlags } from '../../analysis/heads/contract';
import type { Given } from '../../analysis/options';
import type { TargetResult } from '../../analysis/shared/contract';
import { addContractOptions } from '../contractOptions';
import type { Sheet } from '../csv';
import type { Environment } from '../environment';
import { addCommonOptions, addPromptOptions, type CommonOptions } from '../options';
import { runOnPrompt } from '../runCommand';
import { targetLine, targetSpec } from '../targetOptions';
import { count, type Paint, signedBar, tableLines } from '../terminalText';

type Options = CommonOptions & Given<ReturnType<typeof headsFlags>>;

/** The printed result. */
export interface HeadsResult {
  target: TargetResult;
  /** [L][H] the target minus the target without the head; positive = the head supports it. */
  scores: number[][];
}

export function addHeads(program: Command, environment: Environment): void {
  const command = program
    .command('heads')
    .summary('find the attention heads that the answer depends on')
    .description(
      "Silence one attention head at a time, and show how much of the answer's log-probability is lost with it.",
    )
    .argument('<file>', 'a prompt file, or - for standard input');
  addContractOptions(command, headsFlags());
  addCommonOptions(addPromptOptions(command)).action((file: string, options: Options) =>
    runOnPrompt(environment, { name: 'heads', tensors: [] }, file, options, async (session, input) => {
      const params = { prompt: input, target: targetSpec(options), preview: false };
      const answer = await session.engine.request('heads', params, { onProgress: session.progress });
      const { prompt, runMs } = answer;
      const { target, knockout } = answer.result;
      // In a finished map every head has its score.
      const result: HeadsResult = { target, scores: knockout as number[][] };
      const shown = { analysis: 'heads' as const, data: { prompt, result: answer.result } };
      return { prompt, runMs, result, shown, sheet: sheetOf(result), text: textOf(result, options.top, session.paint) };
    }),
  );
}

const listed = (scores: readonly number[][]) =>
  scores.flatMap((row, layer) => row.map((score, head) => ({ layer, head, score })));

function sheetOf({ scores }: HeadsResult): Sheet {
  return {
    figure: { kind: 'bars', label: ['layer', 'head'], value: 'score' },
    columns: ['layer', 'head', 'score'],
    rows: listed(scores).map(({ layer, head, score }) => [layer, head, score]),
  };
}

function textOf({ target, scores }: HeadsResult, top: number, paint: Paint): string {
  const strongest = listed(scores).sort((a, b) => Math.abs(b.score) - Math.abs(a.score));
  const columns = [
    { title: 'block', align: 'right' as const },
    { title: 'head', align: 'right' as const },
    { title: 'nats', align: 'right' as const },
    { title: 'against | for' },
  ];
  const largest = Math.abs(strongest[0].score);
  const rows = strongest
    .slice(0, top)
    .map(({ layer, head, score }) => [
      String(layer),
      String(head),
      score.toFixed(3),
      signedBar(score, largest, 12, paint),
    ]);
  const hidden = strongest.length - rows.length;
  const note = `  ${count(hidden)} weaker heads: ${paint('flag', '--top')} ${strongest.length}${paint('shell', ', --json or --csv')}\n`;
  return `${targetLine(target, paint)}${tableLines(columns, rows, paint)}${hidden > 0 ? paint('dim', note) : ''}`;
}
