/**
 * The likelihood of each of several answers: an answer is scored as a whole token sequence that follows the prompt x and is tokenised
 * together with it (following.ts),
 *
 *   logprob(a) = Σ_i log p(a_i | x, a_{<i})     probability = exp(logprob)     share = probability / Σ over the listed answers
 *
 * The answers share the prompt's past; those of equal length are one batch. Where one answer's tokens begin another's, the shorter one's
 * probability contains the longer one's: `prefixes` lists those pairs, and `exclusive` is the part that belongs to the shorter one alone.
 */
import { clause } from '../../protocol/clauses';
import { ProblemError } from '../../protocol/problem';
import { candidateOf } from '../shared/candidate';
import { following, type PromptText } from '../shared/following';
import type { Model } from '../shared/model';
import { chunkTokens, type KnownPast, type OnTokens, prefill } from '../shared/prefix';
import type { Choice, ChooseResult } from './contract';

export interface ChooseOptions {
  /** Answers with share ≥ threshold are marked as accepted. */
  threshold?: number | null;
  known?: KnownPast | null;
  signal?: AbortSignal;
  /** Called with the number of answers scored and the number of all answers. */
  onProgress?: OnTokens;
}

/**
 * Rejects with `emptyPrompt`, `choiceNone`, `choiceEmpty` (an answer that adds no token), `nothingKept`, `promptTooLong` (no room for
 * an answer), and `cancelled` between passes.
 */
export async function choose(
  model: Model,
  prompt: PromptText,
  texts: readonly string[],
  { threshold, known, signal, onProgress }: ChooseOptions = {},
): Promise<ChooseResult> {
  if (prompt.tokens.length === 0) throw new ProblemError('emptyPrompt', [clause('prompt')]);
  if (texts.length === 0) throw new ProblemError('choiceNone');
  const { kept, boundary, ids: answers } = following(model, prompt, texts, { refused: 'choiceEmpty' });
  const ids = prompt.tokens.slice(0, kept).map(({ id }) => id);
  const past = await prefill(model, known, ids, kept - 1, { signal });
  const scores: Float32Array[] = [];
  let done = 0;
  for (const batch of batches(answers)) {
    const length = answers[batch[0]].length;
    const inputs = batch.map((answer) => [ids[kept - 1], ...answers[answer].slice(0, -1)]);
    const targets = batch.flatMap((answer) => answers[answer]);
    const rows = targets.map((_, row) => row);
    const { logprob } = await model.run({ ids: inputs, past, rows, targets }, signal);
    batch.forEach((answer, place) => {
      scores[answer] = logprob.subarray(place * length, (place + 1) * length);
    });
    done += batch.length;
    onProgress?.(done, answers.length);
  }
  const tokens = answers.map((answer, place) => answer.map((id, at) => candidateOf(model, id, scores[place][at])));
  const logprobs = tokens.map((answer) => answer.reduce((sum, token) => sum + token.logprob, 0));
  const shares = sharesOf(logprobs);
  const { exclusive, coverage } = partsOf(answers, logprobs.map(Math.exp));
  const bytes = texts.map((text) => utf8Length(`${boundary?.text ?? ''}${text}`));
  const choices = texts.map(
    (text, at): Choice => ({
      text,
      tokens: tokens[at],
      logprob: logprobs[at],
      probability: Math.exp(logprobs[at]),
      share: shares[at],
      exclusive: exclusive[at],
      logprobPerToken: logprobs[at] / tokens[at].length,
      logprobPerByte: logprobs[at] / bytes[at],
      ...(threshold == null ? {} : { accepted: shares[at] >= threshold }),
    }),
  );
  return { boundary, choices, coverage, diverge: divergence(answers), prefixes: prefixPairs(answers) };
}

/** Indices of answers of equal length, at most one chunk of tokens per batch, shortest first. */
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

/** Bytes of a text in UTF-8. */
function utf8Length(text: string): number {
  const width = (code: number) => (code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4);
  return [...text].reduce((sum, character) => sum + width(character.codePointAt(0) ?? 0), 0);
}

/** Softmax. */
function sharesOf(logprobs: readonly number[]): number[] {
  const highest = Math.max(...logprobs);
  const weights = logprobs.map((logprob) => Math.exp(logprob - highest));
  const sum = weights.reduce((a, b) => a + b, 0);
  return weights.map((weight) => weight / sum);
}

/**
 * [answer] The part of each probability that no longer listed answer has, and the probability of all answers together. Equal answers count
 * once.
 */
export function partsOf(
  answers: readonly (readonly number[])[],
  probabilities: readonly number[],
): { exclusive: number[]; coverage: number } {
  const first = answers.map((answer) => answers.findIndex((other) => begins(other, answer) && begins(answer, other)));
  const distinct = [...new Set(first)];
  const sum = (indices: readonly number[]) => indices.reduce((total, index) => total + probabilities[index], 0);
  const longer = (index: number) =>
    distinct.filter((other) => other !== first[index] && begins(answers[index], answers[other]));
  // An answer that begins with another one is contained in that one's probability.
  const outermost = (indices: readonly number[]) =>
    indices.filter((index) => !indices.some((other) => other !== index && begins(answers[other], answers[index])));
  return {
    exclusive: answers.map((_, index) => probabilities[index] - sum(outermost(longer(index)))),
    coverage: sum(outermost(distinct)),
  };
}

const begins = (shorter: readonly number[], longer: readonly number[]): boolean =>
  shorter.length <= longer.length && shorter.every((id, index) => id === longer[index]);

/** The first index at which not all answers have the same token; null when one of them ends before that. */
export function divergence(answers: readonly (readonly number[])[]): ChooseResult['diverge'] {
  const shortest = Math.min(...answers.map((answer) => answer.length));
  for (let position = 0; position < shortest; position++) {
    const ids = answers.map((answer) => answer[position]);
    if (ids.some((id) => id !== ids[0])) return { position, ids };
  }
  return null;
}

/** Pairs [shorter, longer] of answers where one answer's tokens begin the other's (or are the same). */
export function prefixPairs(answers: readonly (readonly number[])[]): [number, number][] {
  const pairs: [number, number][] = [];
  answers.forEach((shorter, a) => {
    answers.forEach((longer, b) => {
      const before = shorter.length < longer.length || (shorter.length === longer.length && a < b);
      if (before && begins(shorter, longer)) pairs.push([a, b]);
    });
  });
  return pairs;
}
