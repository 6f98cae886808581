/**
 * What the Embeddings and Lie Detector tabs are made of: states of tokens drawn in two dimensions, and linear probes on them with
 * their controls. Layer 0 is the embedding, layer l the output of block l. Leaf.
 */
import type { PromptInput } from './model';

/** A text whose states are read: a prompt, a line of a list, a row of a table. */
export interface SourceText {
  input: PromptInput;
  /** File or row, for people. */
  name: string;
  /** Of the list's group column; decides colour and shape. */
  group: string | null;
}

/**
 * Which tokens of the texts become points. A pattern's match is read at its last token; `around`: the other tokens of the texts are
 * drawn too, to compare with.
 */
export type PointsAt = { kind: 'pattern'; pattern: string; around?: boolean } | { kind: 'tokens' } | { kind: 'last' };

export type ProjectionMethod = 'pca' | 'umap' | 'tsne';

export interface EmbeddingsParams {
  texts: SourceText[];
  at: PointsAt;
  method: ProjectionMethod;
  /** Layers that are drawn; each is aligned (sign, order and rotation of the axes) with the one before. */
  layers: number[];
  /** own = axes fitted to each layer; frozen = all layers on the axes fitted to `basisLayer`. */
  basis: 'own' | 'frozen';
  basisLayer: number;
  /** Leave out tokens whose norm is many times the others' (the first token's): they would be the first axis. */
  leaveOutMassive: boolean;
  /** A direction in place of the first axis (a probe's); [D]. */
  axis: number[] | null;
  seed: number;
}

export interface EmbeddedPoint {
  /** Index into `texts`. */
  source: number;
  position: number;
  text: string;
  /** The words around it, with its own place in them. */
  context: string;
  contextAt: [start: number, end: number];
  group: string | null;
  /** UTF-16 range in its text as rendered. */
  range: [start: number, end: number];
  /** Not itself asked for: it takes part in the picture, not in cosines and separation. */
  beside: boolean;
  /** Its norm at some layer is too large: not part of the fit, drawn apart. */
  leftOut: boolean;
}

export interface EmbeddedLayer {
  layer: number;
  /** [N] in the projection's own units, equal on both axes; N counts the points that are not left out, which come first. Among
   *  them the points asked for come first, then those beside. */
  x: number[];
  y: number[];
  /** Share of the variance on each axis, of PCA; null for the other methods. */
  variance: [number, number] | null;
  /** [M][M] cosine of the states in the full space; M ≤ 60 points asked for and not left out; null beyond. */
  cosine: number[][] | null;
  /** [M] nearest points beside, as indices into `points`; null without points beside, and where M > 60. */
  nearest: { point: number; cosine: number }[][] | null;
  /** In the full space; null with fewer than two groups. */
  separation: Separation | null;
}

export interface Separation {
  /** Mean cosine of pairs of the same group, and of different groups. */
  within: number;
  across: number;
  /** Share of nearest neighbours (by cosine) that are of the point's own group, and what random grouping would give: mean and
   *  standard deviation over shuffles of the labels. */
  neighbours: number;
  chance: number;
  chanceSpread: number;
}

export interface EmbeddingsResult {
  method: ProjectionMethod;
  points: EmbeddedPoint[];
  layers: EmbeddedLayer[];
  /** How many points were asked for; more than `points` where the limit cut them off. */
  found: number;
}

/** Nearest to one point at one layer: among the points, and at layer 0 in the whole vocabulary. */
export interface NeighboursResult {
  points: { source: number; position: number; cosine: number }[];
  vocabulary: { id: number; text: string; cosine: number }[] | null;
}

export type ProbeTask = 'classes' | 'number';

export interface ProbeRow {
  text: string;
  /** A class, or a number for the task `number`. */
  label: string;
  /** Rows of one group stay in one fold; null = each row by itself (rows of the same text always stay together). */
  group: string | null;
}

