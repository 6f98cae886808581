/**
 * How much the states of each layer reveal about a label: a linear probe on the last token's state, held out by group, beside the same
 * probe on shuffled labels (a control task: Hewitt & Liang 2019). Two classes are judged by AUROC, more by accuracy, numbers by Pearson's r
 * (ridge regression). Pure; the states and the products come from the engine.
 */

import { ProblemError } from '../../protocol/problem';
import { seededRandom } from '../shared/random';
import type { ProbeParams, ProbeResult, ProbeRow } from './contract';
import { auroc, correlation } from './figures';
import { dealFolds, type Grouping, groupRows, shuffleWithin } from './folds';
import { type Column, fitColumns, type LinearModels } from './linearModels';
import type { Products } from './products';

export interface LayerProbeOptions extends Omit<ProbeParams, 'rows' | 'frame'> {
  products: Products;
  width: number;
  pause?: () => Promise<void>;
  onProgress?: (done: number, total: number) => void;
}

/** As strong as for the truth probe, since a state has more numbers than most tables have rows. */
const lambda = 100;
const shuffles = 3;
const leastRows = 8;
const leastGroups = 4;
/** Shares of the training rows at which the learning curve is read. */
const learningShares = [0.1, 0.25, 0.5, 0.75, 1];

/** Throws `tooFewRows`, `oneClass`, `classOfOneRow`, `notNumbers`. */
export function checkRows(rows: readonly ProbeRow[], { task }: Pick<ProbeParams, 'task'>): Grouping {
  const grouping = groupRows(
    rows.map(({ text }) => text),
    rows.map(({ group }) => group),
  );
  if (rows.length < leastRows || grouping.units < leastGroups) {
    throw new ProblemError('tooFewRows', [rows.length, grouping.units, leastRows, leastGroups]);
  }
  if (task === 'number') {
    const wrong = rows.find(({ label }) => label.trim() === '' || !Number.isFinite(Number(label)));
    if (wrong) throw new ProblemError('notNumbers', [wrong.label]);
  }
  const counts = new Map<string, number>();
  for (const { label } of rows) counts.set(label, (counts.get(label) ?? 0) + 1);
  if (counts.size < 2) throw new ProblemError('oneClass', [rows[0].label]);
  const single = [...counts].filter(([, count]) => count === 1).map(([label]) => label);
  if (task === 'classes' && single.length > 0) {
    throw new ProblemError('classOfOneRow', [single.length, counts.size, single.slice(0, 3).join('", "')]);
  }
  return grouping;
}

/** `states`: layer → [N, D], in the order of the rows. */
export async function probeLayers(
  rows: readonly ProbeRow[],
  states: ReadonlyMap<number, Float32Array>,
  options: LayerProbeOptions,
): Promise<ProbeResult> {
  const { task, seed, width } = options;
  const grouping = checkRows(rows, options);
  const folds = Math.min(Math.max(2, options.folds), grouping.units);
  const fold = dealFolds(grouping, folds, seed);
  const truth = labelling(rows, task);
  const random = seededRandom(seed);
  const every = rows.map(() => 0);
  const shuffled = Array.from({ length: shuffles }, () => shuffleWithin(truth.labels, every, random));
  const columnsOf = (labels: readonly string[]) => {
    const targets = truth.targets(labels);
    return Array.from({ length: folds }, (_, out) =>
      targets.map((own) => column(own, (row) => fold[row] !== out)),
    ).flat();
  };
  const columns = [truth.labels, ...shuffled].flatMap(columnsOf);
  const each = columns.length / (shuffles + 1);
  const layers: ProbeResult['layers'] = [];
  for (const [layer, features] of [...states].sort(([a], [b]) => a - b)) {
    const models = await fitLayer(features, columns, options);
    const held = [truth.labels, ...shuffled].map((labels, which) => {
      const scores = heldOut(models, which * each, fold, truth.perFold);
      return { score: truth.score(scores, labels), byFold: byFold(scores, labels, fold, folds, truth.score) };
    });
    const control = meanAndSpread(held.slice(1).map(({ score }) => score));
    layers.push({
      layer,
      score: held[0].score,
      spread: meanAndSpread(held[0].byFold).spread,
      shuffled: control.mean,
      shuffledSpread: control.spread,
    });
    options.onProgress?.(layers.length, states.size + 1);
  }
  const best = layers.reduce((top, layer) => (layer.score > top.score ? layer : top));
  const features = states.get(best.layer) ?? new Float32Array(0);
  const learning = await learningCurve(features, { rows, fold, folds, truth, options });
  const whole = await fitLayer(
    features,
    truth.targets(truth.labels).map((own) => column(own, () => true)),
    options,
  );
  options.onProgress?.(states.size + 1, states.size + 1);
  return {
    task,
    measure: truth.measure,
    chance: truth.chance,
    rows: rows.length,
    groups: grouping.units,
    folds,
    layers,
    best: best.layer,
    learning,
    selectivity: best.score - best.shuffled,
    direction: Array.from(whole.weights[whole.weights.length - 1].subarray(0, width)),
    warnings: warningsOf(rows, grouping, truth),
  };
}

type Scores = readonly Float64Array[];

interface Labelling {
  labels: string[];
  measure: ProbeResult['measure'];
  chance: number;
  /** The number of columns that one fold needs: one for two classes and for numbers, one per class for more classes. */
  perFold: number;
  targets(labels: readonly string[]): Float64Array[];
  /** `scores`: [perFold][N]; over the given rows, or all. */
  score(scores: Scores, labels: readonly string[], rows?: readonly number[]): number;
}

