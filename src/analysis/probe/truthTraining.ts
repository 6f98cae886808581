/**
 * Training of the truth probe, with everything that says how far to believe it: each topic is judged by a probe that has not seen
 * it (leave one topic out), beside shuffled labels and beside the baseline of mean log-probability and negation. The frozen topics
 * are judged once, by the finished probe; the model's own answers by the probe that has not seen their topic. Pure; the states and
 * the products come from the engine.
 */
import type { Figure, ProbeCard } from '../../protocol/insides';
import { principalAxes, project } from '../projection/pca';
import { seededRandom } from '../random';
import { type AnswerSet, answersFigures } from './answersCard';
import { accuracy, auroc, calibration, withInterval } from './figures';
import { dealFolds, groupRows, shuffleWithin } from './folds';
import { type Column, fitColumns, type LinearModels } from './linearModels';
import type { Products } from './products';
import {
  distance,
  type LinearProbe,
  meanStates,
  polarityFeatures,
  type Region,
  type TruthProbe,
  unsure,
  verdictBlocks,
} from './truthProbe';

export interface TrainingSet {
  statements: readonly { text: string; label: boolean; topic: string; negated: boolean; known: boolean }[];
  /** Layer 0 … L → [N, D] of each statement's end. */
  states: ReadonlyMap<number, Float32Array>;
  /** [N, D] of the mark behind it, mean of the verdict's blocks: less of its last word, so that unlike sentences lie apart. */
  marks: Float32Array;
  /** [N] mean log-probability of the statement's tokens. */
  logprob: readonly number[];
}

/** The model's own answers, chosen among listed values and in its own words. */
export interface AnswerSets {
  listed: AnswerSet;
  free: AnswerSet;
  unjudged: number;
}

export interface TrainingOptions {
  products: Products;
  width: number;
  modelSha256: string;
  /** Of the L2 penalty on standardised features. */
  lambda?: number;
  seed: number;
  pause?: () => Promise<void>;
  /** Layers whose probes are fitted, layers to fit. */
  onProgress?: (done: number, total: number) => void;
}

/** 1/C of scikit-learn; chosen once, on the training topics held out in turn. */
const usualLambda = 200;
const shuffles = 3;
/** Shuffled labels are held out by fewer, larger folds of whole topics: their level is what matters. */
const controlFolds = 6;
/** Finer than the third digit of an AUROC. */
const curveTolerance = 1e-4;
const regionAxes = 50;
const regionFolds = 6;
const regionTolerance = 1e-3;

