/** What this analysis is asked and answers. Logarithms natural, positions from 0. */

import * as v from 'valibot';
import { exactInterval } from '../../protocol/exactInterval';
import type { Prompt } from '../../protocol/model';
import type { Progress } from '../../protocol/request';
import type { TableReading } from '../../protocol/tableReading';
import { declared, shows } from '../declare';
import type { RowOf, ValuesOf } from '../measured';
import { amount, file, flagged, group, optionalCount, switched, text, type Values } from '../options';

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

/** How verdicts stand to the labels of a table. */
export interface Agreement {
  /** Judged statements that have a label; of them, those with a verdict; of those, the ones that say what the label says. */
  labelled: number;
  decided: number;
  right: number;
  /** 95 % interval of the share that is right, if the statements are a sample; null without a verdict. */
  interval: [low: number, high: number] | null;
}

/** Does the verdict say the opposite of what the table says? */
export function contradicts(verdict: Verdict, label: boolean | null): boolean {
  return label !== null && verdict !== 'unsure' && (verdict === 'true') !== label;
}

/** `labels`: [≥ N] of the statements in their order. Null where none has a label. */
export function agreementOf(
  statements: readonly Pick<JudgedStatement, 'verdict'>[],
  labels: readonly (boolean | null)[],
): Agreement | null {
  const judged = statements.flatMap(({ verdict }, at) => {
    const label = labels[at] ?? null;
    return label === null ? [] : [{ verdict, label }];
  });
  if (judged.length === 0) return null;
  const decided = judged.filter(({ verdict }) => verdict !== 'unsure');
  const right = decided.filter(({ verdict, label }) => !contradicts(verdict, label)).length;
  const counts = { labelled: judged.length, decided: decided.length, right };
  if (decided.length === 0) return { ...counts, interval: null };
  const { low, high } = exactInterval(right, decided.length);
  return { ...counts, interval: [low, high] };
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

/** Statements judged by the truth probe, in the order of the text. `prompt` has no tokens where the text is too long to show them. */
export interface LieData {
  prompt: Prompt;
  /** What the statements are: a text's sentences, a table's rows, the model's own answer. */
  from: 'sentences' | 'rows' | 'answer';
  result: TruthResult;
  /** [N] the table's own label of each statement, judged or not yet; null without one. */
  labels: (boolean | null)[];
  /** Statements found; more than `labels` where the limit cut them off. */
  found: number;
  /** Questions of the text, which are neither true nor false. */
  questions: number;
  /** Of the judged statements, those that the probe was trained on: for them a right verdict proves nothing. */
  training: number;
  /** File name of the probe; null = the one that came with the model. */
  probe: string | null;
  answer: ModelAnswer | null;
  /** Of a table. */
  reading?: TableReading;
}

export interface ModelAnswer {
  /** What the model wrote. */
  text: string;
  /** Mean log-probability of its tokens as they were drawn. */
  logprob: number;
  /** [N] the same for each judged statement. */
  statements: number[];
  /** chat = the text was put to the model as a message; completed = the text's own last words begin the first statement. */
  how: 'chat' | 'completed';
  finish: 'stop' | 'length';
}

export interface TruthRequests {
  /** `probe`: a file; null = the one that came with the model. Progress hands out the statements judged so far. */
  truth: {
    params: { statements: { text: string; source: [number, number] | null }[]; probe: string | null };
    result: { runMs: number; result: TruthResult };
    progress: Progress & { partial: TruthResult };
  };
  /** The direction toward what looks true to the truth probe at one layer (null = the middle one of those it reads); [D]. */
  truthDirection: {
    params: { probe: string | null; layer: number | null };
    result: { layer: number; direction: number[] };
  };
  /** `open`: statements for the model to end itself, so that the probe is judged on its own answers, too. */
  trainTruth: {
    params: {
      statements: TruthStatement[];
      frozen: TruthStatement[] | null;
      open: OpenStatement[] | null;
      seed: number;
    };
    result: { runMs: number; probe: StoredProbe };
    progress: Progress;
  };
  /** A probe on statements with known labels: how often it is right on them. */
  evaluateTruth: {
    params: { statements: TruthStatement[]; probe: string | null };
    result: TruthEvaluation & { runMs: number };
    progress: Progress;
  };
}

/** Path of the probe that judges; null = the one that came with the model. */
const judgingProbe = () =>
  flagged(file('result'), '--probe <file>', 'a probe of your own (default: the one of the bundled model)');

export const truth = () =>
  declared({
    tab: 'lie',
    section: 'statements',
    shows: shows<LieData>(),
    slow: true,
    targeted: false,
    readsTables: true,
    options: {
      probe: judgingProbe(),
      /** A text that the model goes on with, pushed along the direction of the probe that is shown. */
      steer: group(
        {
          /** '' = the page's own beginning. */
          text: text('', 'drawing'),
          /** In lengths of the state itself; below 0 = the other way, 0 = off. */
          strength: amount(-0.3, -100, 100, 'drawing'),
          /** Null = the layer that the probe reads best. */
          layer: optionalCount('drawing'),
          /** Length of the continuations. */
          tokens: amount(16, 1, 1000, 'drawing'),
        },
        'drawing',
      ),
    },
  });

/** The lie detector on the model's own answer. */
export const answer = () =>
  declared({
    tab: 'lie',
    section: 'answer',
    shows: shows<LieData>(),
    slow: true,
    targeted: false,
    readsTables: false,
    options: { probe: judgingProbe() },
  });

export const truthFlags = () => ({
  sentences: flagged(
    switched(false, 'result'),
    '--sentences',
    'the file is a text or a prompt: each of its sentences is a statement',
  ),
  answer: flagged(
    switched(false, 'result'),
    '--answer',
    "the file is a prompt: the model answers it, and its answer's first statements are judged",
  ),
  probe: judgingProbe(),
});

export const probeEvaluateFlags = () => ({ probe: judgingProbe() });

export type SteerIntent = Values<ReturnType<typeof truth>['options']>['steer'];

/** score, verdict: of the statement at a place. */
export const truthValues: ValuesOf<TruthResult> = {
  score: ({ statements }, place) => statements[Number(place) - 1]?.score ?? null,
  verdict: ({ statements }, place) => statements[Number(place) - 1]?.verdict ?? null,
  auroc: ({ card }) => card.topicMean.value,
};

/** Of a probe on statements with known labels. */
export const evaluationValues: ValuesOf<TruthEvaluation> = {
  auroc: ({ auroc }) => auroc.value,
  accuracy: ({ accuracy }) => accuracy,
  decided: ({ decided }) => decided,
  coverage: ({ coverage }) => coverage,
};

export const truthRow: RowOf<TruthResult> = ({ statements }) => ({
  statements: statements.map(({ text, score, probability, verdict, outside }) => ({
    ...{ text, score, probability, verdict, outside },
  })),
});

/** Whether a file's content is a probe of statements, whatever else it holds. */
export const isTruthProbe = (content: unknown): boolean => v.is(v.object({ kind: v.literal('truth') }), content);
