/**
 * Does the model say the same thing twice? The likeliest continuation of a prompt of T tokens is computed once as `generate` does it (the
 * first run), then again and in other ways (ways.ts), and every way is compared with the first run.
 *
 * The comparison covers the logits [V] that each of the n tokens of the continuation is chosen from, after positions T − 1 … T + n − 2, all
 * of them computed on the first run's text. A way's own likeliest text agrees with it up to the step where its likeliest token differs,
 * because until then both have the same preceding text. Rows of the prompt before the last one decide no token and are not compared.
 *
 *   gap = log p(likeliest) − log p(next)          fragile: gap < 2 · the largest logit difference of all ways
 *
 * Each of the two logits may move by that difference, so a smaller lead can turn over (arXiv 2506.09501). The [n, V] logits of the first
 * run and of the current way are held at once.
 */
import { type ClauseKey, clause } from '../../protocol/clauses';
import { ProblemError } from '../../protocol/problem';
import { named } from '../shared/candidate';
import { checkRoom } from '../shared/following';
import type { Model } from '../shared/model';
import type { OnTokens } from '../shared/prefix';
import {
  fewestRuns,
  mostRuns,
  type RepeatResult,
  type RepeatStep,
  type RepeatToken,
  type RepeatWay,
  type RepeatWayName,
  repeatWays,
} from './contract';
import { lead, rowDifference } from './differences';
import { costOf, type WayName, type WayText, ways, wholePasses } from './ways';

export interface RepeatOptions {
  /** Tokens of the continuation, at most. */
  maxTokens: number;
  /** Times that each way is computed, 2 … 100. */
  runs: number;
  signal?: AbortSignal;
  /** The number of tokens run and to run; fewer are to run once an end token has come. */
  onProgress?: OnTokens;
  /** Called after the first run and after each way. */
  onPartial?: (result: RepeatResult) => void;
}

/** The most floats of logits [n, V] that may be held for one way: 128 MB. */
const logitFloats = 2 ** 25;
const instead = 8;

/** The longest continuation that can be compared. */
export function mostTokens(vocabulary: number): number {
  return Math.max(1, Math.floor(logitFloats / vocabulary));
}

/**
 * Rejects with `emptyPrompt`, `outOfRange` (tokens or runs), `promptTooLong` where no token would fit, and `cancelled` between passes. A
 * prompt of one token has no half to keep, so `afterEdit` is left out for it.
 */
export async function repeat(model: Model, prompt: readonly number[], options: RepeatOptions): Promise<RepeatResult> {
  check(model, prompt, options);
  const limit = Math.min(options.maxTokens, model.info.context - prompt.length);
  const names = repeatWays.filter((name) => name !== 'afterEdit' || prompt.length > 1);
  const runsOf = (name: RepeatWayName) => options.runs - (name === 'again' ? 1 : 0);
  const costs = (text: WayText) => names.map((name) => runsOf(name) * costOf(wayOf(name), text));
  const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);

  const longest = textOf(prompt, new Array<number>(limit).fill(0));
  const expected = costOf('stepwise', longest) + sum(costs(longest));
  const first = await firstRun(model, prompt, limit, options.signal, (steps) =>
    options.onProgress?.(prompt.length - 1 + steps, expected),
  );
  const done: Computed[] = [];
  const text = textOf(prompt, first.tokens);
  const cost = costs(text);
  const total = costOf('stepwise', text) + sum(cost);
  const resultSoFar = () => resultOf(model, prompt, first, done, done.length === names.length);
  const tell = () => options.onPartial?.(resultSoFar());
  tell();
  for (const [place, name] of names.entries()) {
    const before = total - sum(cost.slice(place));
    done.push(
      await computed(model, prompt, first, name, runsOf(name), options.signal, (share) =>
        options.onProgress?.(Math.round(before + share * cost[place]), total),
      ),
    );
    tell();
  }
  return resultSoFar();
}

function check(model: Model, prompt: readonly number[], { maxTokens, runs }: RepeatOptions): void {
  if (prompt.length === 0) throw new ProblemError('emptyPrompt', [clause('prompt')]);
  const within = (name: ClauseKey, value: number, least: number, most: number) => {
    if (!(value >= least && value <= most)) throw new ProblemError('outOfRange', [clause(name), least, most]);
  };
  within('numberOfTokens', maxTokens, 1, mostTokens(model.info.vocabulary));
  within('numberOfRuns', runs, fewestRuns, mostRuns);
  checkRoom(model, prompt, 1);
}

const wayOf = (name: RepeatWayName): WayName => (name === 'again' ? 'stepwise' : name);

/** The last token of a continuation need not be run, because its next-token distribution is not needed. */
function textOf(prompt: readonly number[], continuation: readonly number[]): WayText {
  return { ids: [...prompt, ...continuation.slice(0, -1)], prompt: prompt.length, from: prompt.length - 1 };
}

interface FirstRun {
  tokens: number[];
  /** [n] of [V]. */
  rows: Float32Array[];
}

