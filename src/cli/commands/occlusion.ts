/** `prompt-lens occlusion FILE`: which parts of the prompt the answer hangs on. */
import { type Command, Option } from 'commander';
import type { Faithfulness, Operator, SaliencyResult } from '../../analysis/saliency/contract';
import type { Scope, ScoredUnit, TargetResult, UnitKind } from '../../analysis/shared/contract';
import type { Prompt } from '../../protocol/model';
import { ProblemError } from '../../protocol/problem';
import type { Sheet } from '../csv';
import type { Environment } from '../environment';
import { addCommonOptions, addPromptOptions, type CommonOptions, integer } from '../options';
import { runOnPrompt } from '../runCommand';
import { addTargetOptions, type TargetOptions, targetLine, targetSpec } from '../targetOptions';
import { clipped, count, type Paint, signedBar, tableLines, visible } from '../terminalText';
import { addUnitsOption, type Units } from '../units';
import { tokenText } from './tokens';

type Options = CommonOptions &
  TargetOptions & { operator: Operator; by: Units; scope: Scope; replacement?: number; faithfulness: boolean };

/** What is printed. */
export interface OcclusionResult {
  target: TargetResult;
  operator: Operator;
  by: UnitKind;
  units: ScoredUnit[];
  /** Of the units that have a score. Null when it was not asked for, or when none has one. */
  faithfulness: Faithfulness | null;
}

export function addOcclusion(program: Command, environment: Environment): void {
  const command = program
    .command('occlusion')
    .summary('which parts of the prompt the answer hangs on')
    .description('Take parts of the prompt away, one at a time, and show how much of the answer goes with each.')
    .argument('<file>', 'a prompt file, or - for standard input')
    .addOption(
      new Option('--operator <name>', 'close a part to the rest, delete it, or put another token in its place')
        .choices(['knockout', 'delete', 'replace'])
        .default('knockout'),
    );
  addUnitsOption(command)
    .addOption(
      new Option('--scope <part>', 'the whole prompt, or only what the user wrote')
        .choices(['all', 'user'])
        .default('all'),
    )
    .option('--replacement <id>', 'the token that replaces (default: a single space)', integer(0, 100_000_000))
    .option('--no-faithfulness', 'leave out the curves that say how far the scores can be believed');
  addCommonOptions(addTargetOptions(addPromptOptions(command))).action((file: string, options: Options) =>
    runOnPrompt(environment, { name: 'occlusion', tensors: [] }, file, options, async (session) => {
      const params = {
        prompt: session.input,
        target: targetSpec(options),
        operator: options.operator,
        ...options.by,
        scope: options.scope,
        replacement: options.replacement ?? null,
        methods: ['occlusion' as const],
        curves: options.faithfulness,
        ...{ steps: null, warnings: false, limits: 'none' as const },
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
    columns: ['text', 'start', 'end', 'firstPositionFrom1', 'lastPositionFrom1', 'score'],
    rows: units.map(({ text, start, end, tokens: [i, j], score }) => [text, start, end, i + 1, j, score]),
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
  const notes = [...unscoredNotes(prompt, result), ...(faithfulness ? belief(faithfulness) : [])];
  return [
    targetLine(target, paint, true),
    tableLines(columns, rows, paint),
    ...notes.map((note) => `${paint('dim', `  ${note}`)}\n`),
  ].join('');
}

/** A token that holds only some of a character's bytes is shown with them, as `tokens` does. */
function unitText({ rendered, tokens }: Prompt, { text, tokens: [i, j] }: ScoredUnit): string {
  return j - i === 1 && text === tokens[i]?.text ? tokenText(tokens[i], rendered) : visible(text);
}

/** Why a unit has no score, and why some score 0 whatever they say. */
function unscoredNotes(prompt: Prompt, { units, target }: OcclusionResult): string[] {
  const inside = units.find(({ score }) => score === null);
  // Of the prompt's own end as part of the target the line above the table speaks.
  const behind = target.boundary ? 0 : units.filter(({ tokens: [i] }) => i >= target.position).length;
  return [
    ...(inside
      ? [
          `–  the whole target is read from inside ${clipped(unitText(prompt, inside), 24)}, and knock-out closes a part only to what`,
          '   stands outside it: --operator delete or --operator replace gives it a score',
        ]
      : []),
    ...(behind > 0
      ? [
          `${count(behind)} of ${count(units.length)} stand behind the target and score 0: it depends only on what comes before it`,
        ]
      : []),
  ];
}

function positions({ tokens: [i, j] }: ScoredUnit): string {
  return j - i === 1 ? String(j) : `${i + 1}–${j}`;
}

function belief({ area, random }: Faithfulness): string[] {
  const { mostFirst, leastFirst, random: mean, randomSpread } = area;
  return [
    'the target in nats, on average while units are removed:',
    `  highest score first ${mostFirst.toFixed(2)}, lowest first ${leastFirst.toFixed(2)}, ` +
      `${count(random.orders)} random orders ${mean.toFixed(2)} ± ${randomSpread.toFixed(2)}`,
  ];
}
