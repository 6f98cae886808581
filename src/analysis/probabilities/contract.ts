/** The requests and results of this analysis. Logarithms are natural, positions count from 0. */

import type { Prompt } from '../../protocol/model';
import type { Answer, Progress, PromptRequest } from '../../protocol/request';
import { declared, shows } from '../declare';
import { type RowOf, sameText, type ValuesOf } from '../measured';
import { amount, choice, count, group, switched } from '../options';
import { type Candidate, candidateCount } from '../shared/contract';

export interface ProbabilitiesResult {
  /** [T] log p(x_t | x_<t); null at 0. */
  logprob: (number | null)[];
  /** [T] The number of entries with a strictly higher logit; null at 0. */
  rank: (number | null)[];
  /** [T] entropy in nats of the distribution after position t. */
  entropy: number[];
  /** [T][k] The distribution **before** position t's token, best first: the tokens expected in its place. `[]` at 0. */
  top: Candidate[][];
  /** [k] The candidates after the last position. */
  next: Candidate[];
  /** exp of the mean negative logprob; null for a single token. */
  perplexity: number | null;
}

export interface ProbabilitiesData {
  prompt: Prompt;
  result: ProbabilitiesResult;
  /** Only the first tokens of the prompt, whose pass goes on: `next` follows the last of these. */
  part?: true;
  /** The end-of-turn token after the last position, for the pinned bar P(end); null for a model without one. */
  end: Candidate | null;
}

/** An earlier run that later ones of the same prompt are compared with. It lasts, so it holds only what a comparison needs. */
export interface Baseline {
  name: string;
  /** Hex digest of the model's file: numbers of another model are not compared with it. */
  model: string;
  rendered: string;
  /** [T] The tokens' bytes in hex, by which they are found again: the text of a piece of a character says nothing. */
  bytes: string[];
  /** [T] Where each token's characters stand in `rendered`. */
  places: [start: number, end: number][];
  /** [T] As in the result. */
  logprob: (number | null)[];
  /** The likeliest candidates after the last position. */
  next: Candidate[];
  end: Candidate | null;
  perplexity: number | null;
}

export interface ProbabilitiesRequests {
  /** `end` is the model's end-of-turn token with its log-probability after the last position; null for a model without one. */
  probabilities: {
    params: PromptRequest & {
      top: number;
      /** The number of candidates after the last position, where more are wanted there. */
      nextTop?: number;
    };
    result: Answer<ProbabilitiesResult> & { end: Candidate | null };
    /** `part`: the numbers of the first tokens of a long prompt, as a prompt of their own. */
    progress: Progress & { part?: { prompt: Prompt; result: ProbabilitiesResult } };
  };
}

/** The quantity that tints a token: its surprisal, or its rank among all candidates. */
export const tints = ['surprisal', 'rank'] as const;

export const probabilities = () =>
  declared({
    tab: 'probabilities',
    section: null,
    shows: shows<ProbabilitiesData>(),
    slow: false,
    targeted: false,
    readsTables: false,
    options: {
      tint: choice(tints, 'surprisal', 'drawing'),
      boundaries: switched(false, 'drawing'),
      sampling: group(
        {
          temperature: amount(0, 0, 100, 'drawing'),
          topK: count(0, 'drawing'),
          topP: amount(1, 0, 1, 'drawing'),
          seed: count(1, 'drawing'),
        },
        'drawing',
      ),
    },
  });

export const probabilitiesFlags = () => ({ top: candidateCount('candidates kept for each position') });

/** p, rank: of a text among the next tokens that were asked for. */
export const probabilitiesValues: ValuesOf<ProbabilitiesResult> = {
  p: ({ next }, text) => {
    const found = next.find((each) => sameText(each.text, text));
    return found ? Math.exp(found.logprob) : null;
  },
  rank: ({ next }, text) => next.findIndex((each) => sameText(each.text, text)) + 1 || null,
  top: ({ next }) => next[0].text.trim(),
  entropy: ({ entropy }) => entropy[entropy.length - 1],
  /** Surprisal of the token at a position, in nats. */
  surprisal: ({ logprob }, position) => {
    const value = logprob[Number(position) - 1];
    return value === null || value === undefined ? null : -value;
  },
  perplexity: ({ perplexity }) => perplexity,
};

export const probabilitiesRow: RowOf<ProbabilitiesResult> = ({ logprob, entropy, next, perplexity }) => ({
  sumLogprob: logprob.reduce<number>((sum, value) => sum + (value ?? 0), 0),
  perplexity,
  meanEntropy: entropy.reduce((sum, value) => sum + value, 0) / entropy.length,
  next,
});
