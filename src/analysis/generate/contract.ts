/** The requests and results of this analysis. Logarithms are natural, positions count from 0. */

import type { Answer, PromptRequest } from '../../protocol/request';
import type { RowOf, ValuesOf } from '../measured';
import { amount, amountAbove, count, file, flagged, optionalCount, optionalText, switched } from '../options';
import { type Candidate, candidateCount } from '../shared/contract';

export interface GeneratedToken extends Candidate {
  rank: number;
  /** Entropy in nats of the raw distribution this token was drawn from. */
  entropy: number;
  top: Candidate[];
  /** The candidates of `GenerateOptions.score`, in its order; missing where none were asked for. */
  scored?: ScoredCandidate[];
}

export interface ScoredCandidate {
  id: number;
  logprob: number;
  /** The number of candidates that are likelier. */
  rank: number;
}

/** One token of a running generation, as it is reported. */
export interface GeneratedStep extends GeneratedToken {
  /** The text completed by this token; empty while a character still lacks bytes, and for the end token. */
  delta: string;
}

export interface GenerateResult {
  /** Includes the end token when that is why it stopped. */
  tokens: GeneratedToken[];
  /** The tokens decoded together, without the end token. */
  text: string;
  finish: 'stop' | 'length';
}

export interface GenerateOptions {
  maxTokens: number;
  /** 0 = greedy. */
  temperature: number;
  /** 0 = all. */
  topK: number;
  topP: number;
  minP: number;
  repetitionPenalty: number;
  seed: number;
  /** Candidates kept per step. */
  top: number;
  /** Token ids appended to the prompt before the first step; rewinding, branching and forcing are built on it. */
  prefix: number[];
  /** Number of prompt tokens kept before the prefix; absent = all. Fewer where the prefix replaces the prompt's end. */
  keep?: number;
  /** Every step is pushed along this direction. */
  steer?: Steering;
  /** Ids whose place in the raw distribution of each step is reported, however unlikely they are. */
  score?: number[];
}

/** A vector added to the residual stream of each new token (and of the last token before them) where layer `layer` is read. */
export interface Steering {
  /** 0 … L. */
  layer: number;
  /** [D], of any length: only its orientation counts (a probe's direction). */
  direction: number[];
  /** In multiples of the norm of the last token's own state at that layer; negative = the opposite way. */
  strength: number;
}

/** One token of a continuation in the panel. */
export interface ContinuationStep {
  id: number;
  text: string;
  /** Hex; known only where `text` is a part of a character. */
  bytes?: string;
  logprob: number;
  rank: number;
  /** The alternatives at this step, best first. */
  top: Candidate[];
  /** Entropy in nats of the distribution at this step. */
  entropy: number | null;
  /** The user wrote it. */
  forced: boolean;
}

export type ContinuationKind =
  | { kind: 'greedy' }
  | { kind: 'sampled'; seed: number }
  | { kind: 'branch'; at: number }
  | { kind: 'forced'; at: number };

/** One continuation of the prompt, perhaps a branch of another. */
export interface ContinuationRow {
  kind: ContinuationKind;
  steps: ContinuationStep[];
  /** The number of steps at the start that it shares with the row it branches off. */
  shared: number;
  /** Steps that the user chose or wrote. */
  marked: number[];
  running: boolean;
  /** The model ended the answer. */
  ended: boolean;
  /** How many tokens of the prompt stay before it, if a forced text was tokenised together with the prompt's end; otherwise null. */
  keep: number | null;
  /** The text of that end of the prompt. */
  taken: string;
}

/** The distribution after the last token of a continuation. */
export interface AfterContinuation {
  /** The number of its tokens. */
  steps: number;
  next: Candidate[];
  /** The model's end-of-turn token; null for a model without one. */
  end: Candidate | null;
  entropy: number;
}

/** The continuations of one prompt, as a panel shows them. */
export interface Continuations {
  rows: ContinuationRow[];
  /** The row that Step, Play, Rewind and Force act on. */
  current: number;
  running: boolean;
  /** In the user's language; null where nothing failed. */
  problem: string | null;
  /** What may follow the current row; null = the panel shows what may follow the prompt. */
  after: AfterContinuation | null;
}

/** What is known at the place of an alternative. */
export interface BranchPlace {
  rank: number;
  top: Candidate[];
  entropy: number | null;
}

/** What a page may ask of the continuations; `tokens`: the length of a row. */
export type ContinuationAction =
  | { do: 'step' | 'rewind' | 'cancel' | 'clear' | 'backToPrompt' }
  | { do: 'play' | 'fresh' | 'fiveSeeds'; tokens: number }
  | { do: 'choose'; row: number }
  | { do: 'force'; text: string }
  /** Starts a row that takes a candidate at a step of another row, or after the prompt where `from` is null. */
  | { do: 'branch'; from: number | null; step: number; candidate: Candidate; place: BranchPlace; tokens: number };

export interface GenerateRequests {
  /** Progress reports each token as it is drawn. */
  generate: {
    params: PromptRequest & { options: GenerateOptions };
    result: Answer<GenerateResult>;
    progress: GeneratedStep;
  };
}

export const generateFlags = () => ({
  text: flagged(optionalText('result'), '--text <text>', 'continue this text instead of a file'),
  maxTokens: flagged(
    count(64, 'result', { least: 1, most: 1_000_000 }),
    '--max-tokens <n>',
    'stop after this many tokens',
  ),
  temperature: flagged(
    amount(0, 0, 100, 'result'),
    '--temperature <t>',
    'how freely tokens are drawn; 0 = always the likeliest token',
  ),
  topK: flagged(count(0, 'result'), '--top-k <k>', 'draw from the k likeliest tokens; 0 = from all tokens'),
  topP: flagged(
    amountAbove(1, 0, 1, 'result'),
    '--top-p <p>',
    'draw from the likeliest tokens that together hold this probability',
  ),
  minP: flagged(
    amount(0, 0, 1, 'result'),
    '--min-p <p>',
    "draw from tokens that have at least this share of the likeliest token's probability",
  ),
  repetitionPenalty: flagged(
    amount(1, 0.01, 100, 'result'),
    '--repetition-penalty <r>',
    'above 1 = make tokens that have occurred before less likely',
  ),
  seed: flagged(count(0, 'result'), '--seed <n>', 'the same seed draws the same text again'),
  steer: flagged(
    file('result'),
    '--steer <probe.json>',
    'steer each step along the direction of a probe (a file of "probe train -o", or truth)',
  ),
  steerLayer: flagged(
    optionalCount('result', { least: 0, most: 10_000 }),
    '--steer-layer <l>',
    'the layer to steer at (default: where the probe reads best)',
  ),
  strength: flagged(
    amount(0.5, -100, 100, 'result'),
    '--strength <s>',
    "how far to steer, in multiples of the state's own length; below 0 = in the opposite direction",
  ),
  steerControl: flagged(
    switched(false, 'result'),
    '--steer-control',
    "control: steer equally far along the direction's numbers in reverse order, which mean nothing",
  ),
  top: candidateCount('candidates reported for each token'),
});

export const generateValues: ValuesOf<GenerateResult> = {
  text: ({ text }) => text.trim(),
  token: ({ tokens }, place) => tokens[Number(place) - 1]?.text.trim() ?? null,
};

export const generateRow: RowOf<GenerateResult> = ({ text, finish, tokens }) => ({
  text,
  finish,
  tokens: tokens.length,
  sumLogprob: tokens.reduce((sum, { logprob }) => sum + logprob, 0),
});
