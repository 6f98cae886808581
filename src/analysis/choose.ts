/**
 * Which of several answers the model would give: each is scored as a whole token sequence that follows the prompt x,
 *
 *   logprob(a) = Σ_i log p(a_i | x, a_{<i})     probability = exp(logprob)     share = probability / Σ over the listed answers
 *
 * The answers share the prompt's past; those of equal length are one batch. Where one answer's tokens begin another's, the
 * shorter one's probability contains the longer one's: `prefixes` lists those pairs.
 */
import { ProblemError } from '../protocol/problem';
import type { Candidate, Choice, ChooseResult } from '../protocol/results';
import type { Model } from './model';
import { chunkTokens, type KnownPast, type OnTokens, prefill } from './prefix';

export interface ChooseOptions {
  /** Marks the answers with share ≥ threshold as accepted. */
  threshold?: number | null;
  known?: KnownPast | null;
  signal?: AbortSignal;
  /** Answers scored, answers in all. */
  onProgress?: OnTokens;
}

/** `ids`: the prompt, at least one token. Rejects with `choiceEmpty`, `emptyPrompt`, and `cancelled` between passes. */
export async function choose(
  model: Model,
  ids: readonly number[],
  texts: readonly string[],
  { threshold, known, signal, onProgress }: ChooseOptions = {},
): Promise<ChooseResult> {
  if (ids.length === 0) throw new ProblemError('emptyPrompt', ['The prompt']);
  const answers = texts.map((text) => model.tokenize(text));
  const empty = answers.findIndex((answer) => answer.length === 0);
  if (empty >= 0) throw new ProblemError('choiceEmpty', [texts[empty]]);

  const past = await prefill(model, known, ids, ids.length - 1, { signal });
  const scores: Float32Array[] = [];
  let done = 0;
  for (const batch of batches(answers)) {
    const length = answers[batch[0]].length;
    const inputs = batch.map((answer) => [ids[ids.length - 1], ...answers[answer].slice(0, -1)]);
    const targets = batch.flatMap((answer) => answers[answer]);
    const rows = targets.map((_, row) => row);
    const { logprob } = await model.run({ ids: inputs, past, rows, targets }, signal);
    batch.forEach((answer, place) => {
      scores[answer] = logprob.subarray(place * length, (place + 1) * length);
    });
    done += batch.length;
    onProgress?.(done, answers.length);
  }
  const choices = texts.map((text, answer) => scored(model, text, answers[answer], scores[answer]));
  return { choices: shared(choices, threshold ?? null), diverge: divergence(answers), prefixes: prefixPairs(answers) };
}

/** Indices of answers of equal length, at most a chunk's worth of tokens each, shortest first. */
function batches(answers: readonly (readonly number[])[]): number[][] {
  const result: number[][] = [];
  const byLength = new Map<number, number[]>();
  const order = answers.map((_, index) => index).sort((a, b) => answers[a].length - answers[b].length || a - b);
  for (const index of order) {
    const { length } = answers[index];
    let batch = byLength.get(length);
    if (!batch || (batch.length + 1) * length > chunkTokens) {
      batch = [];
      byLength.set(length, batch);
      result.push(batch);
    }
    batch.push(index);
  }
  return result;
}

function scored(model: Model, text: string, ids: readonly number[], logprobs: Float32Array): Choice {
  const tokens = ids.map((id, index): Candidate => ({ id, text: model.text(id), logprob: logprobs[index] }));
  const logprob = tokens.reduce((sum, token) => sum + token.logprob, 0);
  return { text, tokens, logprob, probability: Math.exp(logprob), share: 0 };
}

function shared(choices: Choice[], threshold: number | null): Choice[] {
  const highest = Math.max(...choices.map((choice) => choice.logprob));
  const weights = choices.map((choice) => Math.exp(choice.logprob - highest));
  const sum = weights.reduce((a, b) => a + b, 0);
  return choices.map((choice, index) => {
    const share = weights[index] / sum;
    return { ...choice, share, ...(threshold === null ? {} : { accepted: share >= threshold }) };
  });
}

/** The first index at which not all answers have the same token; null when one of them ends before that. */
export function divergence(answers: readonly (readonly number[])[]): ChooseResult['diverge'] {
  const shortest = Math.min(...answers.map((answer) => answer.length));
  for (let position = 0; position < shortest; position++) {
    const ids = answers.map((answer) => answer[position]);
    if (ids.some((id) => id !== ids[0])) return { position, ids };
  }
  return null;
}

/** Pairs [shorter, longer] of answers where one's tokens begin the other's (or are the same). */
export function prefixPairs(answers: readonly (readonly number[])[]): [number, number][] {
  const pairs: [number, number][] = [];
  answers.forEach((shorter, a) => {
    answers.forEach((longer, b) => {
      const before = shorter.length < longer.length || (shorter.length === longer.length && a < b);
      if (before && shorter.every((id, index) => id === longer[index])) pairs.push([a, b]);
    });
  });
  return pairs;
}