export async function trainTruthProbe(
  training: TrainingSet,
  { frozen, answers }: { frozen: TrainingSet | null; answers: AnswerSets | null },
  options: TrainingOptions,
): Promise<TruthProbe> {
  const { width, seed } = options;
  const { statements, states } = training;
  const blocks = verdictBlocks(states.size - 1);
  const mean = meanStates(states, blocks);
  const set = describe(training);
  const fitAll = (features: Float32Array, columns: readonly Column[], tolerance?: number) =>
    fitColumns(options.products, features, features.length / statements.length, columns, {
      loss: 'logistic',
      lambda: options.lambda ?? usualLambda,
      pause: options.pause,
      tolerance,
    });

  const features = polarityFeatures(mean, width, set.negated);
  const verdicts = await fitAll(features, [...set.leaveOneOut(set.signs), set.everything(set.signs)]);
  const held = set.heldOut(verdicts);
  const verdict = probeOf(verdicts, set.topics.length);
  const calibrated = platt(held, set.labels);
  const probabilities = crossCalibrated(held, set);

  const baseline = baselineScores(training);
  const onlyAffirmative = set.leaveOneOut(set.signs, (row) => !set.negated[row]);
  const flipped = set.heldOut(await fitAll(mean, onlyAffirmative));

  const layers: LinearProbe[] = [];
  const curve: ProbeCard['layers'] = [];
  const random = seededRandom(seed);
  for (const [layer, own] of [...states].sort(([a], [b]) => a - b)) {
    const shuffled = Array.from({ length: shuffles }, () =>
      Float64Array.from(shuffleWithin(Array.from(set.signs), set.strata, random)),
    );
    const controls = shuffled.flatMap((signs) => set.byFold(signs));
    const columns = [...set.leaveOneOut(set.signs), set.everything(set.signs), ...controls];
    const models = await fitAll(polarityFeatures(own, width, set.negated), columns, curveTolerance);
    const first = set.topics.length + 1;
    const chance = shuffled.map(
      (signs, which) => auroc(set.heldOutByFold(models, first + which * controlFolds), signs) ?? 0.5,
    );
    layers.push(probeOf(models, set.topics.length));
    curve.push({ layer, auroc: auroc(set.heldOut(models), set.signs) ?? 0.5, ...meanAndSpread(chance) });
    options.onProgress?.(layers.length, states.size);
  }

  const figure = (chosen: readonly number[]): Figure => figureOf(held, set.labels, set.topicOf, chosen);
  const { marks } = training;
  const region = regionOf(marks, width, set);
  const axes = region.axes.slice(0, 2);
  const places = project(marks, { mean: region.mean, axes });
  const spread = axes.length;
  const without = (topic: string): LinearProbe => {
    const column = set.topics.indexOf(topic);
    return column < 0 ? verdict : probeOf(verdicts, column);
  };
  const card: ProbeCard = {
    blocks,
    trainedOn: { statements: statements.length, topics: set.topics.length },
    modelSha256: options.modelSha256,
    seed,
    auroc: figure(set.all),
    known: figure(set.all.filter((row) => statements[row].known)),
    affirmative: figure(set.all.filter((row) => !set.negated[row])),
    negated: figure(set.all.filter((row) => set.negated[row])),
    baseline: figureOf(baseline, set.labels, set.topicOf, set.all),
    negationFlip:
      aurocOf(
        flipped,
        set.labels,
        set.all.filter((row) => set.negated[row]),
      ) ?? 0.5,
    topics: set.topics.map((topic) => {
      const members = set.all.filter((row) => statements[row].topic === topic);
      return { topic, known: statements[members[0]].known, auroc: figureOf(held, set.labels, null, members) };
    }),
    layers: curve,
    ...decisions(probabilities, set.labels),
    calibration: calibration(probabilities, set.labels),
    frozen: frozen && judgeFrozen(frozen, verdict, blocks, width),
    answers: answers && {
      listed: answersFigures(answers.listed, blocks, width, without),
      free: { ...answersFigures(answers.free, blocks, width, without), unjudged: answers.unjudged },
    },
    map: {
      x: set.all.map((row) => (spread > 0 ? places[row * spread] : 0)),
      y: set.all.map((row) => (spread > 1 ? places[row * spread + 1] : 0)),
      label: [...set.labels],
      negated: [...set.negated],
      topic: set.topicOf.map((topic) => set.topics.indexOf(topic)),
    },
  };
  return { card, verdict, layers, platt: calibrated, region };
}

type Described = ReturnType<typeof describe>;

