/** The requests and results of this analysis. Logarithms are natural, positions count from 0. */

import type { Answer, Progress, PromptRequest } from '../../protocol/request';
import { type RowOf, sameText, type ValuesOf } from '../measured';
import { flagged, optionalAmount, texts } from '../options';
import type { Boundary, Candidate } from '../shared/contract';

export interface Choice {
  text: string;
  /** The tokens that are scored; where there is a boundary, they include the end of the prompt. */
  tokens: Candidate[];
  /** Sum over the answer's tokens. */
  logprob: number;
  probability: number;
  /** Probability renormalised over the listed answers. */
  share: number;
  /** The probability minus that of the longer listed answers that begin with this one. */
  exclusive: number;
  logprobPerToken: number;
  /** Log-probability per UTF-8 byte of boundary text and answer. */
  logprobPerByte: number;
  /** Set when a threshold was given: share ≥ threshold. */
  accepted?: boolean;
}

export interface ChooseResult {
  boundary: Boundary | null;
  choices: Choice[];
  /** Probability of all listed answers together, with overlaps and equal answers counted once: Σ exclusive. */
  coverage: number;
  /** Where the answers diverge: an index into their tokens and each answer's id there; null when one answer ends before that. */
  diverge: { position: number; ids: number[] } | null;
  /** Pairs [shorter, longer] of indices into `choices` where one answer's tokens begin the other's (or are the same): the shorter
   *  one's probability then contains the longer one's. */
  prefixes: [number, number][];
}

export interface ChooseRequests {
  choose: {
    params: PromptRequest & { choices: string[]; threshold: number | null };
    result: Answer<ChooseResult>;
    progress: Progress;
  };
}

export const chooseFlags = () => ({
  choices: flagged(texts('result'), '--choices <answer...>', 'the answers to compare', { required: true }),
  threshold: flagged(
    optionalAmount(0, 1, 'result'),
    '--threshold <share>',
    'mark the answers that have at least this share',
  ),
});

const chosen = ({ choices }: ChooseResult, text: number | string) => choices.find((each) => sameText(each.text, text));

export const chooseValues: ValuesOf<ChooseResult> = {
  share: (result, text) => chosen(result, text)?.share ?? null,
  p: (result, text) => chosen(result, text)?.probability ?? null,
  coverage: ({ coverage }) => coverage,
  top: ({ choices }) => choices.reduce((best, each) => (each.logprob > best.logprob ? each : best)).text.trim(),
};

export const chooseRow: RowOf<ChooseResult> = ({ boundary, coverage, choices }) => ({
  boundary: boundary?.text ?? null,
  coverage,
  choices: choices.map(({ text, logprob, probability, share }) => ({ text, logprob, probability, share })),
});
