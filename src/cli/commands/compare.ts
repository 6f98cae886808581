/** `prompt-lens compare A B`: what another version of a prompt changes, token by token. */
import { basename } from 'node:path';
import type { Command } from 'commander';
import type { Given } from '../../analysis/options';
import type { ProbabilitiesResult } from '../../analysis/probabilities/contract';
import { counterparts } from '../../analysis/shared/alignment';
import { type Candidate, compareFlags, type explanations, type TargetResult } from '../../analysis/shared/contract';
import type { Prompt, PromptInput, Token } from '../../protocol/model';
import { isPiece, type NamedToken, readable, readableWithLikely } from '../../protocol/pieces';
import { ProblemError } from '../../protocol/problem';
import { addContractOptions } from '../contractOptions';
import type { Sheet } from '../csv';
import type { Environment } from '../environment';
import { addCommonOptions, addPromptOptions, type CommonOptions } from '../options';
import { runOnPrompts, type Session } from '../runCommand';
import { targetSpec } from '../targetOptions';
import { clipped, type Paint, probabilityText, signedBar, tableLines, visible } from '../terminalText';
import { painted } from '../unitText';

type Explanation = (typeof explanations)[number];
type Options = CommonOptions & Given<ReturnType<typeof compareFlags>>;

/** A number of both prompts; `difference` = b − a, null where either has none. */
interface Both {
  a: number | null;
  b: number | null;
  difference: number | null;
}

interface ComparedToken {
  /** Positions from 0 in the two prompts; null where only the other prompt has the token. */
  a: number | null;
  b: number | null;
  text: string;
  /** Its bytes in hex, where it is a piece of a character. */
  bytes?: string;
  logprob: Both;
  /** The score by the explanation that was asked for; null without one. */
  score: Both | null;
}

interface Comparison {
  tokens: ComparedToken[];
  /**
   * Candidates after the last position of both prompts; a log-probability is null where that prompt's list does not contain the candidate.
   */
  next: { a: Candidate[]; b: Candidate[]; tokens: (NamedToken & { id: number; logprob: Both })[] };
  perplexity: Both;
  /** The method behind `tokens[].score`, and the explained answer of each prompt; null without an explanation. */
  explained: { method: Explanation; a: TargetResult; b: TargetResult } | null;
  /** The second prompt, in whose tokens `b` counts; the first is the report's own prompt. */
  second: Prompt;
}

const fields = `
Under --json the result is
  tokens      [{a, b, text, logprob, score}]: positions from 0, null where only the other prompt has the token
  next        {a: [k], b: [k], tokens: [{id, text, logprob}]}
  perplexity, logprob, score: {a, b, difference}, difference = b − a; score is null without --with
  explained   {method, a: target, b: target}, null without --with
  second      the second prompt as "prompt" is the first`;

export function addCompare(program: Command, environment: Environment): void {
  const command = program
    .command('compare')
    .summary('show what another version of a prompt changes')
    .description('Compare two prompts: how much more or less expected each token is, and which tokens come next.')
    .argument('<first>', 'a prompt file, or - for standard input')
    .argument('<second>', 'the other version')
    .addHelpText('after', fields);
  addContractOptions(command, compareFlags());
  addCommonOptions(addPromptOptions(command)).action(async (first: string, second: string, options: Options) => {
    if (options.with === undefined && Object.keys(targetSpec(options)).length > 0)
      throw new ProblemError('usage', ['--target, --at and --contrast need --with: without it nothing is explained.']);
    return runOnPrompts(
      environment,
      { name: 'compare', tensors: [] },
      [first, second],
      options,
      async (session, inputs) => {
        const a = await run(session, inputs[0], options);
        const b = await run(session, inputs[1], options);
        const result = compared(a, b, options.with ?? null);
        const { prompt } = a;
        const named =
          options.verbose || result.second.file === null ? result.second.file : basename(result.second.file);
        return {
          prompt,
          runMs: a.runMs + b.runMs,
          result: { ...result, second: { ...result.second, file: named } },
          sheet: sheetOf(result),
          text: textOf(prompt, result, session.paint),
        };
      },
    );
  });
}

interface Run {
  prompt: Prompt;
  runMs: number;
  result: ProbabilitiesResult;
  explained: { target: TargetResult; scores: (number | null)[] } | null;
}

