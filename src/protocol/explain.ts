/**
 * What the Saliency, Layers and Patching tabs are made of: results that grow while they are computed. A number that is not known
 * yet is null; `complete` says that nothing is missing any more. Logarithms natural, positions from 0. Leaf: types only.
 */
import type { PromptRequest } from './engine';
import type { Prompt, PromptInput, Range } from './model';
import type { Problem } from './problem';
import type {
  Candidate,
  Completeness,
  Faithfulness,
  HeadSummary,
  Operator,
  Scope,
  TargetResult,
  TargetSpec,
  Unit,
  UnitKind,
} from './results';

/**
 * occlusion = by the chosen operator · input = gradient x input · norm = gradient norm · integrated = integrated gradients ·
 * attention = mean over blocks and heads of the attention that the predicting positions pay, first token left out ·
 * rollout = attention rollout · attentionGradient = Σ over blocks and heads of attention x its gradient
 */
export type SaliencyMethod =
  | 'occlusion'
  | 'input'
  | 'norm'
  | 'integrated'
  | 'attention'
  | 'rollout'
  | 'attentionGradient';

export interface SaliencyParams extends PromptRequest {
  target: TargetSpec;
  operator: Operator;
  by: UnitKind;
  /** A regular expression, `pattern` or `/pattern/flags`; for `by` = match only. */
  pattern: string | null;
  /** UTF-16 ranges in the user's file; for `by` = selection only. */
  selection: Range[];
  scope: Scope;
  replacement: number | null;
  methods: SaliencyMethod[];
}

export interface MethodScores {
  method: SaliencyMethod;
  /** [U] a unit's tokens added up; null = not known yet, or of occlusion an unscored unit's for good. */
  scores: (number | null)[];
  /** Null until it is computed, all of its orders; for good where no unit can be removed or the scores are not reliable. */
  faithfulness: Faithfulness | null;
  /** Of integrated gradients. */
  completeness: Completeness | null;
  /** Why this method gives nothing on this prompt (memory); null when it does. */
  refused: Problem | null;
}

/** repeated: units of the same text share the credit, and taking one away leaves the other. saturated: the target is so likely
 *  (or so unlikely) that taking one part away hardly moves it. */
export type SaliencyWarning =
  /** Indices into units; the same text. */
  | { kind: 'repeated'; units: number[] }
  /** Of the target, geometric mean over its tokens. */
  | { kind: 'saturated'; probability: number }
  /** Too many units for this length: cut coarser than was asked for. */
  | { kind: 'coarser'; asked: UnitKind; used: UnitKind }
  /** Too long a prompt for curves of `asked` steps: the units go in `used` larger ones. */
  | { kind: 'fewerSteps'; asked: number; used: number }
  /** Too long a prompt for integrated gradients at `asked` points of their path: they stay at `used` at the most. */
  | { kind: 'fewerPoints'; asked: number; used: number };

/** A larger unit whose score is shown for its parts'. */
export interface StandIn extends Unit {
  score: number;
}

export interface SaliencyResult {
  target: TargetResult;
  operator: Operator;
  by: UnitKind;
  scope: Scope;
  units: Unit[];
  /**
   * Indices of units that the operator cannot take away: under `knockout`, those from inside which the whole target is read. They
   * have no score by occlusion, and no curve removes them.
   */
  unscored: number[];
  /** In the order asked for. */
  methods: MethodScores[];
  /** Occlusion of larger units, shown where the finer score is not known yet; null where there is none. */
  coarse: { by: UnitKind; units: StandIn[] } | null;
  /**
   * [M][M] Spearman's rank correlation of two methods over the units that both have a score for; null where one is not complete, not
   * reliable or does not vary.
   */
  agreement: (number | null)[][];
  warnings: SaliencyWarning[];
  complete: boolean;
}

export interface LensCell {
  top: Candidate[];
  /** Nats. */
  entropy: number;
  /** Total variation ½ Σ|p_l − p_{l−1}|, 0 … 1; null at layer 0 and where it was not asked for. */
  change: number | null;
  /** One for each id followed. */
  follow: { logprob: number; rank: number }[];
}

export interface LensTable {
  positions: number[];
  follow: { id: number; text: string }[];
  /** [P][L + 1]. */
  cells: LensCell[][];
}

export interface LensTableParams {
  positions: number[];
  top: number;
  /** Ids followed through the layers. */
  follow: number[];
  change: boolean;
}

export interface HeadMap {
  target: TargetResult;
  /** [L][H] target less the target without the head: positive = the head supports it. */
  knockout: (number | null)[][];
  /**
   * [L][H] the same to first order, from one gradient: Σ output · ∂target/∂output, which is Σ attention · ∂target/∂attention; null
   * until computed, or refused for memory.
   */
  preview: number[][] | null;
  summaries: HeadSummary[];
  complete: boolean;
}

/** How the prompt's own examples serve the answer. */
export interface ExamplesResult {
  target: TargetResult;
  examples: {
    unit: Unit;
    /** Its last word: what the last position would copy. */
    label: Unit;
    /** Leave one out: target less the target with the example deleted; null = not known yet. */
    score: number | null;
    /** [L] attention of the last position on the label's tokens, added up, mean over heads. */
    attention: number[];
    /** [L] the same of the strongest head, and which one. */
    strongest: { head: number; weight: number }[];
  }[];
  complete: boolean;
}

export interface PatchMap {
  target: TargetResult;
  /** The target's value in this prompt and in the second one. */
  value: number;
  second: number;
  /** [L + 1][T] and [L][H] (a head's output at all positions): share of the difference recovered. */
  residual: (number | null)[][];
  heads: (number | null)[][];
  /** Attribution patching, the same to first order from one gradient; null until computed, or refused for memory. */
  residualPreview: number[][] | null;
  headsPreview: number[][] | null;
  complete: boolean;
}

/** A stretch of both prompts, tokens [i, j): same ids, or what stands in one in place of the other. */
export interface AlignedStretch {
  same: boolean;
  first: Range;
  second: Range;
}

/** Two prompts side by side; `map` null while their lengths differ. */
export interface PatchingResult {
  from: Prompt;
  stretches: AlignedStretch[];
  map: PatchMap | null;
}

export interface PatchingParams extends PromptRequest {
  from: PromptInput;
  target: TargetSpec;
}