/** Takes the likeliest token at each step, the lowest id among equals, until an end token or `limit`. */
async function firstRun(
  model: Model,
  prompt: readonly number[],
  limit: number,
  signal: AbortSignal | undefined,
  onStep: (steps: number) => void,
): Promise<FirstRun> {
  const ids = [...prompt];
  const run: FirstRun = { tokens: [], rows: [] };
  for await (const row of ways.stepwise(model, { ids, prompt: prompt.length, from: prompt.length - 1 }, signal)) {
    const { first: id } = lead(row);
    run.rows.push(row);
    run.tokens.push(id);
    onStep(run.tokens.length);
    if (run.tokens.length === limit || model.endIds.includes(id)) break;
    ids.push(id);
  }
  return run;
}

interface Computed extends RepeatWay {
  /** The way's likeliest tokens on the first run's text. */
  tokens: number[];
}

async function computed(
  model: Model,
  prompt: readonly number[],
  first: FirstRun,
  name: RepeatWayName,
  runs: number,
  signal: AbortSignal | undefined,
  onShare: (share: number) => void,
): Promise<Computed> {
  const text = textOf(prompt, first.tokens);
  const { vocabulary } = model.info;
  const fromFirst = new Largest(model, prompt.length);
  const fromItself = new Largest(model, prompt.length);
  const own = name === 'again' ? first.rows : [];
  const tokens: number[] = [];
  let parting: number | null = null;
  let differing = 0;
  for (let run = 0; run < runs; run++) {
    let step = 0;
    let equal = true;
    for await (const block of ways[wayOf(name)](model, text, signal)) {
      for (let start = 0; start < block.length; start += vocabulary, step++) {
        const row = block.subarray(start, start + vocabulary);
        fromFirst.add(step, first.rows[step], row);
        if (own[step]) equal = fromItself.add(step, own[step], row) && equal;
        else own[step] = row;
        const { first: id } = lead(row);
        if (run === 0) tokens.push(id);
        if (id === first.tokens[step] || (parting !== null && parting <= step)) continue;
        parting = step;
        tokens[step] = id;
      }
      onShare((run + step / first.rows.length) / runs);
    }
    if (!equal) differing++;
  }
  return {
    ...{ name, runs, passes: name === 'withoutCache' ? wholePasses(model, text.ids.length) : null },
    ...{ ...fromFirst.values, at: fromFirst.at, firstDifference: parting },
    instead: parting === null ? [] : await ownText(model, prompt, first, name, parting, tokens[parting], signal),
    itself: { compared: name === 'again' ? runs : runs - 1, differing, ...fromItself.values },
    tokens,
  };
}

/** Collects the largest differences of rows that should be the same. */
class Largest {
  readonly values = { logits: 0, logprob: 0 };
  readonly at: RepeatWay['at'] = { logits: null, logprob: null };

  constructor(
    private readonly model: Model,
    private readonly prompt: number,
  ) {}

  /** Returns whether the rows are equal. */
  add(step: number, first: Float32Array, other: Float32Array): boolean {
    const difference = rowDifference(first, other);
    for (const kind of ['logits', 'logprob'] as const) {
      const { value, id } = difference[kind];
      if (value <= this.values[kind]) continue;
      this.values[kind] = value;
      this.at[kind] = { step, position: this.prompt + step, ...named(this.model, id) };
    }
    return difference.logits.value === 0;
  }
}

/** The continuation of a way after it has diverged with `id` at `step`. */
async function ownText(
  model: Model,
  prompt: readonly number[],
  first: FirstRun,
  name: RepeatWayName,
  step: number,
  id: number,
  signal: AbortSignal | undefined,
): Promise<RepeatToken[]> {
  const own = [id];
  const most = Math.min(instead, first.tokens.length - step);
  while (own.length < most && !model.endIds.includes(own[own.length - 1])) {
    const ids = [...prompt, ...first.tokens.slice(0, step), ...own];
    for await (const row of ways[wayOf(name)](model, { ids, prompt: prompt.length, from: ids.length - 1 }, signal)) {
      own.push(lead(row).first);
    }
  }
  return own.map((each) => named(model, each));
}

function resultOf(
  model: Model,
  prompt: readonly number[],
  first: FirstRun,
  done: readonly Computed[],
  complete: boolean,
): RepeatResult {
  const logits = Math.max(0, ...done.map((way) => way.logits));
  const token = (id: number): RepeatToken => named(model, id);
  const steps = first.rows.map((row, step): RepeatStep => {
    const { second, gap } = lead(row);
    const fragile = gap < 2 * logits;
    return { position: prompt.length + step, ...token(first.tokens[step]), gap, second: token(second), fragile };
  });
  const ended = model.endIds.includes(first.tokens[first.tokens.length - 1]);
  return {
    ways: done.map(({ tokens, ...way }) => way),
    logits,
    logprob: Math.max(0, ...done.map((way) => way.logprob)),
    parts: partingOf(first, done, token),
    steps,
    text: model.decode(ended ? first.tokens.slice(0, -1) : first.tokens),
    finish: ended ? 'stop' : 'length',
    complete,
  };
}

function partingOf(
  first: FirstRun,
  done: readonly Computed[],
  token: (id: number) => RepeatToken,
): RepeatResult['parts'] {
  const places = done.flatMap(({ firstDifference }) => (firstDifference === null ? [] : [firstDifference]));
  if (places.length === 0) return null;
  const step = Math.min(...places);
  const others = done.map(({ name, tokens }) => ({ way: name, ...token(tokens[step]) }));
  return { step, tokens: [{ way: 'first', ...token(first.tokens[step]) }, ...others] };
}
