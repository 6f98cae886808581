/**
 * The result of every analysis, exactly as `--json` prints it. All logarithms natural, all positions from 0.
 * Leaf: types only.
 */
import type { ModelInfo, Prompt, RuntimeInfo } from './model';

export interface Candidate {
  id: number;
  text: string;
  logprob: number;
}

export interface ProbabilitiesResult {
  /** [T] log p(x_t | x_<t); null at 0. */
  logprob: (number | null)[];
  /** [T] entries with a strictly higher logit; null at 0. */
  rank: (number | null)[];
  /** [T] entropy in nats of the distribution after position t. */
  entropy: number[];
  /** [T][k] the distribution **before** position t's token, best first: what was expected in its place. `[]` at 0. */
  top: Candidate[][];
  /** [k] after the last position. */
  next: Candidate[];
  /** exp of the mean negative logprob; null for a single token. */
  perplexity: number | null;
}

export interface GeneratedToken extends Candidate {
  rank: number;
  /** Entropy in nats of the raw distribution this token was drawn from. */
  entropy: number;
  top: Candidate[];
}

/** What a running generation reports, token by token. */
export interface GeneratedStep extends GeneratedToken {
  /** The text that became complete with this token: empty while a character still lacks bytes, and for the end token. */
  delta: string;
}

export interface GenerateResult {
  /** The end token included when that is why it stopped. */
  tokens: GeneratedToken[];
  /** The tokens decoded together, without the end token. */
  text: string;
  finish: 'stop' | 'length';
}

/** Where a text that follows the prompt begins, when a token of it reaches back into the prompt. */
export interface Boundary {
  /** Tokens of the prompt that stand before what is scored. */
  kept: number;
  /** The end of the prompt behind them: scored with every text. */
  text: string;
}

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

export interface HeadSummary {
  layer: number;
  head: number;
  /** Mean entropy of the rows in nats. */
  entropy: number;
  /** Mean weight on position 0 over queries ≥ 1; null for a single token. */
  sinkMass: number | null;
  /** Mean weight on q − 1 over queries ≥ 1; null for a single token. */
  previousToken: number | null;
  /** Mean weight on the token after an earlier occurrence of the query's token, over every such pair (query, earlier
   *  occurrence); null when no token repeats. */
  induction: number | null;
  /** Mean weight on itself. */
  diagonal: number;
}

export interface AttentionMatrix {
  layer: number;
  head: number;
  /** [T][T] query rows, key columns. */
  weights: number[][];
}

export type AttentionResult = AttentionMatrix | HeadSummary[];

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
export type UnitKind =
  | 'token'
  | 'word'
  | 'sentence'
  | 'line'
  | 'paragraph'
  | 'message'
  | 'example'
  | 'match'
  | 'slot'
  | 'selection';

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
export type Scope = 'all' | 'user';

export type Operator = 'knockout' | 'delete' | 'replace';

export interface ScoredUnit extends Unit {
  /**
   * target(prompt) − target(prompt with the unit occluded): positive = the unit supports the target. Null where the operator cannot
   * say: under `knockout`, the unit from inside which the whole target is read.
   */
  score: number | null;
}

/** The target while more and more of the units are removed; one that the operator cannot take away never is. */
export interface Faithfulness {
  /** Share of the units removed: 0, 0.1 … 1; in a panel, of a long prompt, in larger steps. */
  fractions: number[];
  /** Target value at each fraction, the highest score removed first; null where nothing would be left of the prompt. */
  mostFirst: (number | null)[];
  leastFirst: (number | null)[];
  /** Over random orders: mean and standard deviation at each fraction. */
  random: { orders: number; seed: number; mean: (number | null)[]; spread: (number | null)[] };
  /** Area under each curve by the trapezium rule, as its mean height over the fractions that have a value; of the random orders
   *  mean and standard deviation. */
  area: { mostFirst: number; leastFirst: number; random: number; randomSpread: number };
}

export interface OcclusionResult {
  target: TargetResult;
  operator: Operator;
  by: UnitKind;
  units: ScoredUnit[];
  /** Of the units that have a score. Null when it was not asked for, or when none has one. */
  faithfulness: Faithfulness | null;
}

/** input = gradient x input, norm = length of the gradient, integrated = integrated gradients from a zero baseline. */
export type GradientMethod = 'input' | 'norm' | 'integrated';

/** Integrated gradients would sum to `difference` with endless steps. */
export interface Completeness {
  /** Of the scores. */
  sum: number;
  /** target(e) − target(0). */
  difference: number;
  /** N, midpoints of the path. */
  steps: number;
  /** Where the path begins: embeddings that are all zero. */
  baseline: 'zero';
  /** False where the two part by more than a tenth of the difference (and by more than 0.01 nats): the scores are not to be read. */
  reliable: boolean;
}

export interface GradientsResult {
  target: TargetResult;
  method: GradientMethod;
  /** [T] 0 for tokens that the target does not depend on. */
  scores: number[];
  /** Of integrated gradients; null for the other methods. */
  completeness: Completeness | null;
}

/** What the model would say if it stopped after each block. */
export interface LensResult {
  position: number;
  /** Of the text that is followed. */
  boundary: Boundary | null;
  /** [L + 1] layer 0 is the embedding, layer L the model's own answer; `target` is one id followed through them. */
  layers: { top: Candidate[]; target: { id: number; logprob: number; rank: number } }[];
}

export interface HeadsResult {
  target: TargetResult;
  /** [L][H] target less the target without the head; positive = the head supports it. */
  scores: number[][];
}

export interface PatchResult {
  target: TargetResult;
  /** [L + 1][T] what putting the second prompt's residual stream there recovers: 0 = nothing, 1 = the second prompt's value. */
  scores: number[][];
}

/** Everything `--json` prints, whatever the command. */
export interface Report<R = unknown> {
  schema: 1;
  command: string;
  version: string;
  /** What the result hangs on besides its text: cli/fingerprint.ts. */
  fingerprint: string;
  model: ModelInfo;
  runtime: Omit<RuntimeInfo, 'weights'> & { weights: RuntimeInfo['weights'] };
  prompt: Prompt | null;
  timing: { loadMs: number; runMs: number };
  result: R;
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
  /** Token ids appended to the prompt before the first step: rewind, branch and force stand on it. */
  prefix: number[];
  /** Tokens of the prompt that stand before the prefix; absent = all. Fewer where the prefix takes the prompt's end with it. */
  keep?: number;
  /** Pushes every step along a direction. */
  steer?: Steering;
}

/** Added to the residual stream of each new token (and of the last one before them) where layer `layer` is read. */
export interface Steering {
  /** 0 … L. */
  layer: number;
  /** [D], of any length: only where it points counts (a probe's direction). */
  direction: number[];
  /** In lengths of the last token's own state there; negative = the other way. */
  strength: number;
}