export interface ProbeParams {
  rows: ProbeRow[];
  task: ProbeTask;
  /** How a text is put before the model: as it stands, or as the truth probe does (assistant's answer). */
  frame: 'plain' | 'statement';
  folds: number;
  seed: number;
}

export interface ProbeLayer {
  layer: number;
  /** Held out: AUROC for two classes, accuracy for more, Pearson's r for numbers. */
  score: number;
  spread: number;
  /** The same with shuffled labels (a control task): mean and standard deviation. */
  shuffled: number;
  shuffledSpread: number;
}

export interface ProbeResult {
  task: ProbeTask;
  measure: 'auroc' | 'accuracy' | 'correlation';
  /** What guessing would reach. */
  chance: number;
  rows: number;
  groups: number;
  folds: number;
  layers: ProbeLayer[];
  best: number;
  /** At the best layer, over the number of rows it was trained on. */
  learning: { rows: number; score: number }[];
  /** Best score less the shuffled labels' at that layer. */
  selectivity: number;
  /** At the best layer, from class 0 to class 1 or up the numbers, in the states' own units; [D]. */
  direction: number[];
  /** Why the numbers may say less than they seem to. */
  warnings: ('duplicatesGrouped' | 'fewGroups' | 'unbalanced' | 'length')[];
}

/** An evaluated probe figure with its interval over topics or resamples. */
export interface Figure {
  value: number;
  low: number;
  high: number;
}

/** A share that was counted: `hits` of `of`. */
export interface Rate {
  hits: number;
  of: number;
  /**
   * 95 % interval of the share: the wider one of Clopper and Pearson's and of resampled topics; where all hit or none, the exact one-sided
   * bound at 95 % (for many rows about 3 in as many: the rule of three).
   */
  low: number;
  high: number;
}

/** How a probe does on labelled statements. Intervals of pooled figures and of the mean are over topics. */
export interface TopicsFigures {
  /** Pooled, and the mean over topics with the worst and the best one. */
  auroc: Figure;
  topicMean: Figure;
  topicRange: [number, number];
  accuracy: {
    /** Verdicts without "can't tell" that are right. */
    forced: Rate;
    /** Of those that it decides, the right ones; of all, those that it decides. */
    decided: Rate;
    coverage: Rate;
  };
  /**
   * What needs no probe, AUROC on the same lines: mean log-probability × negation; the words (TF-IDF) and the length, learnt on the other
   * topics; null with too few topics to learn on. Asking the model, P(True) − P(False), is not computed.
   */
  baselines: { logprob: Figure; words: Figure | null; length: Figure | null };
  topics: TopicFigures[];
}

export interface TopicFigures {
  topic: string;
  known: boolean;
  statements: number;
  auroc: Figure;
  decided: Rate;
}

/** What is known about the probe, computed when it was trained: each topic judged by a probe trained on all others. */
export interface ProbeCard extends TopicsFigures {
  /** Blocks whose mean is the verdict's state. */
  blocks: number[];
  trainedOn: { statements: number; topics: number };
  modelSha256: string;
  seed: number;
  /** Of the topics the model knows; of affirmative and negated statements. */
  known: Figure;
  affirmative: Figure;
  negated: Figure;
  /** Right among the half of the verdicts that it is surest of. */
  surestHalf: Rate;
  /** Trained on affirmative statements, tested on negated ones. */
  negationFlip: number;
  /** Each layer's own probe, held out by parts of whole topics. */
  layers: { layer: number; auroc: number; shuffled: number; shuffledSpread: number }[];
  calibration: { error: number; bins: { predicted: number; observed: number; count: number }[] };
  coverage: { share: number; accuracy: number }[];
  /** Evaluated once, after everything else was fixed. */
  frozen: TopicsFigures | null;
  /** On what the model itself said; null where it was not asked. */
  answers: AnswersCard | null;
  /** The training statements in two dimensions: their own first two axes. */
  map: { x: number[]; y: number[]; label: boolean[]; negated: boolean[]; topic: number[] };
}

