/** Small prompts and results for the host's tests: each word is a token, and probabilities are given by hand. */

import type { AttentionData } from '../../../src/analysis/attention/contract';
import type { ProbabilitiesData, ProbabilitiesResult } from '../../../src/analysis/probabilities/contract';
import type { SaliencyData, SaliencyMethod, SaliencyResult } from '../../../src/analysis/saliency/contract';
import type { Prompt, Range, Token } from '../../../src/protocol/model';

export function token(text: string, source: Range | null, id = 100): Token {
  const [start, end] = source ?? [0, 0];
  return { id, text, bytes: Buffer.from(text).toString('hex'), start, end, source, special: false, role: null };
}

/** Each piece is a token, in file order. */
export function promptOf(pieces: readonly string[]): Prompt {
  let at = 0;
  const tokens = pieces.map((text, index) => {
    const made = token(text, [at, at + text.length], 100 + index);
    at += text.length;
    return made;
  });
  return { file: 'a.txt', rendered: pieces.join(''), tokens };
}

/** `logprobs` and `ranks` hold the values of the tokens t ≥ 1, in order. */
export function resultOf(logprobs: readonly number[], ranks: readonly number[]): ProbabilitiesResult {
  return {
    logprob: [null, ...logprobs],
    rank: [null, ...ranks],
    entropy: [1, ...logprobs.map(() => 1)],
    top: [[], ...logprobs.map(() => [{ id: 7, text: ' the', logprob: -1 }])],
    next: [{ id: 8, text: ' end', logprob: -0.5 }],
    perplexity: 2,
  };
}

export function dataOf(pieces: readonly string[]): ProbabilitiesData {
  const rest = pieces.slice(1);
  return {
    prompt: promptOf(pieces),
    result: resultOf(
      rest.map(() => -1),
      rest.map(() => 0),
    ),
    end: null,
  };
}

export function attentionOf(pieces: readonly string[]): AttentionData {
  const thumbnails = new Float32Array(4);
  return { prompt: promptOf(pieces), overview: { size: 2, thumbnails, summaries: [], sinkMass: 0.5 } };
}

/** Each token is a word with the space before it; the same word has the same id wherever it stands. */
export function wordsOf(text: string): Prompt {
  const prompt = promptOf(text.match(/\s*\S+/g) ?? []);
  const idOf = (word: string) => [...word].reduce((sum, letter) => (sum * 31 + letter.charCodeAt(0)) % 49_999, 7);
  return { ...prompt, tokens: prompt.tokens.map((each) => ({ ...each, id: idOf(each.text) })) };
}

/** Units of one token each, scored by the given methods. */
export function saliencyOf(text: string, methods: Partial<Record<SaliencyMethod, (number | null)[]>>): SaliencyData {
  const prompt = wordsOf(text);
  const units = prompt.tokens.map(({ text, start, end }, position) => ({
    ...{ text, start, end },
    tokens: [position, position + 1] as Range,
  }));
  const scored = Object.entries(methods).map(([method, scores]) => ({
    ...{ method: method as SaliencyMethod, scores, faithfulness: null, completeness: null, refused: null },
  }));
  const target = { ids: [9], text: ' negative', logprob: -0.1, position: units.length, contrast: null, boundary: null };
  const result: SaliencyResult = {
    ...{ target, operator: 'knockout', by: 'token', scope: 'user', units, unscored: [], methods: scored },
    ...{ coarse: null, agreement: [], warnings: [], random: null, complete: true },
  };
  return { prompt, result };
}
