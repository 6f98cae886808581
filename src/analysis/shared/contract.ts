/** What several analyses share: candidates, targets, units. Logarithms natural, positions from 0. */
import { precisions, providerRequests } from '../../protocol/model';
import type { PromptRequest } from '../../protocol/request';
import { choice, count, flagged, optionalChoice, optionalName, optionalText, span } from '../options';

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

/** Those that are no more than a name. */
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

/** Options that every command has: the model, and what runs it. */
export const engineFlags = () => ({
  model: flagged(
    optionalName('result'),
    '--model <path|name>',
    'a GGUF file, or a name of the models that come along (default: the bundled model)',
  ),
  provider: flagged(choice(providerRequests, 'auto', 'result'), '--provider <name>', 'what computes'),
  precision: flagged(
    choice(precisions, 'exact', 'result'),
    '--precision <form>',
    'reproducible numbers, or int8 speed',
  ),
  threads: flagged(
    count(0, 'result', { least: 0, most: 1024 }),
    '--threads <n>',
    'processor threads, 0 = one per core',
  ),
});

/** The first token has no probability. */
const leastExplained = 2;
export const mostPosition = 10_000_000;

/** `4` or `4-6`. */
export const atFlag = (help: string) => flagged(span(leastExplained, mostPosition, 'result'), '--at <position>', help);

/** What an explanation explains. */
export const targetFlags = () => ({
  target: flagged(
    optionalText('result'),
    '--target <text>',
    'explain this text after the prompt (default: the likeliest next token)',
    { conflicts: 'at' },
  ),
  at: atFlag("explain the prompt's own token at this position, or its tokens from one to another (4-6); from 2 on"),
  contrast: flagged(optionalText('result'), '--contrast <text>', 'explain why the target and not this text'),
});

/** Candidates that one position may be asked for. */
export const mostCandidates = 1000;
export const candidateCount = (help: string) =>
  flagged(count(10, 'result', { least: 1, most: mostCandidates }), '--top <k>', help);

/** What `compare` explains of both prompts. */
export const explanations = ['occlusion', 'attention'] as const;

export const compareFlags = () => ({
  with: flagged(
    optionalChoice(explanations, 'result'),
    '--with <scores>',
    "each token's part in the answer too: by knock-out, or attention paid to it",
  ),
  top: candidateCount('candidates compared after the last position'),
  ...targetFlags(),
});