function describe({ statements }: TrainingSet) {
  const labels = statements.map(({ label }) => label);
  const negated = statements.map((each) => each.negated);
  const topicOf = statements.map(({ topic }) => topic);
  const topics = [...new Set(topicOf)];
  const all = statements.map((_, row) => row);
  // Duplicates of a text in two topics would be trained on and tested on at once.
  const { unit } = groupRows(
    statements.map(({ text }) => text),
    topicOf,
  );
  const unitsOfTopic = topics.map(
    (topic) => new Set(all.filter((row) => topicOf[row] === topic).map((row) => unit[row])),
  );
  const signs = Float64Array.from(labels, (label) => (label ? 1 : -1));
  const fold = dealFolds({ unit, units: Math.max(...unit) + 1 }, controlFolds, 0);
  return {
    labels,
    negated,
    topicOf,
    topics,
    all,
    unit,
    signs,
    /** A shuffled label keeps its topic and polarity. */
    strata: statements.map((each) => `${each.topic} ${each.negated}`),
    /** One column a topic: trained on all others. */
    leaveOneOut: (labelsOf: Float64Array, only: (row: number) => boolean = () => true): Column[] =>
      topics.map((_, topic) => ({
        labels: labelsOf,
        train: Uint8Array.from(all, (row) => (only(row) && !unitsOfTopic[topic].has(unit[row]) ? 1 : 0)),
      })),
    everything: (labelsOf: Float64Array): Column => ({ labels: labelsOf, train: new Uint8Array(all.length).fill(1) }),
    byFold: (labelsOf: Float64Array): Column[] =>
      Array.from({ length: controlFolds }, (_, out) => ({
        labels: labelsOf,
        train: Uint8Array.from(all, (row) => (fold[row] === out ? 0 : 1)),
      })),
    heldOutByFold: ({ scores }: LinearModels, first: number): number[] =>
      all.map((row) => scores[first + fold[row]][row]),
    /** [N] each row's score by the column that has not seen its topic; columns from `first` on. */
    heldOut: ({ scores }: LinearModels, first = 0): number[] =>
      all.map((row) => scores[first + topics.indexOf(topicOf[row])][row]),
  };
}

function probeOf({ weights, bias }: LinearModels, column: number): LinearProbe {
  return { weights: weights[column], bias: bias[column] };
}

/** What needs no probe: the mean log-probability against that of its polarity, turned where the statement is negated. */
function baselineScores({ statements, logprob }: TrainingSet): number[] {
  const middle = (isNegated: boolean) => {
    const own = logprob.filter((_, row) => statements[row].negated === isNegated);
    return own.reduce((sum, value) => sum + value, 0) / Math.max(1, own.length);
  };
  const means = [middle(false), middle(true)];
  return statements.map(({ negated }, row) => (negated ? means[1] - logprob[row] : logprob[row] - means[0]));
}

const aurocOf = (scores: readonly number[], labels: readonly boolean[], rows: readonly number[]) =>
  auroc(
    rows.map((row) => scores[row]),
    rows.map((row) => labels[row]),
  );

function figureOf(
  scores: readonly number[],
  labels: readonly boolean[],
  groups: readonly string[] | null,
  chosen: readonly number[],
): Figure {
  const measure = (places: readonly number[]) =>
    aurocOf(
      scores,
      labels,
      places.map((place) => chosen[place]),
    );
  return withInterval(chosen.length, groups && chosen.map((row) => groups[row]), measure);
}

/** Logistic regression on one number, by Newton's method (Platt 1999). */
export function platt(scores: readonly number[], labels: readonly boolean[]): TruthProbe['platt'] {
  let [slope, offset] = [0, 0];
  for (let step = 0; step < 50; step++) {
    let [gs, go, ss, so, oo] = [0, 0, 1e-6, 0, 1e-6];
    scores.forEach((score, row) => {
      const p = 1 / (1 + Math.exp(-(slope * score + offset)));
      const wrong = p - (labels[row] ? 1 : 0);
      const weight = p * (1 - p);
      gs += wrong * score;
      go += wrong;
      ss += weight * score * score;
      so += weight * score;
      oo += weight;
    });
    const determinant = ss * oo - so * so;
    const [ds, d0] = [(oo * gs - so * go) / determinant, (ss * go - so * gs) / determinant];
    slope -= ds;
    offset -= d0;
    if (Math.abs(ds) + Math.abs(d0) < 1e-10) break;
  }
  return { slope, offset };
}

/** [N] each row's probability by a calibration that has not seen its topic. */
function crossCalibrated(held: readonly number[], { topics, topicOf, labels, all }: Described): number[] {
  const byTopic = topics.map((topic) => {
    const others = all.filter((row) => topicOf[row] !== topic);
    return platt(
      others.map((row) => held[row]),
      others.map((row) => labels[row]),
    );
  });
  return all.map((row) => {
    const { slope, offset } = byTopic[topics.indexOf(topicOf[row])];
    return 1 / (1 + Math.exp(-(slope * held[row] + offset)));
  });
}

