/** What this analysis is asked and answers. Logarithms natural, positions from 0. */

import type { Answer, Progress, PromptRequest } from '../../protocol/request';
import { type RowOf, sameText, type ValuesOf } from '../measured';
import { flagged, optionalAmount, texts } from '../options';
import type { Boundary, Candidate } from '../shared/contract';

export interface Choice {
  text: string;
  /** What is scored of it: with the end of the prompt where there is a boundary. */
  tokens: Candidate[];
  /** Sum over its tokens. */
  logprob: number;
  probability: number;
  /** Probability renormalised over the listed answers. */
  share: number;
  /** Probability less that of the listed longer answers that begin with it. */
  exclusive: number;
  logprobPerToken: number;
  /** Over the UTF-8 bytes of boundary text and answer. */
  logprobPerByte: number;
  /** Set when a threshold was given: share ≥ threshold. */
  accepted?: boolean;
}

export interface ChooseResult {
  boundary: Boundary | null;
  choices: Choice[];
  /** Probability of the answers that no other listed answer begins, equal ones once: Σ exclusive. */
  coverage: number;
  /** Where the answers part: index into the answers' tokens and each answer's id there; null when one ends before. */
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
  choices: flagged(texts('result'), '--choices <answer...>', 'the answers', { required: true }),
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
