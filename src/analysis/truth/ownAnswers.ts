/**
 * Statements that the model completes itself, and a mechanical judge of its words: they are right when they name the value that makes the
 * statement true, wrong when they name another value of the same list, else not judged. The statement is cut off after the value, because
 * the truth of the rest of the model's sentence is unknown. Pure.
 */

import type { Model, PastState } from '../shared/model';
import { commonPrefix, prefill } from '../shared/prefix';
import { seededRandom } from '../shared/random';
import type { OpenStatement } from './contract';

/** A statement as the model completed it. */
export interface OwnAnswer {
  topic: string;
  /** The whole statement, and the offset in it at which the model's own words begin. */
  text: string;
  from: number;
  right: boolean;
}

export interface OpenPrompt {
  open: OpenStatement;
  /** Its tokens, framed as statements are. */
  ids: readonly number[];
}

export interface AnswersOptions {
  seed: number;
  signal?: AbortSignal;
  /** The number of statements completed and to complete. */
  onProgress?: (done: number, total: number) => void;
}

/** The likeliest continuation is judged, and this many drawn ones: a small model is wrong more often when it draws. */
export const draws = 4;
/** Tokens are drawn from this many candidates; further ones are noise. */
const candidates = 50;
const longest = 12;
const atOnce = 32;

/** Returns each different answer once; `unjudged` counts the different ones that are neither right nor wrong. */
export async function ownAnswers(
  model: Model,
  prompts: readonly OpenPrompt[],
  { seed, signal, onProgress }: AnswersOptions,
): Promise<{ answers: OwnAnswer[]; unjudged: number }> {
  const rows = prompts.flatMap(({ open, ids }, at) =>
    Array.from(
      { length: draws + 1 },
      (_, draw) => new Row(model, open, ids, draw === 0 ? null : seed + at * draws + draw),
    ),
  );
  const shared = prompts.reduce(
    (length, { ids }) => Math.min(length, ids.length - 1, commonPrefix(prompts[0].ids, ids)),
    Number.POSITIVE_INFINITY,
  );
  const past = prompts.length > 0 && shared > 0 ? await prefill(model, null, prompts[0].ids, shared, { signal }) : null;
  let done = 0;
  for (const group of sameLength(rows)) {
    await complete(model, group, past, shared, signal);
    done += group.length;
    onProgress?.(done, rows.length);
  }
  const seen = new Set<string>();
  const answers: OwnAnswer[] = [];
  let unjudged = 0;
  for (const { open, said } of rows) {
    const judged = judgeAnswer(open, said);
    const text = `${open.text} ${judged?.words ?? said}.`;
    if (seen.has(text)) continue;
    seen.add(text);
    if (judged) answers.push({ topic: open.topic, text, from: open.text.length, right: judged.right });
    else unjudged++;
  }
  return { answers, unjudged };
}

/** Rows of one length run together without padding. */
function sameLength(rows: readonly Row[]): Row[][] {
  const groups: Row[][] = [];
  for (const row of [...rows].sort((a, b) => a.ids.length - b.ids.length)) {
    const last = groups.at(-1);
    if (last && last.length < atOnce && last[0].ids.length === row.ids.length) last.push(row);
    else groups.push([row]);
  }
  return groups;
}

async function complete(
  model: Model,
  rows: readonly Row[],
  before: PastState | null,
  shared: number,
  signal: AbortSignal | undefined,
): Promise<void> {
  const top = Math.min(candidates, model.info.vocabulary);
  let past = before;
  let ids = rows.map((row) => row.ids.slice(shared));
  for (let step = 0; step < longest && rows.some(({ done }) => !done); step++) {
    const length = ids[0].length;
    const ends = rows.map((_, b) => (b + 1) * length - 1);
    const result = await model.run({ ids, past, rows: ends, top, want: { past: true } }, signal);
    past = result.past;
    ids = rows.map((row, b) => {
      const own = [b * top, (b + 1) * top] as const;
      return [row.add(result.topIds.subarray(...own), result.topLogprob.subarray(...own))];
    });
  }
}

/** One continuation in progress. */
class Row {
  said = '';
  done = false;
  private readonly own: number[] = [];
  private readonly random: (() => number) | null;
  private readonly values: string[][];

  constructor(
    private readonly model: Model,
    readonly open: OpenStatement,
    readonly ids: readonly number[],
    seed: number | null,
  ) {
    this.random = seed === null ? null : seededRandom(seed);
    this.values = [...open.right, ...open.wrong, ...open.disputed].map(namesOf);
  }

  /** `ids` are ordered best first. Returns the one that was taken. */
  add(ids: Int32Array, logprob: Float32Array): number {
    const id = ids[this.random ? drawn(logprob, this.random()) : 0];
    if (this.done) return id;
    this.done = this.model.endIds.includes(id);
    if (!this.done) {
      this.own.push(id);
      this.said = this.model.decode(this.own);
      // The last word may still continue; the words before it determine whether more of a value is to come.
      const whole = wordsOf(this.said.replace(/[\p{L}\p{M}\p{N}'’-]+$/u, '')).map(({ name }) => name);
      this.done = !this.values.some((value) => value.length > whole.length && agree(value, whole));
    }
    return id;
  }
}

function drawn(logprob: Float32Array, uniform: number): number {
  const mass = logprob.reduce((sum, value) => sum + Math.exp(value), 0);
  let reached = 0;
  for (let at = 0; at < logprob.length - 1; at++) {
    reached += Math.exp(logprob[at]);
    if (reached > uniform * mass) return at;
  }
  return logprob.length - 1;
}

/** Judged by the longest listed value that the model's words begin with; null where there is none, or where it is disputed. */
export function judgeAnswer(
  { right, wrong, disputed }: OpenStatement,
  said: string,
): { right: boolean; words: string } | null {
  const words = wordsOf(said);
  const names = words.map(({ name }) => name);
  const values = [
    ...right.map((text) => ({ value: namesOf(text), is: true })),
    ...wrong.map((text) => ({ value: namesOf(text), is: false })),
    ...disputed.map((text) => ({ value: namesOf(text), is: null })),
  ].sort((a, b) => b.value.length - a.value.length);
  const named = values.find(({ value }) => value.length <= names.length && agree(value, names));
  if (named === undefined || named.is === null) return null;
  const [first, last] = [wordsOf(said, true)[0], words[named.value.length - 1]];
  return { right: named.is, words: said.slice(first.start, last.end).replace(/["“”*_]/g, '') };
}

const agree = (a: readonly string[], b: readonly string[]): boolean =>
  a.slice(0, b.length).every((name, at) => name === b[at]);

const namesOf = (text: string): string[] => wordsOf(text).map(({ name }) => name);

/** Words without case, diacritics and the s of a plural, and without articles unless they are wanted. */
function wordsOf(text: string, withArticles = false): { name: string; start: number; end: number }[] {
  return [...text.matchAll(/[\p{L}\p{M}\p{N}]+(?:['’-][\p{L}\p{M}\p{N}]+)*/gu)]
    .map(({ 0: word, index }) => {
      const name = word.toLowerCase();
      return { name: name.length > 3 ? name.replace(/s$/, '') : name, start: index, end: index + word.length };
    })
    .filter(({ name }) => withArticles || !/^(?:a|an|the)$/.test(name));
}
