/** `prompt-lens probabilities FILE`: how expected each token was, and which tokens are expected next. */
import type { Command } from 'commander';
import type { Given } from '../../analysis/options';
import { type ProbabilitiesResult, probabilitiesFlags } from '../../analysis/probabilities/contract';
import type { Candidate } from '../../analysis/shared/contract';
import type { Prompt } from '../../protocol/model';
import { readable } from '../../protocol/pieces';
import { addContractOptions } from '../contractOptions';
import type { Sheet } from '../csv';
import type { Environment } from '../environment';
import { addCommonOptions, addPromptOptions, type CommonOptions } from '../options';
import { runOnPrompt } from '../runCommand';
import { bar, clipped, count, type Paint, probabilityText, tableLines, visible } from '../terminalText';
import { likelyText, painted } from '../unitText';

type Options = CommonOptions & Given<ReturnType<typeof probabilitiesFlags>>;

export function addProbabilities(program: Command, environment: Environment): void {
  const command = program
    .command('probabilities')
    .summary('show how expected each token was, and what comes next')
    .description('Show how expected each token was, given the text before it, and which tokens the model expects next.')
    .argument('<file>', 'a prompt file, or - for standard input');
  addContractOptions(command, probabilitiesFlags());
  addCommonOptions(addPromptOptions(command)).action((file: string, options: Options) => {
    const name = { name: 'probabilities', tensors: ['hidden' as const, 'logits' as const] };
    return runOnPrompt(environment, name, file, options, async ({ engine, paint, progress }, input) => {
      const params = { prompt: input, top: options.top };
      const { prompt, runMs, result, end } = await engine.request('probabilities', params, { onProgress: progress });
      const shown = { analysis: 'probabilities' as const, data: { prompt, result, end } };
      return { prompt, runMs, result, shown, sheet: sheetOf(prompt, result), text: textOf(prompt, result, paint) };
    });
  });
}

function sheetOf({ tokens }: Prompt, { logprob, rank, entropy, top }: ProbabilitiesResult): Sheet {
  return {
    figure: { kind: 'bars', label: ['text'], value: 'logprob' },
    columns: [
      ...['positionFrom1', 'id', 'text', 'logprob', 'rankFrom1', 'entropy'],
      ...['expectedId', 'expectedText', 'expectedLogprob'],
    ],
    rows: tokens.map((token, t) => {
      const expected = top[t][0];
      return [
        ...[t + 1, token.id, readable(token), logprob[t], countedRank(rank[t]), entropy[t]],
        ...(expected ? [expected.id, readable(expected), expected.logprob] : [null, null, null]),
      ];
    }),
  };
}

const countedRank = (rank: number | null) => (rank === null ? null : rank + 1);

/** Surprisal that fills the bar, in nats. */
const fullNats = 14;
const barColumns = 10;

function textOf({ tokens, rendered }: Prompt, result: ProbabilitiesResult, paint: Paint): string {
  const columns = [
    { title: 'position', align: 'right' as const },
    { title: 'token' },
    { title: 'probability', align: 'right' as const },
    { title: 'rank', align: 'right' as const },
    { title: 'surprisal, nats', align: 'right' as const },
    { title: `0–${fullNats}` },
    { title: 'entropy after, nats', align: 'right' as const },
    { title: 'expected' },
  ];
  const rows = tokens.map((token, t) => [
    String(t + 1),
    painted(token, rendered, paint),
    ...standing(result.logprob[t], result.rank[t], paint),
    result.entropy[t].toFixed(2),
    result.rank[t] === 0 ? '' : paint('dim', candidateText(result.top[t][0], paint)),
  ]);
  const { perplexity } = result;
  const mean =
    perplexity === null ? '' : `  perplexity ${perplexity.toPrecision(4)} over ${count(tokens.length - 1)} tokens`;
  return [
    tableLines(columns, rows, paint),
    mean && `${paint('dim', mean)}\n`,
    `\n${paint('bold', 'Next token')}\n`,
    candidateBars(result.next, paint),
  ].join('');
}

function standing(logprob: number | null, rank: number | null, paint: Paint): string[] {
  if (logprob === null || rank === null) return ['–', '–', '–', ''];
  const nats = -logprob;
  const style = rank === 0 ? 'green' : nats < fullNats / 2 ? 'yellow' : 'red';
  const line = paint(style, bar(nats / fullNats, barColumns));
  return [probabilityText(Math.exp(logprob), paint), count(rank + 1), nats.toFixed(2), line];
}

function candidateText(candidate: Candidate | undefined, paint: Paint): string {
  return candidate
    ? `${clipped(visible(readable(candidate)), 20)} ${probabilityText(Math.exp(candidate.logprob), paint)}`
    : '';
}

const begunNote =
  '‹…› holds the first bytes of a character; the likeliest characters are computed by letting the model go on from it.';

/** One line per candidate: text, probability, a bar from 0 to 1. */
export function candidateBars(candidates: readonly Candidate[], paint: Paint): string {
  const rows = candidates.map((candidate) => {
    const share = Math.exp(candidate.logprob);
    const drawn = paint('cyan', bar(share, 30)) + likelyText(candidate, paint);
    return [`  ${visible(readable(candidate))}`, probabilityText(share, paint), drawn];
  });
  const note = candidates.some(({ likely }) => likely) ? paint('dim', `  ${begunNote}\n`) : '';
  return tableLines([{ title: '' }, { title: '', align: 'right' }, { title: '' }], rows, paint) + note;
}
