/**
 * Training of the truth probe, with all figures on its reliability: each topic is judged by a probe that has not seen it (leave one topic
 * out), beside shuffled labels and beside the baseline of mean log-probability and negation. The frozen topics are judged once, by the
 * finished probe; the model's own answers by the probe that has not seen their topic. Pure; the states and the products come from the
 * engine.
 */

import { principalAxes, project } from '../embeddings/pca';
import { auroc, calibration } from '../probe/figures';
import { dealFolds, groupRows, shuffleWithin } from '../probe/folds';
import { type Column, fitColumns, type LinearModels } from '../probe/linearModels';
import type { Products } from '../probe/products';
import { seededRandom } from '../shared/random';
import { type AnswerSet, answersFigures } from './answersCard';
import type { Figure, ProbeCard, TopicsFigures } from './contract';
import { rateOf } from './rates';
import { type LabelledStatements, pooled, topicsFigures } from './topicsFigures';
import {
  distance,
  type LinearProbe,
  meanStates,
  polarityFeatures,
  probabilityOf,
  type Region,
  scoreOf,
  type TruthProbe,
  verdictBlocks,
  verdictOf,
} from './truthProbe';

export interface TrainingSet extends LabelledStatements {
  /** Layer 0 … L → [N, D], the state at each statement's end. */
  states: ReadonlyMap<number, Float32Array>;
  /**
   * [N, D] The state of the mark after the statement, mean of the verdict's blocks; it contains less of the last word, so that unlike
   * sentences lie apart.
   */
  marks: Float32Array;
}

/** The model's own answers: chosen among listed values, and in its own words. */
export interface AnswerSets {
  listed: AnswerSet;
  free: AnswerSet;
  unjudged: number;
}

export interface TrainingOptions {
  products: Products;
  width: number;
  modelSha256: string;
  /** The factor of the L2 penalty on standardised features. */
  lambda?: number;
  seed: number;
  pause?: () => Promise<void>;
  /** The number of layers whose probes are fitted and to fit. */
  onProgress?: (done: number, total: number) => void;
}

/** 1/C of scikit-learn; chosen once, on the training topics held out in turn. */
const usualLambda = 800;
const shuffles = 3;
/**
 * The layers' curve, shuffled labels and the negation flip are tested on fewer, larger folds of whole topics, because only their level
 * matters.
 */
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
  const verdictsHeld = probabilities.map((probability) => verdictOf(probability, false));

  const onlyAffirmative = set.byFold(set.signs, (row) => !set.negated[row]);
  const flipped = set.heldOutByFold(await fitAll(mean, onlyAffirmative), 0);

  const layers: LinearProbe[] = [];
  const curve: ProbeCard['layers'] = [];
  const random = seededRandom(seed);
  for (const [layer, own] of [...states].sort(([a], [b]) => a - b)) {
    const shuffled = Array.from({ length: shuffles }, () =>
      Float64Array.from(shuffleWithin(Array.from(set.signs), set.strata, random)),
    );
    const controls = shuffled.flatMap((signs) => set.byFold(signs));
    const columns = [...set.byFold(set.signs), set.everything(set.signs), ...controls];
    const models = await fitAll(polarityFeatures(own, width, set.negated), columns, curveTolerance);
    const first = controlFolds + 1;
    const chance = shuffled.map(
      (signs, which) => auroc(set.heldOutByFold(models, first + which * controlFolds), signs) ?? 0.5,
    );
    layers.push(probeOf(models, controlFolds));
    curve.push({ layer, auroc: auroc(set.heldOutByFold(models, 0), set.signs) ?? 0.5, ...meanAndSpread(chance) });
    options.onProgress?.(layers.length, states.size);
  }

  const figure = (chosen: readonly number[]): Figure => pooled(held, set.labels, set.topicOf, chosen);
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
    ...topicsFigures(training, held, { probabilities, verdicts: verdictsHeld }),
    known: figure(set.all.filter((row) => statements[row].known)),
    affirmative: figure(set.all.filter((row) => !set.negated[row])),
    negated: figure(set.all.filter((row) => set.negated[row])),
    negationFlip:
      aurocOf(
        flipped,
        set.labels,
        set.all.filter((row) => set.negated[row]),
      ) ?? 0.5,
    layers: curve,
    ...decisions(probabilities, set),
    calibration: calibration(probabilities, set.labels),
    frozen: frozen && judgeFrozen(frozen, { card: { blocks }, verdict, platt: calibrated, region }, width),
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
  // Duplicates of a text in two topics would be in the training and the test set at once.
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
    /** One column per topic, trained on all others. */
    leaveOneOut: (labelsOf: Float64Array): Column[] =>
      topics.map((_, topic) => ({
        labels: labelsOf,
        train: Uint8Array.from(all, (row) => (unitsOfTopic[topic].has(unit[row]) ? 0 : 1)),
      })),
    everything: (labelsOf: Float64Array): Column => ({ labels: labelsOf, train: new Uint8Array(all.length).fill(1) }),
    byFold: (labelsOf: Float64Array, only: (row: number) => boolean = () => true): Column[] =>
      Array.from({ length: controlFolds }, (_, out) => ({
        labels: labelsOf,
        train: Uint8Array.from(all, (row) => (only(row) && fold[row] !== out ? 1 : 0)),
      })),
    heldOutByFold: ({ scores }: LinearModels, first: number): number[] =>
      all.map((row) => scores[first + fold[row]][row]),
    /** [N] Each row's score by the column that has not seen its topic; `first` is the first of these columns. */
    heldOut: ({ scores }: LinearModels, first = 0): number[] =>
      all.map((row) => scores[first + topics.indexOf(topicOf[row])][row]),
  };
}

