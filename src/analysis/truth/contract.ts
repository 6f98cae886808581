/** The requests and results of this analysis. Logarithms are natural, positions count from 0. */

import * as v from 'valibot';
import { exactInterval } from '../../protocol/exactInterval';
import type { Prompt } from '../../protocol/model';
import type { Progress, Shown, ShownRequest } from '../../protocol/request';
import type { TableReading } from '../../protocol/tableReading';
import { declared, shows } from '../declare';
import type { RowOf, ValuesOf } from '../measured';
import { amount, file, flagged, group, optionalCount, switched, text, type Values } from '../options';

/** A measured figure of a probe with its interval over topics or resamples. */
export interface Figure {
  value: number;
  low: number;
  high: number;
}

/** A counted share: `hits` out of `of`. */
export interface Rate {
  hits: number;
  of: number;
  /**
   * 95 % interval of the share: the wider of Clopper and Pearson's and that of resampled topics; where all or none are hits, the exact
   * one-sided bound at 95 % (for many rows about 3 divided by their number: the rule of three).
   */
  low: number;
  high: number;
}

/** How well a probe performs on labelled statements. Intervals of pooled figures and of the mean are over topics. */
export interface TopicsFigures {
  /** Pooled, and the mean over topics with the worst and the best one. */
  auroc: Figure;
  topicMean: Figure;
  topicRange: [number, number];
  accuracy: {
    /** The share of right verdicts when "can't tell" is not allowed. */
    forced: Rate;
    /** The share of right ones among the statements that it decides, and the share of all statements that it decides. */
    decided: Rate;
    coverage: Rate;
  };
  /**
   * The AUROC, on the same lines, of methods that need no probe: mean log-probability × negation; the words (TF-IDF) and the length, learnt
   * on the other topics; null with too few topics to learn on. Asking the model, P(True) − P(False), is not computed.
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

/** The figures of a probe, computed when it was trained: each topic is judged by a probe trained on all others. */
export interface ProbeCard extends TopicsFigures {
  /** Blocks whose mean is the state behind the verdict. */
  blocks: number[];
  trainedOn: { statements: number; topics: number };
  modelSha256: string;
  seed: number;
  /** Figures for the topics that the model knows, and for affirmative and negated statements. */
  known: Figure;
  affirmative: Figure;
  negated: Figure;
  /** The share of right verdicts among the half that it is most confident of. */
  surestHalf: Rate;
  /** Trained on affirmative statements, tested on negated ones. */
  negationFlip: number;
  /** Each layer's own probe, tested on held-out groups of whole topics. */
  layers: { layer: number; auroc: number; shuffled: number; shuffledSpread: number }[];
  calibration: { error: number; bins: { predicted: number; observed: number; count: number }[] };
  coverage: { share: number; accuracy: number }[];
  /** Evaluated once, after everything else was fixed. */
  frozen: TopicsFigures | null;
  /** Figures on the model's own statements; null where it was not asked. */
  answers: AnswersCard | null;
  /** The training statements in two dimensions, on their own first two axes. */
  map: { x: number[]; y: number[]; label: boolean[]; negated: boolean[]; topic: number[] };
}

/** The default layer at which a text is pushed along a truth probe's direction: the lower middle one of the probe's blocks. */
export const steeringLayer = ({ blocks }: Pick<ProbeCard, 'blocks'>): number => blocks[(blocks.length - 1) >> 1];

/**
 * Results on the model's own answers: statements that it completed itself, right or wrong according to a list of facts, each read by a
 * probe that has not seen its topic. `listed`: its choice among the listed values; `free`: its own words, of which `unjudged` named no
 * listed value, or too much.
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

/** Between these probabilities a truth probe gives no verdict. */
export const unsureBetween: readonly [number, number] = [0.15, 0.85];

/**
 * Why the sentence's polarity could not be read: two negations; one thing denied and another affirmed; a negation in a subordinate clause;
 * a possible title; an idiom that half denies; not in English.
 */
export type PolarityDoubt = 'double' | 'contrast' | 'clause' | 'title' | 'idiom' | 'language';

export interface JudgedStatement {
  text: string;
  /** UTF-16 range in the user's file; null for the model's own answer. */
  source: [number, number] | null;
  /** Log-odds. */
  score: number;
  /** Calibrated and clipped to [0.05, 0.95]; null outside the range that the probe was tested on. */
  probability: number | null;
  verdict: Verdict;
  /** Its state is far from the training statements', or its polarity is in doubt. */
  outside: boolean;
  /** The statement says that something is not so, as far as this can be determined. */
  negated: boolean;
  doubt: PolarityDoubt | null;
  /** The probe was trained on this very sentence, so a right verdict proves nothing. */
  trained: boolean;
  /** [L + 1] The score of each layer's own probe. */
  layers: number[];
  /** Mean log-probability of its tokens. */
  logprob: number;
  /** Its position on the card's map. */
  x: number;
  y: number;
}

export interface TruthResult {
  card: ProbeCard;
  statements: JudgedStatement[];
  /** False while statements are still to be judged. */
  complete: boolean;
}

/** How well verdicts agree with the labels of a table. */
export interface Agreement {
  /**
   * The number of judged statements that have a label; of those, the ones with a verdict; of those, the ones whose verdict agrees with the
   * label.
   */
  labelled: number;
  decided: number;
  right: number;
  /** 95 % interval of the share that is right, treating the statements as a sample; null without a verdict. */
  interval: [low: number, high: number] | null;
}

/** Whether the verdict contradicts the table's label. */
export function contradicts(verdict: Verdict, label: boolean | null): boolean {
  return label !== null && verdict !== 'unsure' && (verdict === 'true') !== label;
}

/** `labels`: [≥ N], the labels of the statements in their order. Null where no statement has a label. */
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
  /** Shares: right ones of all, forced; right ones of those that it decides; decided ones of all. */
  accuracy: number;
  decided: number;
  coverage: number;
  /** Figures for statements of topics that the probe was not trained on, and of topics that it was; null where there are none. */
  fresh: TopicsFigures | null;
  trained: TopicsFigures | null;
  /** The number of statements whose polarity could not be read, and of those unlike the training statements. */
  doubtful: number;
  unlike: number;
}

