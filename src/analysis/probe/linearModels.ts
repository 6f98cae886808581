/**
 * Many regularised linear models on the same rows at once: folds, shuffled labels and classes are columns of one matrix, so that
 * a step of all of them is two products. Minimises, for each column,
 *
 *   Σ_{i in training} loss(y_i, x̃_i·w + b) + ½ λ ‖w‖²        x̃ = (x − mean) / deviation of the training rows
 *
 * by L-BFGS (Liu & Nocedal 1989). Logistic loss: as scikit-learn's LogisticRegression with C = 1/λ after a StandardScaler;
 * squared loss: ridge regression (½ of the square). For the probes of this folder.
 */
import type { Products } from './products';

export interface Column {
  /** [N] 1 = the row belongs to the training set. */
  train: Uint8Array;
  /** [N] −1 or 1 for logistic loss, any number for squared loss. */
  labels: Float64Array;
}

export interface LinearOptions {
  loss: 'logistic' | 'squared';
  lambda: number;
  /** Called between steps; rejects when the work is no longer wanted. */
  pause?: () => Promise<void>;
  /** Largest component of the gradient at which a column is done, as a share of its training rows. */
  tolerance?: number;
  maxSteps?: number;
}

export interface LinearModels {
  /** [C] in the features' own units: score = x·w + b. */
  weights: Float64Array[];
  bias: Float64Array;
  /** [C][N] score of every row, trained on or not. */
  scores: Float64Array[];
}

/** Steps remembered. */
const memory = 8;

/** `features` [N, D] row by row. */
export async function fitColumns(
  products: Products,
  features: Float32Array,
  width: number,
  columns: readonly Column[],
  options: LinearOptions,
): Promise<LinearModels> {
  const rows = features.length / width;
  const transposed = transposeOf(features, rows, width);
  const totals = totalsOf(features, rows, width);
  const fits = columns.map((column) => new Fit(features, totals, width, column, options));
  const { maxSteps = 200, pause } = options;
  for (let step = 0; step < maxSteps; step++) {
    await pause?.();
    const residuals = pack(
      fits.map((fit) => fit.residuals()),
      rows,
    );
    const gradients = await products.multiply(transposed, residuals, width, rows, fits.length);
    fits.forEach((fit, c) => {
      fit.direct(columnOf(gradients, fits.length, c));
    });
    if (fits.every((fit) => fit.done)) break;
    const directions = pack(
      fits.map((fit) => fit.rawDirection()),
      width,
    );
    const changes = await products.multiply(features, directions, rows, width, fits.length);
    fits.forEach((fit, c) => {
      fit.advance(columnOf(changes, fits.length, c));
    });
  }
  return {
    weights: fits.map((fit) => fit.rawWeights()),
    bias: Float64Array.from(fits, (fit) => fit.rawBias()),
    scores: fits.map((fit) => fit.scores),
  };
}

/** [D] each, over all rows; about their mean, so that taking rows away loses no digits. */
interface Totals {
  centre: Float64Array;
  sum: Float64Array;
  squares: Float64Array;
}

function totalsOf(features: Float32Array, rows: number, width: number): Totals {
  const centre = new Float64Array(width);
  features.forEach((value, at) => {
    centre[at % width] += value / rows;
  });
  const sum = new Float64Array(width);
  const squares = new Float64Array(width);
  features.forEach((value, at) => {
    const apart = value - centre[at % width];
    sum[at % width] += apart;
    squares[at % width] += apart * apart;
  });
  return { centre, sum, squares };
}

/** One column on its way: weights of standardised features, and every row's score under them. */
class Fit {
  readonly scores: Float64Array;
  done = false;
  private readonly mean: Float64Array;
  private readonly deviation: Float64Array;
  private readonly size: number;
  /** [D + 1] the last is the bias. */
  private readonly parameters: Float64Array;
  private gradient: Float64Array | null = null;
  private direction: Float64Array;
  private readonly past: { step: Float64Array; change: Float64Array; scale: number }[] = [];
  private lastStep: Float64Array | null = null;
  private pulls: Float64Array = new Float64Array(0);

  constructor(
    features: Float32Array,
    totals: Totals,
    private readonly width: number,
    private readonly column: Column,
    private readonly options: LinearOptions,
  ) {
    const { train, labels } = column;
    this.size = train.reduce((sum, one) => sum + one, 0);
    // What is left out is mostly the smaller part: it is taken away from the sums over all rows.
    const sum = Float64Array.from(totals.sum);
    const squares = Float64Array.from(totals.squares);
    for (let row = 0; row < train.length; row++) {
      if (train[row]) continue;
      for (let d = 0; d < width; d++) {
        const value = features[row * width + d] - totals.centre[d];
        sum[d] -= value;
        squares[d] -= value * value;
      }
    }
    this.mean = sum.map((value, d) => totals.centre[d] + value / this.size);
    this.deviation = squares.map((value, d) => {
      const variance = value / this.size - (sum[d] / this.size) ** 2;
      // A feature that does not vary says nothing.
      return variance > 1e-12 * (totals.squares[d] / train.length) ? Math.sqrt(variance) : Number.POSITIVE_INFINITY;
    });
    this.parameters = new Float64Array(width + 1);
    this.direction = new Float64Array(width + 1);
    this.scores = new Float64Array(labels.length);
  }

