/** `prompt-lens saliency FILE`: what the answer depends on, by several methods over the same parts, and how far each can be believed. */
import type { Command } from 'commander';
import type { Given } from '../../analysis/options';
import {
  type Completeness,
  type Faithfulness,
  type MethodScores,
  type Operator,
  occlusionParams,
  type SaliencyMethod,
  type SaliencyResult,
  type SaliencyWarning,
  saliencyFlags,
} from '../../analysis/saliency/contract';
import type { Scope, TargetResult, Unit, UnitKind } from '../../analysis/shared/contract';
import { addContractOptions } from '../contractOptions';
import type { Sheet } from '../csv';
import type { Environment } from '../environment';
import { addCommonOptions, addPromptOptions, type CommonOptions } from '../options';
import { runOnPrompt } from '../runCommand';
import { drawnLane, type Lane, saliencyText } from '../saliencyText';
import { targetSpec } from '../targetOptions';
import { unitCells, unitColumns } from '../unitText';
import { notConverged } from './gradients';

type Options = CommonOptions & Given<ReturnType<typeof saliencyFlags>>;

export interface PrintedMethod {
  /** [n] in the order of the units; null where the operator gives no score, and everywhere for a method that gave nothing. */
  scores: (number | null)[];
  /** Mean height of `mostFirst`; low is good. */
  area: number | null;
  curves: Pick<Faithfulness, 'fractions' | 'mostFirst' | 'leastFirst'> | null;
  completeness: Completeness | null;
  /** Why the scores are missing or should not be read. */
  note: string | null;
}

/** The printed result. */
export interface PrintedSaliency {
  target: TargetResult;
  operator: Operator;
  by: UnitKind;
  scope: Scope;
  units: Unit[];
  methods: Partial<Record<SaliencyMethod, PrintedMethod>>;
  /** The random orders shown beside every curve: the area of each, their mean and standard deviation. */
  random: { seed: number; area: number[]; mean: number; spread: number } | null;
  /** Spearman's rank correlation, stored in both directions. */
  agreement: Partial<Record<SaliencyMethod, Partial<Record<SaliencyMethod, number | null>>>>;
  warnings: SaliencyWarning[];
}

export function addSaliency(program: Command, environment: Environment): void {
  const command = program
    .command('saliency')
    .summary('find what the answer depends on, by several methods at once')
    .description(
      'Score the same parts of the prompt by several methods, and show how far each can be believed and how far they agree.',
    )
    .argument('<file>', 'a prompt file, or - for standard input');
  addContractOptions(command, saliencyFlags());
  addCommonOptions(addPromptOptions(command)).action((file: string, options: Options) =>
    runOnPrompt(environment, { name: 'saliency', tensors: [] }, file, options, async (session, input) => {
      const params = {
        prompt: input,
        target: targetSpec(options),
        ...occlusionParams(options),
        methods: options.methods,
        warnings: true,
      };
      const answer = await session.engine.request('saliency', params, { onProgress: session.progress });
      const { prompt, runMs } = answer;
      const result = printed(answer.result);
      const text = saliencyText(prompt, result, answer.result.unscored, session.paint);
      const shown = { analysis: 'saliency' as const, data: { prompt, result: answer.result } };
      return { prompt, runMs, result, shown, sheet: sheetOf(result), text };
    }),
  );
}

function printed({ methods, random, agreement, warnings, ...result }: SaliencyResult): PrintedSaliency {
  const { target, operator, by, scope, units } = result;
  const area = methods.find(({ faithfulness }) => faithfulness)?.faithfulness?.area;
  return {
    ...{ target, operator, by, scope, units },
    methods: Object.fromEntries(methods.map((each) => [each.method, printedMethod(each)])),
    random:
      random && area ? { seed: random.seed, area: random.areas, mean: area.random, spread: area.randomSpread } : null,
    agreement: Object.fromEntries(
      methods.map(({ method }, a) => {
        const others = methods.flatMap((other, b) => (a === b ? [] : [[other.method, agreement[a]?.[b] ?? null]]));
        return [method, Object.fromEntries(others)];
      }),
    ),
    warnings,
  };
}

function printedMethod({ scores, faithfulness, completeness, refused }: MethodScores): PrintedMethod {
  const { fractions, mostFirst, leastFirst } = faithfulness ?? {};
  const unread = completeness?.reliable === false ? notConverged : null;
  return {
    scores,
    area: faithfulness?.area.mostFirst ?? null,
    curves: fractions && mostFirst && leastFirst ? { fractions, mostFirst, leastFirst } : null,
    completeness,
    note: refused ? `${refused.message} ${refused.remedy}` : unread,
  };
}

/** A column for each method; with integrated gradients every row says whether the scores add up. */
function sheetOf({ units, methods }: PrintedSaliency): Sheet {
  const lanes = Object.entries(methods) as Lane[];
  const [first, { note }] = drawnLane(lanes);
  const { completeness } = methods.integrated ?? {};
  const judged = completeness ? [completeness.steps, completeness.reliable] : [];
  return {
    figure: { kind: 'bars', label: ['text'], value: first, ...(note === null ? {} : { note }) },
    columns: [
      ...unitColumns,
      ...lanes.map(([method]) => method),
      ...(completeness ? ['integratedSteps', 'integratedReliable'] : []),
    ],
    rows: units.map((unit, index) => [...unitCells(unit), ...lanes.map(([, { scores }]) => scores[index]), ...judged]),
  };
}
