/** `prompt-lens occlusion FILE`: the parts of the prompt that the answer depends on. */
import type { Command } from 'commander';
import type { Given } from '../../analysis/options';
import {
  type Faithfulness,
  type Operator,
  occlusionFlags,
  occlusionParams,
  type SaliencyResult,
} from '../../analysis/saliency/contract';
import type { ScoredUnit, TargetResult, UnitKind } from '../../analysis/shared/contract';
import type { Prompt } from '../../protocol/model';
import { ProblemError } from '../../protocol/problem';
import { addContractOptions } from '../contractOptions';
import type { Sheet } from '../csv';
import type { Environment } from '../environment';
import { addCommonOptions, addPromptOptions, type CommonOptions } from '../options';
import { runOnPrompt } from '../runCommand';
import { targetLine, targetSpec } from '../targetOptions';
import { clipped, count, type Paint, signedBar, tableLines } from '../terminalText';
import { positions, unitCells, unitColumns, unitText } from '../unitText';

type Options = CommonOptions & Given<ReturnType<typeof occlusionFlags>>;

/** The printed result. */
export interface OcclusionResult {
  target: TargetResult;
  operator: Operator;
  by: UnitKind;
  units: ScoredUnit[];
  /** Faithfulness over the units that have a score; null when it was not asked for, or when no unit has one. */
  faithfulness: Faithfulness | null;
}

export function addOcclusion(program: Command, environment: Environment): void {
  const command = program
    .command('occlusion')
    .summary('find the parts of the prompt that the answer depends on')
    .description(
      "Take away one part of the prompt at a time, and show how much of the answer's log-probability is lost with it.",
    )
    .argument('<file>', 'a prompt file, or - for standard input');
  addContractOptions(command, occlusionFlags());
  addCommonOptions(addPromptOptions(command)).action((file: string, options: Options) =>
    runOnPrompt(environment, { name: 'occlusion', tensors: [] }, file, options, async (session, input) => {
      const params = {
        prompt: input,
        target: targetSpec(options),
        ...occlusionParams(options),
        methods: ['occlusion' as const],
        warnings: false,
      };
      const answer = await session.engine.request('saliency', params, { onProgress: session.progress });
      const { prompt, runMs } = answer;
      const result = printed(answer.result);
      return { prompt, runMs, result, sheet: sheetOf(result), text: textOf(prompt, result, session.paint) };
    }),
  );
}

function printed({ target, operator, by, units, methods: [method] }: SaliencyResult): OcclusionResult {
  const { scores, faithfulness, refused } = method;
  if (refused) throw ProblemError.from(refused);
  return { target, operator, by, units: units.map((unit, index) => ({ ...unit, score: scores[index] })), faithfulness };
}

function sheetOf({ units }: OcclusionResult): Sheet {
  return {
    figure: { kind: 'bars', label: ['text'], value: 'score' },
    columns: [...unitColumns, 'score'],
    rows: units.map(({ score, ...unit }) => [...unitCells(unit), score]),
  };
}

function textOf(prompt: Prompt, result: OcclusionResult, paint: Paint): string {
  const { target, units, faithfulness } = result;
  const columns = [
    { title: 'positions', align: 'right' as const },
    { title: 'text' },
    { title: 'nats', align: 'right' as const },
    { title: 'against | for' },
  ];
  const largest = Math.max(0, ...units.map(({ score }) => Math.abs(score ?? 0)));
  const rows = units.map((unit) => [
    positions(unit),
    clipped(unitText(prompt, unit), 40),
    unit.score === null ? '–' : unit.score.toFixed(3),
    unit.score === null ? '' : signedBar(unit.score, largest, 12, paint),
  ]);
  const notes = [...unscoredNotes(prompt, result, paint), ...(faithfulness ? belief(faithfulness) : [])];
  return [
    targetLine(target, paint, true),
    tableLines(columns, rows, paint),
    ...notes.map((note) => `${paint('dim', `  ${note}`)}\n`),
  ].join('');
}

/** Explains why a unit has no score, and why some units score 0 whatever they say. */
function unscoredNotes(prompt: Prompt, { units, target }: OcclusionResult, paint: Paint): string[] {
  const operator = paint('flag', '--operator');
  const inside = units.find(({ score }) => score === null);
  // The line above the table already covers the case where the prompt's own end is part of the target.
  const behind = target.boundary ? 0 : units.filter(({ tokens: [i] }) => i >= target.position).length;
  return [
    ...(inside
      ? [
          `–  the whole target is read from inside ${clipped(unitText(prompt, inside), 24)}, and knock-out closes a part only to what`,
          `   stands outside it: ${operator} delete or ${operator} replace gives it a score`,
        ]
      : []),
    ...(behind > 0
      ? [
          `${count(behind)} of ${count(units.length)} come after the target and score 0: the target depends only on what comes before it`,
        ]
      : []),
  ];
}

function belief({ area, random }: Faithfulness): string[] {
  const { mostFirst, leastFirst, random: mean, randomSpread } = area;
  return [
    'the target in nats, on average while units are removed:',
    `  highest score first ${mostFirst.toFixed(2)}, lowest first ${leastFirst.toFixed(2)}, ` +
      `${count(random.orders)} random orders ${mean.toFixed(2)} ± ${randomSpread.toFixed(2)}`,
  ];
}
