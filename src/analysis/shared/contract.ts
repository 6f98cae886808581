/** Types and options that several analyses share: candidates, targets, units. Logarithms are natural, positions count from 0. */
import { precisions, providerRequests } from '../../protocol/model';
import type { PromptRequest } from '../../protocol/request';
import { choice, count, flagged, optionalChoice, optionalName, optionalText, span } from '../options';

export interface Candidate {
  id: number;
  /** The token decoded alone, with U+FFFD in the place of a piece of a character. */
  text: string;
  /** Its bytes in hex, where it holds such a piece. */
  bytes?: string;
  /**
   * The whole characters that it most likely begins, with the log-probability that they follow the text; computed by going on from it, for
   * the next token alone.
   */
  likely?: { text: string; logprob: number }[];
  logprob: number;
}

/** The place where a text that follows the prompt begins, when one of its tokens reaches back into the prompt. */
export interface Boundary {
  /** The number of prompt tokens before the scored ones. */
  kept: number;
  /** The end of the prompt after them, which is scored with every text. */
  text: string;
}

/** The target of an explanation; without `text` and `span`, the most likely next token. At most one of the two is given. */
export interface TargetSpec {
  /** A text that follows the prompt: the sum of its tokens' log-probabilities, teacher-forced. */
  text?: string;
  /** The prompt's own tokens [start, end), 1 ≤ start, given the tokens before them. */
  span?: [start: number, end: number];
  /** A text to compare with the target: log p(target) − log p(contrast) is explained. */
  contrast?: string;
}

export interface TargetSequence extends Pick<Candidate, 'bytes' | 'likely'> {
  ids: number[];
  text: string;
  /** Sum over the sequence's tokens. */
  logprob: number;
}

export interface TargetResult extends TargetSequence {
  /** Position of its first token; T when it follows the prompt and has no boundary in it. */
  position: number;
  contrast: TargetSequence | null;
  boundary: Boundary | null;
}

/** A regular expression's matches are units too, and so are a template's filled-in values (slot) and the user's selection. */
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

/** The unit kinds that need nothing but their name. */
type NamedUnit = Exclude<UnitKind, 'match' | 'selection'>;
export const namedUnits = () => unitKinds.filter((kind): kind is NamedUnit => kind !== 'match' && kind !== 'selection');

/** Consecutive tokens that are occluded together. */
export interface Unit {
  text: string;
  /** UTF-16 range in the rendered string. */
  start: number;
  end: number;
  /** Positions [i, j). */
  tokens: [i: number, j: number];
}

/** all = every token of the rendered string; user = the tokens of the messages' content, without what the template wrote. */
export const scopes = ['user', 'all'] as const;
export type Scope = (typeof scopes)[number];

export interface ScoredUnit extends Unit {
  /**
   * target(prompt) − target(prompt with the unit occluded): positive = the unit supports the target. Null where the operator cannot say:
   * under `knockout`, for a unit that contains every position from which the target is read.
   */
  score: number | null;
}

export interface FollowParams {
  prefix: number[];
  keep: number | null;
  text: string;
}

export interface Followed {
  /** The number of prompt tokens that are used. */
  own: number;
  /** The number of these and the prefix's tokens that are kept before the text. */
  kept: number;
  boundary: Boundary | null;
  tokens: { id: number; text: string; bytes: string }[];
}

export interface SharedRequests {
  /**
   * A text that follows the prompt and the ids in `prefix`, tokenised together with them; `keep` is the number of prompt tokens, as with
   * generate.
   */
  follow: { params: PromptRequest & FollowParams; result: Followed };
}

/** The options that every command has: the model, and the runtime for it. */
export const engineFlags = () => ({
  model: flagged(
    optionalName('result'),
    '--model <path|name>',
    'a GGUF file, or the name of a bundled model (default: the bundled model)',
  ),
  provider: flagged(choice(providerRequests, 'auto', 'result'), '--provider <name>', 'the hardware that computes'),
  precision: flagged(
    choice(precisions, 'exact', 'result'),
    '--precision <form>',
    'exact = reproducible numbers; fast = int8 arithmetic',
  ),
  threads: flagged(
    count(0, 'result', { least: 0, most: 1024 }),
    '--threads <n>',
    'processor threads, 0 = one per core',
  ),
});

/** The first token has no probability, so the earliest target is the second token. */
const leastExplained = 2;
export const mostPosition = 10_000_000;

/** `4` or `4-6`. */
export const atFlag = (help: string) => flagged(span(leastExplained, mostPosition, 'result'), '--at <position>', help);

/** The options for the target of an explanation. */
export const targetFlags = () => ({
  target: flagged(
    optionalText('result'),
    '--target <text>',
    'explain this text after the prompt (default: the likeliest next token)',
    { conflicts: 'at' },
  ),
  at: atFlag("explain the prompt's own token at this position (2 or more), or a range of its tokens (4-6)"),
  contrast: flagged(optionalText('result'), '--contrast <text>', 'explain why the target rather than this text'),
});

/** The most candidates that may be requested for one position. */
export const mostCandidates = 1000;
export const candidateCount = (help: string) =>
  flagged(count(10, 'result', { least: 1, most: mostCandidates }), '--top <k>', help);

/** The explanations of both prompts that `compare` can compute. */
export const explanations = ['occlusion', 'attention'] as const;

export const compareFlags = () => ({
  with: flagged(
    optionalChoice(explanations, 'result'),
    '--with <scores>',
    "also compare each token's score: by knock-out, or the attention paid to it",
  ),
  top: candidateCount('candidates to compare after the last position'),
  ...targetFlags(),
});
