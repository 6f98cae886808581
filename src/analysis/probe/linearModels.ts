/**
 * Many regularised linear models on the same rows at once: folds, shuffled labels and classes are columns of one matrix, so that one step
 * of all models is two products. For each column, this minimises
 *
 *   Σ_{i in training} loss(y_i, x̃_i·w + b) + ½ λ ‖w‖²        x̃ = (x − mean) / deviation of the training rows
 *
 * by L-BFGS (Liu & Nocedal 1989). Logistic loss agrees with scikit-learn's LogisticRegression with C = 1/λ after a StandardScaler; squared
 * loss is ridge regression (½ of the square).
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
  /** Called between steps; rejects when the result is no longer wanted. */
  pause?: () => Promise<void>;
  /** A column is done when the largest component of its gradient is below this share of its training rows. */
  tolerance?: number;
  maxSteps?: number;
}

export interface LinearModels {
  /** [C] In the features' own units: score = x·w + b. */
  weights: Float64Array[];
  bias: Float64Array;
  /** [C][N] The score of every row, whether trained on or not. */
  scores: Float64Array[];
}

/** The number of steps remembered. */
const memory = 8;

/** `features` is [N, D], row by row. */
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
    const pulled = fits.filter((fit) => !fit.done);
    const residuals = pack(
      pulled.map((fit) => fit.residuals()),
      rows,
    );
    const gradients = await products.multiply(residuals, features, pulled.length, rows, width);
    pulled.forEach((fit, c) => {
      fit.direct(gradients.subarray(c * width, (c + 1) * width));
    });
    const going = pulled.filter((fit) => !fit.done);
    if (going.length === 0) break;
    const directions = pack(
      going.map((fit) => fit.rawDirection()),
      width,
    );
    const changes = await products.multiply(directions, transposed, going.length, width, rows);
    going.forEach((fit, c) => {
      fit.advance(changes.subarray(c * rows, (c + 1) * rows));
    });
  }
  return {
    weights: fits.map((fit) => fit.rawWeights()),
    bias: Float64Array.from(fits, (fit) => fit.rawBias()),
    scores: fits.map((fit) => fit.scores),
  };
}

/** [D] each, over all rows. Sums are taken about the mean, so that subtracting rows loses no digits. */
interface Totals {
  centre: Float64Array;
  sum: Float64Array;
  squares: Float64Array;
}

function totalsOf(features: Float32Array, rows: number, width: number): Totals {
  const centre = new Float64Array(width);
  const sum = new Float64Array(width);
  const squares = new Float64Array(width);
  for (let row = 0; row < rows; row++) {
    for (let d = 0; d < width; d++) centre[d] += features[row * width + d] / rows;
  }
  for (let row = 0; row < rows; row++) {
    for (let d = 0; d < width; d++) {
      const apart = features[row * width + d] - centre[d];
      sum[d] += apart;
      squares[d] += apart * apart;
    }
  }
  return { centre, sum, squares };
}

/** One column during its fit: the weights of the standardised features, and every row's score under them. */
class Fit {
  readonly scores: Float64Array;
  done = false;
  private readonly mean: Float64Array;
  private readonly deviation: Float64Array;
  private readonly size: number;
  /** [D + 1] The last one is the bias. */
  private readonly parameters: Float64Array;
  private gradient: Float64Array | null = null;
  private direction: Float64Array;
  private readonly past: { step: Float64Array; change: Float64Array; scale: number }[] = [];
  private lastStep: Float64Array | null = null;
  private readonly pulls: Float64Array;
  /** The objective at the current parameters; null before it is known. */
  private value: number | null = null;

