/** `prompt-lens examples FILE`: how the prompt's own examples contribute to its answer. */
import type { Command } from 'commander';
import { type ExamplesResult, examplesFlags } from '../../analysis/examples/contract';
import type { Given } from '../../analysis/options';
import type { TargetResult, Unit } from '../../analysis/shared/contract';
import type { Prompt } from '../../protocol/model';
import { addContractOptions } from '../contractOptions';
import type { Sheet } from '../csv';
import type { Environment } from '../environment';
import { addCommonOptions, addPromptOptions, type CommonOptions } from '../options';
import { runOnPrompt } from '../runCommand';
import { targetLine, targetSpec } from '../targetOptions';
import { clipped, type Paint, probabilityText, signedBar, tableLines } from '../terminalText';
import { positions, unitCells, unitColumns, unitText } from '../unitText';

type Options = CommonOptions & Given<ReturnType<typeof examplesFlags>>;

interface PrintedExample extends Unit {
  /** The example's last word. */
  label: Unit;
  /** The target minus the target with the example deleted. */
  leaveOneOut: number;
  /** [L] attention of the last position on the label's tokens, summed, mean over heads. */
  labelWeight: number[];
  /** [L] the same for the strongest head, and which head it is. */
  strongest: { head: number; weight: number }[];
}

/** The printed result. */
export interface PrintedExamples {
  target: TargetResult;
  examples: PrintedExample[];
}

export function addExamples(program: Command, environment: Environment): void {
  const command = program
    .command('examples')
    .summary("show how the prompt's own examples serve the answer")
    .description(
      'Leave out one example at a time, and show how strongly the last position attends to the word that labels each.',
    )
    .argument('<file>', 'a prompt file, or - for standard input');
  addContractOptions(command, examplesFlags());
  addCommonOptions(addPromptOptions(command)).action((file: string, options: Options) =>
    runOnPrompt(environment, { name: 'examples', tensors: [] }, file, options, async (session, input) => {
      const params = { prompt: input, target: targetSpec(options) };
      const answer = await session.engine.request('examples', params, { onProgress: session.progress });
      const { prompt, runMs } = answer;
      const result = printed(answer.result);
      const shown = { analysis: 'examples' as const, data: { prompt, result: answer.result } };
      return { prompt, runMs, result, shown, sheet: sheetOf(result), text: textOf(prompt, result, session.paint) };
    }),
  );
}

function printed({ target, examples }: ExamplesResult): PrintedExamples {
  return {
    target,
    examples: examples.map(({ unit, label, score, attention, strongest }) => ({
      ...unit,
      label,
      // In a finished result every example has its score.
      leaveOneOut: score as number,
      labelWeight: attention,
      strongest,
    })),
  };
}

interface Reading {
  layer: number;
  head: number;
  weight: number;
}

/** The head of all blocks that reads the label most. */
function readMost({ strongest }: PrintedExample): Reading {
  return strongest
    .map(({ head, weight }, layer) => ({ layer, head, weight }))
    .reduce((best, one) => (one.weight > best.weight ? one : best));
}

function sheetOf({ examples }: PrintedExamples): Sheet {
  const label = ['label', 'labelFirstPositionFrom1', 'labelLastPositionFrom1'];
  return {
    figure: { kind: 'bars', label: ['text'], value: 'leaveOneOut' },
    columns: [...unitColumns, ...label, 'leaveOneOut', 'strongestLayer', 'strongestHead', 'strongestWeight'],
    rows: examples.map((example) => {
      const { text, tokens } = example.label;
      const { layer, head, weight } = readMost(example);
      return [...unitCells(example), text, tokens[0] + 1, tokens[1], example.leaveOneOut, layer, head, weight];
    }),
  };
}

function textOf(prompt: Prompt, { target, examples }: PrintedExamples, paint: Paint): string {
  const columns = [
    { title: 'positions', align: 'right' as const },
    { title: 'example' },
    { title: 'label' },
    { title: 'nats', align: 'right' as const },
    { title: 'against | for' },
    { title: '', align: 'right' as const },
    { title: 'label read most by' },
  ];
  const largest = Math.max(0, ...examples.map(({ leaveOneOut }) => Math.abs(leaveOneOut)));
  const rows = examples.map((example) => {
    const { layer, head, weight } = readMost(example);
    return [
      positions(example),
      clipped(unitText(prompt, example), 40),
      clipped(unitText(prompt, example.label), 16),
      example.leaveOneOut.toFixed(3),
      signedBar(example.leaveOneOut, largest, 12, paint),
      probabilityText(weight, paint),
      `block ${layer}, head ${head}`,
    ];
  });
  return `${targetLine(target, paint)}${tableLines(columns, rows, paint)}`;
}
