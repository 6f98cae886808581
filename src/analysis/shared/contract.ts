/** What several analyses share: candidates, targets, units. Logarithms natural, positions from 0. */
import type { PromptRequest } from '../../protocol/request';

export interface Candidate {
  id: number;
  text: string;
  logprob: number;
}

/** Where a text that follows the prompt begins, when a token of it reaches back into the prompt. */
export interface Boundary {
  /** Tokens of the prompt that stand before what is scored. */
  kept: number;
  /** The end of the prompt behind them: scored with every text. */
  text: string;
}

/** What an explanation explains; without `text` and `span` the most likely next token. At most one of the two is given. */
export interface TargetSpec {
  /** A text that follows the prompt: the sum of its tokens' log-probabilities, teacher-forced. */
  text?: string;
  /** The prompt's own tokens [start, end), 1 ≤ start, given what stands before them. */
  span?: [start: number, end: number];
  /** A text in the target's place: log p(target) − log p(contrast) is explained. */
  contrast?: string;
}

export interface TargetSequence {
  ids: number[];
  text: string;
  /** Sum over its tokens. */
  logprob: number;
}

export interface TargetResult extends TargetSequence {
  /** Where its first token stands; T when it follows the prompt and has no boundary in it. */
  position: number;
  contrast: TargetSequence | null;
  boundary: Boundary | null;
}

/** A regular expression's matches are units too, and so are a template's filled-in values (slot) and what the user selected. */
export const unitKinds = [
  'token',
  'word',
  'sentence',
  'line',
  'paragraph',
  'message',
  'example',
  'match',
  'slot',
  'selection',
] as const;
export type UnitKind = (typeof unitKinds)[number];

/** Consecutive tokens that are occluded together. */
export interface Unit {
  text: string;
  /** UTF-16 range in the rendered string. */
  start: number;
  end: number;
  /** Positions [i, j). */
  tokens: [i: number, j: number];
}

/** all = every token of the rendered string; user = those of the messages' content, without what the template wrote. */
export const scopes = ['user', 'all'] as const;
export type Scope = (typeof scopes)[number];

export interface ScoredUnit extends Unit {
  /**
   * target(prompt) − target(prompt with the unit occluded): positive = the unit supports the target. Null where the operator cannot
   * say: under `knockout`, the unit from inside which the whole target is read.
   */
  score: number | null;
}

export interface FollowParams {
  prefix: number[];
  keep: number | null;
  text: string;
}

export interface Followed {
  /** Tokens of the prompt that count. */
  own: number;
  /** Of those and the prefix, how many stay before the text. */
  kept: number;
  boundary: Boundary | null;
  tokens: { id: number; text: string; bytes: string }[];
}

export interface SharedRequests {
  /** A text that follows the prompt and the ids in `prefix`, cut together with them; `keep`: of the prompt, as with generate. */
  follow: { params: PromptRequest & FollowParams; result: Followed };
}