  constructor(
    features: Float32Array,
    totals: Totals,
    private readonly width: number,
    private readonly column: Column,
    private readonly options: LinearOptions,
  ) {
    const { train, labels } = column;
    this.size = train.reduce((sum, one) => sum + one, 0);
    // The rows left out are mostly the smaller part, so they are subtracted from the sums over all rows.
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
      // A feature that does not vary carries no information.
      return variance > 1e-12 * (totals.squares[d] / train.length) ? Math.sqrt(variance) : Number.POSITIVE_INFINITY;
    });
    this.parameters = new Float64Array(width + 1);
    this.direction = new Float64Array(width + 1);
    this.scores = new Float64Array(labels.length);
    this.pulls = new Float64Array(labels.length);
  }

  /** [N] The derivative of the loss with respect to each row's score; 0 outside the training set. */
  residuals(): Float64Array {
    const { train, labels } = this.column;
    const logistic = this.options.loss === 'logistic';
    for (let row = 0; row < train.length; row++) {
      if (!train[row]) continue;
      const score = this.scores[row];
      this.pulls[row] = logistic ? -labels[row] / (1 + Math.exp(labels[row] * score)) : score - labels[row];
    }
    return this.pulls;
  }

  /** `product` is [D]: the features' transpose times the residuals. Finds the next direction. */
  direct(product: Float32Array): void {
    const { lambda, tolerance = 1e-5 } = this.options;
    let total = 0;
    for (let row = 0; row < this.pulls.length; row++) total += this.pulls[row];
    const next = new Float64Array(this.width + 1);
    let largest = Math.abs(total);
    for (let d = 0; d < this.width; d++) {
      next[d] = (product[d] - this.mean[d] * total) / this.deviation[d] + lambda * this.parameters[d];
      largest = Math.max(largest, Math.abs(next[d]));
    }
    next[this.width] = total;
    if (this.gradient && this.lastStep) this.remember(this.lastStep, difference(next, this.gradient));
    this.gradient = next;
    this.done = largest <= tolerance * this.size;
    if (!this.done) this.direction = this.downhill(next);
  }

  /** [D] The direction in the features' own units. */
  rawDirection(): Float64Array {
    const raw = new Float64Array(this.width);
    for (let d = 0; d < this.width; d++) raw[d] = this.direction[d] / this.deviation[d];
    return raw;
  }

  /** `product` is [N]: the features times the raw direction. The step is halved until the objective decreases enough (Armijo's rule). */
  advance(product: Float32Array): void {
    if (!this.gradient) return;
    let shift = this.direction[this.width];
    for (let d = 0; d < this.width; d++) shift -= (this.direction[d] / this.deviation[d]) * this.mean[d];
    const change = new Float64Array(product.length);
    for (let row = 0; row < change.length; row++) change[row] = product[row] + shift;
    const slope = dot(this.gradient, this.direction);
    const start = this.value ?? this.objective(change, 0);
    let length = 1;
    let reached = this.objective(change, length);
    while (reached > start + 1e-4 * length * slope && length > 1e-10) {
      length /= 2;
      reached = this.objective(change, length);
    }
    // Below this step, rounding leaves no improvement.
    if (length <= 1e-10) {
      this.done = true;
      return;
    }
    this.value = reached;
    this.lastStep = new Float64Array(this.width + 1);
    add(this.lastStep, this.direction, length);
    add(this.parameters, this.lastStep, 1);
    add(this.scores, change, length);
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

  /** The two-loop recursion of L-BFGS. */
  private downhill(gradient: Float64Array): Float64Array {
    const out = new Float64Array(gradient.length);
    add(out, gradient, -1);
    const shares: number[] = [];
    for (const { step, change, scale } of [...this.past].reverse()) {
      const share = dot(step, out) / scale;
      shares.push(share);
      add(out, change, -share);
    }
    const last = this.past.at(-1);
    // The first step is divided by the number of training rows; later ones are scaled by the curvature of the last step.
    const size = last ? last.scale / dot(last.change, last.change) : 1 / this.size;
    for (let at = 0; at < out.length; at++) out[at] *= size;
    for (const { step, change, scale } of this.past) {
      add(out, step, (shares.pop() ?? 0) - dot(change, out) / scale);
    }
    return out;
  }
}

/** [C, length] The columns one below another, as float32 for the product. */
function pack(columns: readonly Float64Array[], length: number): Float32Array {
  const out = new Float32Array(length * columns.length);
  columns.forEach((column, c) => {
    out.set(column, c * length);
  });
  return out;
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

function difference(a: Float64Array, b: Float64Array): Float64Array {
  const out = Float64Array.from(a);
  add(out, b, -1);
  return out;
}