async function run({ engine, progress }: Session, prompt: PromptInput, options: Options): Promise<Run> {
  const params = { prompt, top: 1, nextTop: options.top };
  const plain = await engine.request('probabilities', params, { onProgress: progress });
  if (options.with === undefined) return { ...plain, explained: null };
  const asked = {
    ...{ prompt, target: targetSpec(options), methods: [options.with] },
    ...{ operator: 'knockout' as const, by: 'token' as const, scope: 'all' as const },
    ...{ pattern: null, selection: [], replacement: null },
    ...{ steps: null, curves: false, warnings: false, limits: 'none' as const },
  };
  const { result, runMs } = await engine.request('saliency', asked, { onProgress: progress });
  const explained = { target: result.target, scores: result.methods[0].scores };
  return { ...plain, runMs: plain.runMs + runMs, explained };
}

function compared(a: Run, b: Run, method: Explanation | null): Comparison {
  const logprobs = { a: a.result.logprob, b: b.result.logprob };
  const scores = a.explained && b.explained && { a: a.explained.scores, b: b.explained.scores };
  return {
    tokens: sideBySide(a.prompt.tokens, b.prompt.tokens).map(([i, j]) => ({
      ...{ a: i, b: j },
      ...nameOf(j === null ? a.prompt.tokens[i ?? 0] : b.prompt.tokens[j]),
      logprob: both(at(logprobs.a, i), at(logprobs.b, j)),
      score: scores && both(at(scores.a, i), at(scores.b, j)),
    })),
    next: { a: a.result.next, b: b.result.next, tokens: candidates(a.result.next, b.result.next) },
    perplexity: both(a.result.perplexity, b.result.perplexity),
    explained: method && a.explained && b.explained && { method, a: a.explained.target, b: b.explained.target },
    second: b.prompt,
  };
}

/** The bytes too, where the token is a piece of a character. */
const nameOf = (token: Token): NamedToken => {
  const { text, bytes } = token;
  return isPiece(token) ? { text, bytes } : { text };
};

/**
 * Pairs of positions in the order of the texts: tokens that only the first prompt has come before those that only the second has in their
 * place.
 */
function sideBySide(a: readonly Token[], b: readonly Token[]): [number | null, number | null][] {
  const texts = (tokens: readonly Token[]) => tokens.map(readable);
  const partners = counterparts(texts(b), texts(a));
  const rows: [number | null, number | null][] = [];
  let next = 0;
  const onlyFirst = (until: number) => {
    for (; next < until; next++) rows.push([next, null]);
  };
  let waiting: [null, number][] = [];
  partners.forEach((partner, j) => {
    if (partner === null) {
      waiting.push([null, j]);
      return;
    }
    onlyFirst(partner);
    rows.push(...waiting, [partner, j]);
    waiting = [];
    next = partner + 1;
  });
  onlyFirst(a.length);
  return [...rows, ...waiting];
}

/** The candidates of both lists: those of the second prompt first, the likeliest first, then those that only the first prompt lists. */
function candidates(a: readonly Candidate[], b: readonly Candidate[]): Comparison['next']['tokens'] {
  const find = (list: readonly Candidate[], wanted: number) => list.find(({ id }) => id === wanted)?.logprob ?? null;
  const all = new Map(
    [...b, ...a].map(({ id, text, bytes }) => [id, bytes === undefined ? { text } : { text, bytes }]),
  );
  return [...all].map(([id, name]) => ({ id, ...name, logprob: both(find(a, id), find(b, id)) }));
}

const at = (values: readonly (number | null)[], position: number | null) =>
  position === null ? null : (values[position] ?? null);

function both(a: number | null, b: number | null): Both {
  return { a, b, difference: a === null || b === null ? null : b - a };
}

function sheetOf({ tokens }: Comparison): Sheet {
  const scored = tokens.some(({ score }) => score !== null);
  return {
    figure: { kind: 'bars', label: ['text'], value: 'difference' },
    columns: [
      ...['firstPositionFrom1', 'secondPositionFrom1', 'text', 'firstLogprob', 'secondLogprob', 'difference'],
      ...(scored ? ['firstScore', 'secondScore', 'scoreDifference'] : []),
    ],
    rows: tokens.map(({ a, b, text, bytes, logprob, score }) => [
      ...[
        a === null ? null : a + 1,
        b === null ? null : b + 1,
        readable({ text, bytes }),
        logprob.a,
        logprob.b,
        logprob.difference,
      ],
      ...(scored ? [score?.a ?? null, score?.b ?? null, score?.difference ?? null] : []),
    ]),
  };
}