  /** [N] derivative of the loss with respect to each row's score; 0 outside the training set. */
  residuals(): Float64Array {
    const { train, labels } = this.column;
    const logistic = this.options.loss === 'logistic';
    this.pulls = this.scores.map((score, row) => {
      if (!train[row]) return 0;
      return logistic ? -labels[row] / (1 + Math.exp(labels[row] * score)) : score - labels[row];
    });
    return this.pulls;
  }

  /** `product` [D]: features' transpose times the residuals. Finds where to go next. */
  direct(product: Float64Array): void {
    const { lambda, tolerance = 1e-5 } = this.options;
    const total = this.pulls.reduce((sum, value) => sum + value, 0);
    const next = new Float64Array(this.width + 1);
    for (let d = 0; d < this.width; d++) {
      next[d] = (product[d] - this.mean[d] * total) / this.deviation[d] + lambda * this.parameters[d];
    }
    next[this.width] = total;
    if (this.gradient && this.lastStep) this.remember(this.lastStep, difference(next, this.gradient));
    this.gradient = next;
    const largest = next.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
    this.done = this.done || largest <= tolerance * this.size;
    this.direction = this.done ? new Float64Array(this.width + 1) : this.downhill(next);
  }

  /** [D] the direction in the features' own units. */
  rawDirection(): Float64Array {
    return this.direction.subarray(0, this.width).map((value, d) => value / this.deviation[d]);
  }

  /** `product` [N]: features times the raw direction. Goes as far as pays (Armijo's rule). */
  advance(product: Float64Array): void {
    if (this.done || !this.gradient) return;
    const raw = this.rawDirection();
    const shift = this.direction[this.width] - dot(raw, this.mean);
    const change = product.map((value) => value + shift);
    const slope = dot(this.gradient, this.direction);
    const start = this.objective(change, 0);
    let length = 1;
    while (this.objective(change, length) > start + 1e-4 * length * slope && length > 1e-10) length /= 2;
    // Rounding leaves nothing to gain.
    if (length <= 1e-10) {
      this.done = true;
      return;
    }
    this.lastStep = this.direction.map((value) => length * value);
    this.lastStep.forEach((value, d) => {
      this.parameters[d] += value;
    });
    change.forEach((value, row) => {
      this.scores[row] += length * value;
    });
  }

  rawWeights(): Float64Array {
    return this.parameters.subarray(0, this.width).map((value, d) => value / this.deviation[d]);
  }

  rawBias(): number {
    return this.parameters[this.width] - dot(this.rawWeights(), this.mean);
  }

  private objective(change: Float64Array, length: number): number {
    const { train, labels } = this.column;
    const logistic = this.options.loss === 'logistic';
    let sum = 0;
    for (let row = 0; row < train.length; row++) {
      if (!train[row]) continue;
      const score = this.scores[row] + length * change[row];
      if (logistic) {
        const margin = labels[row] * score;
        sum += margin > 0 ? Math.log1p(Math.exp(-margin)) : Math.log1p(Math.exp(margin)) - margin;
      } else sum += 0.5 * (score - labels[row]) ** 2;
    }
    let norm = 0;
    for (let d = 0; d < this.width; d++) norm += (this.parameters[d] + length * this.direction[d]) ** 2;
    return sum + 0.5 * this.options.lambda * norm;
  }

  private remember(step: Float64Array, change: Float64Array): void {
    const scale = dot(step, change);
    if (scale <= 1e-12 * dot(change, change)) return;
    this.past.push({ step, change, scale });
    if (this.past.length > memory) this.past.shift();
  }

  /** The two loops of L-BFGS. */
  private downhill(gradient: Float64Array): Float64Array {
    const out = gradient.map((value) => -value);
    const shares: number[] = [];
    for (const { step, change, scale } of [...this.past].reverse()) {
      const share = dot(step, out) / scale;
      shares.push(share);
      add(out, change, -share);
    }
    const last = this.past.at(-1);
    // At first a step as long as one row's pull, then as long as the last one teaches.
    const size = last ? last.scale / dot(last.change, last.change) : 1 / this.size;
    for (let at = 0; at < out.length; at++) out[at] *= size;
    for (const { step, change, scale } of this.past) {
      add(out, step, (shares.pop() ?? 0) - dot(change, out) / scale);
    }
    return out;
  }
}

/** Columns side by side, as float32 for the product. */
function pack(columns: readonly Float64Array[], length: number): Float32Array {
  const out = new Float32Array(length * columns.length);
  columns.forEach((column, c) => {
    for (let row = 0; row < length; row++) out[row * columns.length + c] = column[row];
  });
  return out;
}

function columnOf(matrix: Float32Array, count: number, c: number): Float64Array {
  return Float64Array.from({ length: matrix.length / count }, (_, row) => matrix[row * count + c]);
}

function transposeOf(matrix: Float32Array, rows: number, width: number): Float32Array {
  const out = new Float32Array(matrix.length);
  for (let row = 0; row < rows; row++) for (let d = 0; d < width; d++) out[d * rows + row] = matrix[row * width + d];
  return out;
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let at = 0; at < a.length; at++) sum += a[at] * b[at];
  return sum;
}

function add(to: Float64Array, vector: Float64Array, times: number): void {
  for (let at = 0; at < to.length; at++) to[at] += times * vector[at];
}

const difference = (a: Float64Array, b: Float64Array): Float64Array => a.map((value, at) => value - b[at]);
