/**
 * The truth probe: logistic regression on [h, p·h], where h is the state of a statement's end (mean of its last word and the mark behind
 * it, and of four blocks in the middle of the model) and p = +1 for an affirmative statement, −1 for a negated one (Bürger et al. 2024:
 * truth has a general and a polarity-sensitive direction). This file defines its data and how it judges a statement. Pure.
 */
import { type ProbeCard, unsureBetween, type Verdict } from './contract';

/** The weights of the standardised features, converted to raw features: score = [h, p·h] · weights + bias. */
export interface LinearProbe {
  /** [2·D]. */
  weights: Float64Array;
  bias: number;
}

/**
 * The region of end-mark states like those of the training statements: a Gaussian in the first axes, and one width for all other
 * directions.
 */
export interface Region {
  /** [D]. */
  mean: Float64Array;
  /** [K][D] orthonormal. */
  axes: Float64Array[];
  /** [K] Variance along each axis, and the mean squared distance outside all of them. */
  variance: Float64Array;
  rest: number;
  /** Squared distance below which 99 % of held-out training statements lie. */
  limit: number;
}

export interface TruthProbe {
  card: ProbeCard;
  verdict: LinearProbe;
  /** [L + 1] Each layer's own probe, for the layer chart. */
  layers: LinearProbe[];
  /** Platt: p(true) = 1 / (1 + exp(−(slope · score + offset))). */
  platt: { slope: number; offset: number };
  region: Region;
}

/** Shown probabilities are limited to this range. */
const clip: readonly [number, number] = [0.05, 0.95];

/**
 * The blocks whose mean is read, for 30 blocks: chosen on the training topics held out in turn; for other models, the blocks at the same
 * relative depth.
 */
export function verdictBlocks(layers: number): number[] {
  const blocks = [12, 14, 16, 18].map((block) => Math.max(1, Math.round((block * layers) / 30)));
  return [...new Set(blocks)];
}

/** [N, 2·D] from states [N, D]. */
export function polarityFeatures(states: Float32Array, width: number, negated: readonly boolean[]): Float32Array {
  const out = new Float32Array(2 * states.length);
  negated.forEach((isNegated, row) => {
    const own = states.subarray(row * width, (row + 1) * width);
    out.set(own, 2 * row * width);
    out.set(isNegated ? own.map((value) => -value) : own, (2 * row + 1) * width);
  });
  return out;
}

/** [N, D] mean of the layers' states. */
export function meanStates(layers: ReadonlyMap<number, Float32Array>, blocks: readonly number[]): Float32Array {
  const parts = blocks.map((block) => layers.get(block) ?? new Float32Array(0));
  return parts[0].map((_, at) => parts.reduce((sum, part) => sum + part[at], 0) / parts.length);
}

export function scoreOf({ weights, bias }: LinearProbe, state: Float32Array, negated: boolean): number {
  const width = state.length;
  let score = bias;
  for (let d = 0; d < width; d++) score += state[d] * (weights[d] + (negated ? -1 : 1) * weights[width + d]);
  return score;
}

export function probabilityOf({ platt }: Pick<TruthProbe, 'platt'>, score: number): number {
  return 1 / (1 + Math.exp(-(platt.slope * score + platt.offset)));
}

/** Clips the probability to the range that the probe's calibration supports. */
export function shownProbability(probability: number): number {
  return Math.min(clip[1], Math.max(clip[0], probability));
}

/** Outside the region there is no verdict. */
export function verdictOf(probability: number, outside: boolean): Verdict {
  const [low, high] = unsureBetween;
  if (outside || (probability >= low && probability <= high)) return 'unsure';
  return probability > high ? 'true' : 'false';
}

/** Squared distance from the training states, relative to their own spread: for a training state about the number of axes plus one. */
export function distance({ mean, axes, variance, rest }: Omit<Region, 'limit'>, state: Float32Array): number {
  const left = Float64Array.from(state, (value, d) => value - mean[d]);
  let sum = 0;
  axes.forEach((axis, k) => {
    let along = 0;
    for (let d = 0; d < axis.length; d++) along += left[d] * axis[d];
    for (let d = 0; d < axis.length; d++) left[d] -= along * axis[d];
    sum += along ** 2 / variance[k];
  });
  return sum + left.reduce((total, value) => total + value * value, 0) / rest;
}

/** The frame in which a statement is presented to the model: as the assistant's own answer. */
export const statementFrame = { question: 'Tell me a true fact.', lead: 'Here is a true fact: ' } as const;

/**
 * A sentence in the form in which it is read: with a mark at its end, whose state is read with the last word's, and in plain spelling,
 * since the model knows facts in that form: straight quotation marks, a capital at the beginning, and words written all in capitals in
 * lower case.
 */
export function asStatement(sentence: string): string {
  const straight = sentence.trim().replace(/[‘’ʼ]/g, "'").replace(/[“”„]/g, '"');
  const words = straight.match(/\p{L}+/gu) ?? [];
  const isShouted = !/\p{Ll}/u.test(straight) && words.filter((word) => word.length > 1).length > 2;
  const text = (isShouted ? straight.toLowerCase() : straight).replace(
    /^(["'(]*)(\p{Ll})(?=\p{Ll}*(?:['\s]|$))/u,
    (_, mark, first) => {
      return `${mark}${first.toUpperCase()}`;
    },
  );
  return /[.!?。！？]["'”’)]*$/.test(text) ? text : `${text}.`;
}