/** A row of the training file. */
export interface TruthStatement {
  text: string;
  label: boolean;
  topic: string;
  /** The statement says that something is not so; null = the engine determines this from the sentence. */
  negated: boolean | null;
  /** The topic is one that the model has read about; true where the file does not say. */
  known: boolean;
}

/** A statement without its last words, and the endings that would make it true or false; "disputed" endings are neither. */
export interface OpenStatement {
  topic: string;
  text: string;
  right: string[];
  wrong: string[];
  disputed: string[];
}

/** A probe as it is stored in a file: JSON, with arrays as base64 of little-endian float32. */
export interface StoredProbe {
  /** Schema 3: the card counts rates and keeps intervals; statements are read in plain spelling. */
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
  /** The source of the statements: a text's sentences, a table's rows, or the model's own answer. */
  from: 'sentences' | 'rows' | 'answer';
  result: TruthResult;
  /** [N] The table's label of each statement, judged or not yet; null without one. */
  labels: (boolean | null)[];
  /** The number of statements found; larger than the length of `labels` where the limit cut them off. */
  found: number;
  /** The number of questions in the text, which are neither true nor false. */
  questions: number;
  /** The number of judged statements that the probe was trained on; a right verdict on them proves nothing. */
  training: number;
  /** File name of the probe; null = the one bundled with the model. */
  probe: string | null;
  answer: ModelAnswer | null;
  /** How the table was read. */
  reading?: TableReading;
}

export interface ModelAnswer {
  /** The text that the model wrote. */
  text: string;
  /** Mean log-probability of its tokens as they were drawn. */
  logprob: number;
  /** [N] The same for each judged statement. */
  statements: number[];
  /** chat = the text was given to the model as a message; completed = the text's last words begin the first statement. */
  how: 'chat' | 'completed';
  finish: 'stop' | 'length';
}

export interface TruthRequests {
  /** `probe` is a file; null = the one bundled with the model. Progress returns the statements judged so far. */
  truth: {
    params: ShownRequest & { statements: { text: string; source: [number, number] | null }[]; probe: string | null };
    result: Shown & { runMs: number; result: TruthResult };
    progress: Progress & Shown & { partial: TruthResult };
  };
  /** The direction at one layer towards what looks true to the truth probe (null = the middle one of the layers it reads); [D]. */
  truthDirection: {
    params: { probe: string | null; layer: number | null };
    result: { layer: number; direction: number[] };
  };
  /** `open`: statements that the model completes itself, so that the probe is also judged on its own answers. */
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
  /** Evaluates a probe on statements with known labels: how often it is right. */
  evaluateTruth: {
    params: { statements: TruthStatement[]; probe: string | null };
    result: TruthEvaluation & { runMs: number };
    progress: Progress;
  };
}

/** Path of the probe that judges; null = the one bundled with the model. */
const judgingProbe = () =>
  flagged(file('result'), '--probe <file>', "a truth probe of your own (default: the bundled model's)");

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
      /** A text that the model continues, pushed along the direction of the probe that is shown. */
      steer: group(
        {
          /** '' = the page's default beginning. */
          text: text('', 'drawing'),
          /** In multiples of the state's own norm; below 0 = the opposite way, 0 = off. */
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
    'read the file as a text or a prompt: each of its sentences is a statement',
  ),
  answer: flagged(
    switched(false, 'result'),
    '--answer',
    'read the file as a prompt: the model answers it, and the first statements of its answer are judged',
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

/** Values of a probe's evaluation on statements with known labels. */
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

/** Whether a file's content is a probe of statements, whatever else it contains. */
export const isTruthProbe = (content: unknown): boolean => v.is(v.object({ kind: v.literal('truth') }), content);