function decisions(
  probabilities: readonly number[],
  labels: readonly boolean[],
): Pick<ProbeCard, 'accuracy' | 'coverage'> {
  const sureness = probabilities.map((probability) => Math.abs(probability - 0.5));
  const order = sureness.map((_, row) => row).sort((a, b) => sureness[b] - sureness[a]);
  const among = (rows: readonly number[]) =>
    accuracy(
      rows.map((row) => probabilities[row] - 0.5),
      rows.map((row) => labels[row]),
    );
  const surest = (share: number) => among(order.slice(0, Math.max(1, Math.round(share * order.length))));
  const decided = order.filter((row) => probabilities[row] < unsure[0] || probabilities[row] > unsure[1]);
  return {
    accuracy: {
      forced: among(order),
      surestHalf: surest(0.5),
      decided: decided.length > 0 ? among(decided) : 0,
      coverage: decided.length / order.length,
    },
    coverage: Array.from({ length: 10 }, (_, step) => ({ share: (step + 1) / 10, accuracy: surest((step + 1) / 10) })),
  };
}

function judgeFrozen(
  frozen: TrainingSet,
  verdict: LinearProbe,
  blocks: readonly number[],
  width: number,
): ProbeCard['frozen'] {
  const { labels, topics, topicOf, all, negated } = describe(frozen);
  const features = polarityFeatures(meanStates(frozen.states, blocks), width, negated);
  const scores = all.map((row) => {
    let score = verdict.bias;
    for (let d = 0; d < 2 * width; d++) score += features[row * 2 * width + d] * verdict.weights[d];
    return score;
  });
  return {
    auroc: figureOf(scores, labels, topicOf, all),
    topics: topics.map((topic) => ({
      topic,
      auroc: figureOf(
        scores,
        labels,
        null,
        all.filter((row) => topicOf[row] === topic),
      ),
    })),
  };
}

/** The limit comes from topics that the region was fitted without. */
function regionOf(marks: Float32Array, width: number, { unit, all }: Described): Region {
  const fold = dealFolds({ unit, units: Math.max(...unit) + 1 }, regionFolds, 0);
  const distances = Array.from({ length: regionFolds }, (_, out) => {
    const region = gaussian(
      rowsOf(
        marks,
        width,
        all.filter((row) => fold[row] !== out),
      ),
      width,
    );
    return all
      .filter((row) => fold[row] === out)
      .map((row) => distance(region, marks.subarray(row * width, (row + 1) * width)));
  })
    .flat()
    .sort((a, b) => a - b);
  return { ...gaussian(marks, width), limit: distances[Math.floor(0.99 * (distances.length - 1))] };
}

function gaussian(points: Float32Array, width: number): Omit<Region, 'limit'> {
  const size = points.length / width;
  const { mean, axes } = principalAxes(points, width, Math.min(regionAxes, Math.floor(size / 10) + 1), regionTolerance);
  const flat = project(points, { mean, axes });
  const variance = Float64Array.from(axes, (_, k) => {
    let sum = 0;
    for (let row = 0; row < size; row++) sum += flat[row * axes.length + k] ** 2;
    return sum / size;
  });
  let total = 0;
  for (let at = 0; at < points.length; at++) total += (points[at] - mean[at % width]) ** 2;
  const rest = Math.max(total / size - variance.reduce((sum, value) => sum + value, 0), Number.EPSILON * total);
  return { mean, axes, variance, rest: rest || 1 };
}

function rowsOf(points: Float32Array, width: number, rows: readonly number[]): Float32Array {
  const out = new Float32Array(rows.length * width);
  rows.forEach((row, place) => {
    out.set(points.subarray(row * width, (row + 1) * width), place * width);
  });
  return out;
}

function meanAndSpread(values: readonly number[]): { shuffled: number; shuffledSpread: number } {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return { shuffled: mean, shuffledSpread: values.length > 1 ? Math.sqrt(squares / (values.length - 1)) : 0 };
}