function probeOf({ weights, bias }: LinearModels, column: number): LinearProbe {
  return { weights: weights[column], bias: bias[column] };
}

const aurocOf = (scores: readonly number[], labels: readonly boolean[], rows: readonly number[]) =>
  auroc(
    rows.map((row) => scores[row]),
    rows.map((row) => labels[row]),
  );

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

/** [N] Each row's probability, from a calibration that has not seen its topic. */
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
  { labels, topicOf }: Pick<Described, 'labels' | 'topicOf'>,
): Pick<ProbeCard, 'surestHalf' | 'coverage'> {
  const sureness = probabilities.map((probability) => Math.abs(probability - 0.5));
  const order = sureness.map((_, row) => row).sort((a, b) => sureness[b] - sureness[a]);
  const isRight = (row: number) => probabilities[row] > 0.5 === labels[row];
  const surest = (share: number) => order.slice(0, Math.max(1, Math.round(share * order.length)));
  const half = surest(0.5);
  return {
    surestHalf: rateOf(
      half.map(isRight),
      half.map((row) => topicOf[row]),
    ),
    coverage: Array.from({ length: 10 }, (_, step) => {
      const share = (step + 1) / 10;
      const rows = surest(share);
      return { share, accuracy: rows.filter(isRight).length / rows.length };
    }),
  };
}

function judgeFrozen(
  frozen: TrainingSet,
  probe: Pick<TruthProbe, 'verdict' | 'platt' | 'region'> & { card: Pick<ProbeCard, 'blocks'> },
  width: number,
): TopicsFigures {
  const mean = meanStates(frozen.states, probe.card.blocks);
  const scores = frozen.statements.map(({ negated }, row) =>
    scoreOf(probe.verdict, mean.subarray(row * width, (row + 1) * width), negated),
  );
  const probabilities = scores.map((score) => probabilityOf(probe, score));
  const verdicts = probabilities.map((probability, row) => {
    const mark = frozen.marks.subarray(row * width, (row + 1) * width);
    return verdictOf(probability, distance(probe.region, mark) > probe.region.limit);
  });
  return topicsFigures(frozen, scores, { probabilities, verdicts });
}

/** The limit is computed on topics that the region was fitted without. */
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
