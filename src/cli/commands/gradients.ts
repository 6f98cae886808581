/** `prompt-lens gradients FILE`: the tokens to which the answer is most sensitive, by its gradient. */
import type { Command } from 'commander';
import type { Given } from '../../analysis/options';
import {
  type Completeness,
  type GradientMethod,
  gradientsFlags,
  type SaliencyResult,
} from '../../analysis/saliency/contract';
import type { TargetResult } from '../../analysis/shared/contract';
import type { Prompt } from '../../protocol/model';
import { readable } from '../../protocol/pieces';
import { ProblemError } from '../../protocol/problem';
import { addContractOptions } from '../contractOptions';
import type { Sheet } from '../csv';
import type { Environment } from '../environment';
import { addCommonOptions, addPromptOptions, type CommonOptions } from '../options';
import { runOnPrompt } from '../runCommand';
import { targetLine, targetSpec } from '../targetOptions';
import { count, type Paint, signedBar, tableLines } from '../terminalText';
import { painted } from '../unitText';

type Options = CommonOptions & Given<ReturnType<typeof gradientsFlags>>;

/** The printed result. */
export interface GradientsResult {
  target: TargetResult;
  method: GradientMethod;
  /** [T] 0 for tokens that the target does not depend on. */
  scores: number[];
  /** Completeness of integrated gradients; null for the other methods. */
  completeness: Completeness | null;
}

export function addGradients(program: Command, environment: Environment): void {
  const command = program
    .command('gradients')
    .summary('find the tokens that the answer is most sensitive to')
    .description("Score every token by the gradient of the answer's log-probability with respect to its embedding.")
    .argument('<file>', 'a prompt file, or - for standard input');
  addContractOptions(command, gradientsFlags());
  addCommonOptions(addPromptOptions(command)).action((file: string, options: Options) =>
    runOnPrompt(environment, { name: 'gradients', tensors: [] }, file, options, async (session, input) => {
      const { method, steps } = options;
      const params = {
        ...{ prompt: input, target: targetSpec(options), methods: [method], steps },
        // Scores are by token, since only methods that remove parts have their own units and operator.
        ...{ by: 'token' as const, pattern: null, selection: [], scope: 'all' as const },
        ...{ operator: 'knockout' as const, replacement: null },
        ...{ curves: false, warnings: false, limits: 'none' as const },
      };
      const answer = await session.engine.request('saliency', params, { onProgress: session.progress });
      const { prompt, runMs } = answer;
      const result = printed(method, answer.result);
      return { prompt, runMs, result, sheet: sheetOf(prompt, result), text: textOf(prompt, result, session.paint) };
    }),
  );
}

function printed(method: GradientMethod, { target, methods: [own] }: SaliencyResult): GradientsResult {
  if (own.refused) throw ProblemError.from(own.refused);
  // A gradient gives a score to every token.
  return { target, method, scores: own.scores as number[], completeness: own.completeness };
}

/** With integrated gradients every row says whether the scores add up, since a table is read without the text printed beside it. */
function sheetOf({ tokens }: Prompt, { scores, completeness }: GradientsResult): Sheet {
  const columns = ['positionFrom1', 'id', 'text', 'score'];
  const judged = completeness ? [completeness.steps, completeness.reliable] : [];
  return {
    figure: {
      kind: 'bars',
      label: ['text'],
      value: 'score',
      ...(completeness?.reliable === false ? { note: notConverged } : {}),
    },
    columns: completeness ? [...columns, 'steps', 'reliable'] : columns,
    rows: tokens.map((token, t) => [t + 1, token.id, readable(token), scores[t], ...judged]),
  };
}

export const notConverged = 'not converged: not to be read';

function textOf({ tokens, rendered }: Prompt, result: GradientsResult, paint: Paint): string {
  const columns = [
    { title: 'position', align: 'right' as const },
    { title: 'token' },
    { title: 'score', align: 'right' as const },
    { title: result.method === 'norm' ? '' : 'against | for' },
  ];
  const largest = Math.max(...result.scores.map(Math.abs));
  const rows = tokens.map((token, t) => [
    String(t + 1),
    painted(token, rendered, paint),
    result.scores[t].toFixed(4),
    signedBar(result.scores[t], largest, 12, paint),
  ]);
  const { completeness } = result;
  const warning = completeness?.reliable === false ? `${paint('yellow', notConverged)}\n` : '';
  const lines = [targetLine(result.target, paint, true), warning, tableLines(columns, rows, paint)];
  return [...lines, completeness ? completenessLines(completeness, paint) : ''].join('');
}

function completenessLines({ sum, difference, steps, reliable }: Completeness, paint: Paint): string {
  const line = `the scores sum to ${sum.toFixed(3)}; from zero embeddings to the prompt the target changes by ${difference.toFixed(3)}`;
  const advice = `the two are more than a tenth apart, at ${count(steps)} steps; more (${paint('flag', '--steps')}) may bring them together, or not`;
  return (reliable ? [line] : [line, advice]).map((one) => `${paint('dim', `  ${one}`)}\n`).join('');
}