function labelling(rows: readonly ProbeRow[], task: ProbeParams['task']): Labelling {
  const labels = rows.map(({ label }) => label);
  const all = labels.map((_, row) => row);
  if (task === 'number') {
    return {
      labels,
      measure: 'correlation',
      chance: 0,
      perFold: 1,
      targets: (own) => [standardised(own.map(Number))],
      score: ([scores], own, chosen = all) =>
        correlation(
          chosen.map((row) => scores[row]),
          chosen.map((row) => Number(own[row])),
        ),
    };
  }
  const classes = [...new Set(labels)].sort();
  const counts = classes.map((name) => labels.filter((label) => label === name).length);
  const signs = (own: readonly string[], name: string) => Float64Array.from(own, (label) => (label === name ? 1 : -1));
  if (classes.length === 2) {
    return {
      labels,
      measure: 'auroc',
      chance: 0.5,
      perFold: 1,
      targets: (own) => [signs(own, classes[1])],
      score: ([scores], own, chosen = all) =>
        auroc(
          chosen.map((row) => scores[row]),
          chosen.map((row) => own[row] === classes[1]),
        ) ?? 0.5,
    };
  }
  return {
    labels,
    measure: 'accuracy',
    chance: Math.max(...counts) / labels.length,
    perFold: classes.length,
    targets: (own) => classes.map((name) => signs(own, name)),
    score: (scores, own, chosen = all) => {
      const guess = (row: number) =>
        classes[scores.reduce((top, each, at) => (each[row] > scores[top][row] ? at : top), 0)];
      return chosen.filter((row) => guess(row) === own[row]).length / chosen.length;
    },
  };
}

/** Standardises the labels, since the penalty must not depend on their unit. */
function standardised(values: readonly number[]): Float64Array {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const deviation = Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length) || 1;
  return Float64Array.from(values, (value) => (value - mean) / deviation);
}

const column = (labels: Float64Array, isTrained: (row: number) => boolean): Column => ({
  labels,
  train: Uint8Array.from(labels, (_, row) => (isTrained(row) ? 1 : 0)),
});

function fitLayer(
  features: Float32Array,
  columns: readonly Column[],
  options: LayerProbeOptions,
): Promise<LinearModels> {
  const loss = options.task === 'number' ? 'squared' : 'logistic';
  return fitColumns(options.products, features, options.width, columns, { loss, lambda, pause: options.pause });
}

/** [perFold][N] Each row's scores by the columns of its own fold. */
function heldOut({ scores }: LinearModels, first: number, fold: readonly number[], perFold: number): Float64Array[] {
  return Array.from({ length: perFold }, (_, at) =>
    Float64Array.from(fold, (out, row) => scores[first + out * perFold + at][row]),
  );
}

function byFold(
  scores: Scores,
  labels: readonly string[],
  fold: readonly number[],
  folds: number,
  score: Labelling['score'],
): number[] {
  return Array.from({ length: folds }, (_, out) =>
    score(
      scores,
      labels,
      labels.map((_, row) => row).filter((row) => fold[row] === out),
    ),
  );
}

interface Learning {
  rows: readonly ProbeRow[];
  fold: readonly number[];
  folds: number;
  truth: Labelling;
  options: LayerProbeOptions;
}

/** The held-out score when each fold is trained on only a part of the others. */
async function learningCurve(features: Float32Array, { rows, fold, folds, truth, options }: Learning) {
  const random = seededRandom(options.seed + 1);
  const draw = rows.map(() => random());
  const targets = truth.targets(truth.labels);
  const parts = learningShares
    .map((share) => ({
      share,
      columns: Array.from({ length: folds }, (_, out) =>
        targets.map((own) => column(own, (row) => fold[row] !== out && draw[row] < share)),
      ).flat(),
    }))
    // A part without rows of both classes cannot be fitted.
    .filter(({ columns }) =>
      columns.every(({ train, labels }) => new Set(labels.filter((_, row) => train[row] === 1)).size > 1),
    );
  const models = await fitLayer(
    features,
    parts.flatMap(({ columns }) => columns),
    options,
  );
  const each = folds * truth.perFold;
  return parts.map(({ share }, at) => ({
    rows: Math.round((draw.filter((value) => value < share).length * (folds - 1)) / folds),
    score: truth.score(heldOut(models, at * each, fold, truth.perFold), truth.labels),
  }));
}

const fewGroups = 8;
/** Classes are unbalanced where the largest has more than this many times the rows of the smallest. */
const unbalanced = 3;
/** Above this AUROC the length alone reveals the label. */
const lengthTells = 0.65;

function warningsOf(
  rows: readonly ProbeRow[],
  { units, duplicates }: Grouping,
  { measure, labels }: Labelling,
): ProbeResult['warnings'] {
  const warnings: ProbeResult['warnings'] = [];
  if (duplicates) warnings.push('duplicatesGrouped');
  if (units < fewGroups) warnings.push('fewGroups');
  if (measure !== 'correlation') {
    const counts = [...new Set(labels)].map((name) => labels.filter((label) => label === name).length);
    if (Math.max(...counts) > unbalanced * Math.min(...counts)) warnings.push('unbalanced');
  }
  const lengths = rows.map(({ text }) => text.length);
  if (measure === 'auroc') {
    const [first] = [...new Set(labels)].sort();
    const byLength =
      auroc(
        lengths,
        labels.map((label) => label !== first),
      ) ?? 0.5;
    if (Math.max(byLength, 1 - byLength) > lengthTells) warnings.push('length');
  }
  return warnings;
}

function meanAndSpread(values: readonly number[]): { mean: number; spread: number } {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return { mean, spread: values.length > 1 ? Math.sqrt(squares / (values.length - 1)) : 0 };
}