/** Where a text is pushed along a truth probe's direction unless another layer is named: the lower middle one of its blocks. */
export const steeringLayer = ({ blocks }: Pick<ProbeCard, 'blocks'>): number => blocks[(blocks.length - 1) >> 1];

/**
 * The model's own answers: statements that it ended itself, right or wrong by a list of facts, each read by a probe that has not seen
 * its topic. `listed`: its choice among the listed values; `free`: its own words, of which `unjudged` named nothing listed, or too
 * much.
 */
export interface AnswersCard {
  listed: AnswersFigures;
  free: AnswersFigures & { unjudged: number };
}

export interface AnswersFigures {
  right: number;
  wrong: number;
  probe: Figure;
  /** Mean log-probability of the model's own words, alone and together with the probe. */
  logprob: Figure;
  both: Figure;
}

export type Verdict = 'true' | 'false' | 'unsure';

/** Between these probabilities a truth probe says nothing. */
export const unsureBetween: readonly [number, number] = [0.15, 0.85];

/**
 * Why it is not read whether a sentence says or denies: two negations; one thing denied and another said; a negation in a clause within
 * it; what may be a title; a turn of phrase that half denies; not in English.
 */
export type PolarityDoubt = 'double' | 'contrast' | 'clause' | 'title' | 'idiom' | 'language';

export interface JudgedStatement {
  text: string;
  /** UTF-16 range in the user's file; null for the model's own answer. */
  source: [number, number] | null;
  /** Log-odds. */
  score: number;
  /** Calibrated, clipped to [0.05, 0.95]; null outside what the probe was tested on. */
  probability: number | null;
  verdict: Verdict;
  /** Its state lies far from the training statements', or its polarity is in doubt. */
  outside: boolean;
  /** Says that something is not so, as far as can be told. */
  negated: boolean;
  doubt: PolarityDoubt | null;
  /** The probe was trained on this very sentence: a right verdict proves nothing. */
  trained: boolean;
  /** [L + 1] score of each layer's own probe. */
  layers: number[];
  /** Mean log-probability of its tokens. */
  logprob: number;
  /** Its place on the card's map. */
  x: number;
  y: number;
}

export interface TruthResult {
  card: ProbeCard;
  statements: JudgedStatement[];
  /** True while statements are still to be judged. */
  complete: boolean;
}

/** How often a probe is right on a user's labelled statements. */
export interface TruthEvaluation {
  auroc: Figure;
  topics: (TopicFigures & { trained: boolean })[];
  /** Shares: right of all, forced; right of those that it decides; decided of all. */
  accuracy: number;
  decided: number;
  coverage: number;
  /** Statements of topics that the probe was not trained on, and of those that it was; null where there are none. */
  fresh: TopicsFigures | null;
  trained: TopicsFigures | null;
  /** Statements whose polarity is not read, and those unlike the training statements. */
  doubtful: number;
  unlike: number;
}

/** A row of the training file. */
export interface TruthStatement {
  text: string;
  label: boolean;
  topic: string;
  /** Says that something is not so; null = the engine reads it from the sentence. */
  negated: boolean | null;
  /** Of a topic that the model has read about; true where the file does not say. */
  known: boolean;
}

/** A statement without its last words, and what would make it true or false; "disputed" is neither. */
export interface OpenStatement {
  topic: string;
  text: string;
  right: string[];
  wrong: string[];
  disputed: string[];
}

/** A probe as it is kept in a file: JSON, arrays as base64 of little-endian float32. */
export interface StoredProbe {
  /** 3: the card counts rates and keeps intervals; statements are read in plain spelling. */
  schema: 3;
  kind: 'truth';
  card: ProbeCard;
  arrays: Record<string, string>;
  platt: { slope: number; offset: number };
  limit: number;
  rest: number;
}
