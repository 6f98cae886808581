/** `prompt-lens attention FILE`: one head's matrix, or a summary of what every head does. */
import type { Command } from 'commander';
import {
  type AttentionMatrix,
  attentionFlags,
  type HeadSummary,
  headMeasures as measures,
} from '../../analysis/attention/contract';
import type { Given } from '../../analysis/options';
import type { Prompt, PromptInput } from '../../protocol/model';
import { ProblemError } from '../../protocol/problem';
import { addContractOptions } from '../contractOptions';
import type { Environment } from '../environment';
import { addCommonOptions, addPromptOptions, type CommonOptions } from '../options';
import { type Outcome, runOnPrompt, type Session } from '../runCommand';
import { bar, type Column, clipped, count, type Paint, probabilityText, tableLines, visible } from '../terminalText';
import { painted } from '../unitText';

type Options = CommonOptions & Given<ReturnType<typeof attentionFlags>>;

export function addAttention(program: Command, environment: Environment): void {
  const command = program
    .command('attention')
    .summary('show where the attention heads look')
    .description('Show what every attention head tends to do, or, with --layer and --head, where one head looks.')
    .argument('<file>', 'a prompt file, or - for standard input');
  addContractOptions(command, attentionFlags());
  addCommonOptions(addPromptOptions(command)).action((file: string, options: Options) => {
    if ((options.layer === undefined) !== (options.head === undefined)) {
      throw new ProblemError('usage', ['--layer and --head belong together.']);
    }
    return runOnPrompt(environment, { name: 'attention', tensors: ['attention'] }, file, options, (session, input) => {
      const { layer, head } = options;
      if (layer === undefined || head === undefined) return summaries(session, input, options);
      return matrix(session, input, { layer, head }, options.top ?? 3);
    });
  });
}

async function summaries({ engine, paint, progress }: Session, input: PromptInput, options: Options): Promise<Outcome> {
  // The pictures are for panels, so they are requested with one cell each, which costs nothing.
  const params = { prompt: input, size: 1, sink: 'raw' as const };
  const { prompt, runMs, result } = await engine.request('attentionOverview', params, { onProgress: progress });
  const heads = sorted(result.summaries, options.sort);
  return {
    prompt,
    runMs,
    result: heads,
    sheet: {
      figure: { kind: 'bars', label: ['layer', 'head'], value: 'previousToken' },
      columns: ['layer', 'head', ...measures],
      rows: heads.map((head) => [head.layer, head.head, ...measures.map((measure) => head[measure])]),
    },
    text: headTable(heads, options.top ?? 20, result.sinkMass, paint),
  };
}

/** Sorts the largest first, and heads without the measure last; stable. */
function sorted(heads: readonly HeadSummary[], by: Options['sort']): HeadSummary[] {
  if (by === 'layer') return [...heads];
  const value = (head: HeadSummary) => head[by] ?? Number.NEGATIVE_INFINITY;
  return [...heads].sort((a, b) => value(b) - value(a) || 0);
}

function headTable(heads: readonly HeadSummary[], top: number, sinkMass: number | null, paint: Paint): string {
  const titles = ['block', 'head', 'entropy in nats', 'first token', 'previous token', 'induction', 'itself'];
  const columns = titles.map((title) => ({ title, align: 'right' as const }));
  const rows = heads
    .slice(0, top)
    .map((head) => [
      String(head.layer),
      String(head.head),
      head.entropy.toFixed(2),
      share(head.sinkMass, paint),
      share(head.previousToken, paint),
      share(head.induction, paint),
      share(head.diagonal, paint),
    ]);
  const hidden = heads.length - rows.length;
  const notes = [
    ...(sinkMass === null ? [] : [`${probabilityText(sinkMass, paint)} of all attention goes to the first token`]),
    ...(hidden > 0
      ? [
          `${count(hidden)} more heads: ${paint('flag', '--top')} ${heads.length}, ${paint('flag', '--sort')}${paint('shell', ', --json or --csv')}`,
        ]
      : []),
  ];
  return `${tableLines(columns, rows, paint)}${notes.map((note) => `${paint('dim', `  ${note}`)}\n`).join('')}`;
}

/** A share of half of the weight or more stands out. */
function share(value: number | null, paint: Paint): string {
  if (value === null) return '–';
  const text = probabilityText(value, paint);
  return value >= 0.5 ? paint('bold', text) : text;
}

async function matrix(
  { engine, paint }: Session,
  input: PromptInput,
  place: { layer: number; head: number },
  top: number,
): Promise<Outcome> {
  const { prompt, runMs, result } = await engine.request('attentionHeads', { prompt: input, heads: [place] });
  const length = prompt.tokens.length;
  const weights = Array.from({ length }, (_, q) => Array.from(result.weights.subarray(q * length, (q + 1) * length)));
  const full: AttentionMatrix = { ...place, weights };
  return {
    prompt,
    runMs,
    result: full,
    sheet: {
      figure: { kind: 'cells' },
      columns: ['queryFrom1', ...prompt.tokens.map((_, key) => String(key + 1))],
      rows: weights.map((row, query) => [query + 1, ...row]),
    },
    text: matrixText(prompt, full, top, paint),
  };
}

function matrixText(
  { tokens, rendered }: Prompt,
  { layer, head, weights }: AttentionMatrix,
  top: number,
  paint: Paint,
): string {
  const shown = Math.min(top, tokens.length);
  const columns: Column[] = [{ title: 'position', align: 'right' }, { title: 'token' }];
  for (let n = 0; n < shown; n++) {
    columns.push({ title: n === 0 ? 'looks at' : '' }, { title: '', align: 'right' }, { title: '' });
  }
  const rows = weights.map((row, query) => [
    String(query + 1),
    painted(tokens[query], rendered, paint),
    ...strongest(row.slice(0, query + 1), shown).flatMap((key) => [
      `${clipped(visible(rendered.slice(tokens[key].start, tokens[key].end)), 16)}${paint('dim', `@${key + 1}`)}`,
      probabilityText(row[key], paint),
      paint('cyan', bar(row[key], 6)),
    ]),
  ]);
  return `${paint('bold', `Block ${layer}, head ${head}`)}\n${tableLines(columns, rows, paint)}`;
}

function strongest(row: readonly number[], top: number): number[] {
  return row
    .map((_, key) => key)
    .sort((a, b) => row[b] - row[a] || a - b)
    .slice(0, top);
}