/** Number of tokens named in the sentence above the table. */
const mostNamed = 3;
/** In nats; a reader would not notice a smaller change. */
const leastNamed = 0.1;

function textOf(first: Prompt, result: Comparison, paint: Paint): string {
  const { tokens, explained, perplexity } = result;
  const largest = (values: (number | null)[]) => Math.max(0, ...values.map((value) => Math.abs(value ?? 0)));
  const range = largest(tokens.map(({ logprob }) => logprob.difference));
  const scores = largest(tokens.map(({ score }) => score?.difference ?? null));
  const columns = [
    { title: 'first', align: 'right' as const },
    { title: 'second', align: 'right' as const },
    { title: 'token' },
    { title: 'probability', align: 'right' as const },
    { title: 'then', align: 'right' as const },
    { title: 'nats', align: 'right' as const },
    { title: 'less | more expected' },
    ...(explained
      ? [
          { title: explained.method, align: 'right' as const },
          { title: 'then', align: 'right' as const },
          { title: 'change' },
        ]
      : []),
  ];
  const rows = tokens.map(({ a, b, logprob, score }) => [
    a === null ? '+' : String(a + 1),
    b === null ? '−' : String(b + 1),
    b === null
      ? painted(first.tokens[a ?? 0], first.rendered, paint)
      : painted(result.second.tokens[b], result.second.rendered, paint),
    ...[logprob.a, logprob.b].map((value) => (value === null ? '' : probabilityText(Math.exp(value), paint))),
    ...changeCells(logprob.difference, range, paint),
    ...(explained
      ? [scoreText(score?.a), scoreText(score?.b), changeCells(score?.difference ?? null, scores, paint)[1]]
      : []),
  ]);
  const mean = [perplexity.a, perplexity.b].map((value) => value?.toPrecision(4) ?? '–').join(', then ');
  const notes = [
    `perplexity ${mean}; + and − stand where only one of the two has the token`,
    ...(explained ? [targetNote(explained)] : []),
  ];
  return `${answerLine(result, paint)}\n${tableLines(columns, rows, paint)}${notes.map((note) => paint('dim', `  ${note}\n`)).join('')}`;
}

function changeCells(difference: number | null, largest: number, paint: Paint): [string, string] {
  if (difference === null) return ['', ''];
  return [difference.toFixed(2).replace('-0.00', '0.00'), signedBar(difference, largest, 8, paint)];
}

const scoreText = (score: number | null | undefined) => score?.toFixed(3) ?? '';

/** `The answer changes from ·Paris .75 to ·Rome .61. Most changed: ·is −2.10 nats.` */
function answerLine({ next, tokens }: Comparison, paint: Paint): string {
  const [was, is] = [next.a[0], next.b[0]];
  const named = (candidate: Candidate) =>
    `${paint('bold', visible(readableWithLikely(candidate)))} ${probabilityText(Math.exp(candidate.logprob), paint)}`;
  const answer =
    was.id === is.id
      ? `The answer stays ${named(was)}, then ${probabilityText(Math.exp(is.logprob), paint)}.`
      : `The answer changes from ${named(was)} to ${named(is)}.`;
  const most = tokens
    .map(({ text, bytes, logprob }) => ({ text: readable({ text, bytes }), difference: logprob.difference ?? 0 }))
    .filter(({ difference }) => Math.abs(difference) >= leastNamed)
    .sort((a, b) => Math.abs(b.difference) - Math.abs(a.difference))
    .slice(0, mostNamed)
    .map(
      ({ text, difference }) =>
        `${clipped(visible(text), 20)} ${difference > 0 ? '+' : '−'}${Math.abs(difference).toFixed(2)}`,
    );
  return most.length > 0
    ? `${answer} Most changed, in nats: ${most.join(', ')}.`
    : `${answer} No other token changes much.`;
}

function targetNote({ method, a, b }: NonNullable<Comparison['explained']>): string {
  const of = a.text === b.text ? visible(readable(a)) : `${visible(readable(a))}, then for ${visible(readable(b))}`;
  return method === 'occlusion'
    ? `occlusion: what a token does for ${of}, in nats`
    : `attention: how much a token is looked at for ${of}`;
}
