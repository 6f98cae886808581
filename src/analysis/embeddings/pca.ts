/**
 * Principal component analysis (Pearson 1901; Hotelling 1933): the directions in which centred points vary most. Only the first few of
 * hundreds of directions are needed, so the scatter matrix is never formed: Lanczos's iteration on XᵀX with full reorthogonalisation leaves
 * a small symmetric problem for the library. The result equals scikit-learn's up to the sign of each axis.
 */
import { EigenvalueDecomposition, Matrix } from 'ml-matrix';
import { seededRandom } from '../shared/random';

export interface Pca {
  /** [D] The mean that is subtracted from each point. */
  mean: Float64Array;
  /** [K][D] orthonormal, most variance first; the largest component of each is positive. */
  axes: Float64Array[];
  /** [K] share of the points' variance along each axis; 0 where the points do not vary. */
  variance: number[];
}

/** `points` is [N, D] row by row. Returns `count` axes, or fewer where the points span fewer dimensions, to this relative residual. */
export function principalAxes(points: Float32Array, width: number, count = 2, tolerance = 1e-9): Pca {
  const size = points.length / width;
  const mean = new Float64Array(width);
  for (let at = 0; at < points.length; at++) mean[at % width] += points[at] / size;
  const centred = Float64Array.from(points, (value, at) => value - mean[at % width]);
  const total = centred.reduce((sum, value) => sum + value * value, 0);
  const most = Math.min(size - 1, width);
  if (total <= 0 || most < 1) return { mean, axes: [], variance: [] };
  const { values, vectors } = largest((v) => scatter(centred, width, v), {
    width,
    count: Math.min(count, most),
    rank: most,
    tolerance,
  });
  const real = values
    .map((value, index) => ({ value, axis: vectors[index] }))
    .filter(({ value }) => value > total * 1e-12);
  return { mean, axes: real.map(({ axis }) => upright(axis)), variance: real.map(({ value }) => value / total) };
}

/** [N, K] row by row: the points in the axes' coordinates. */
export function project(points: Float32Array, { mean, axes }: Pick<Pca, 'mean' | 'axes'>): Float64Array {
  const width = mean.length;
  const size = points.length / width;
  const out = new Float64Array(size * axes.length);
  for (let point = 0; point < size; point++) {
    axes.forEach((axis, k) => {
      let sum = 0;
      for (let d = 0; d < width; d++) sum += (points[point * width + d] - mean[d]) * axis[d];
      out[point * axes.length + k] = sum;
    });
  }
  return out;
}

/** Xᵀ(Xv). */
function scatter(centred: Float64Array, width: number, v: Float64Array): Float64Array {
  const out = new Float64Array(width);
  for (let from = 0; from < centred.length; from += width) {
    let along = 0;
    for (let d = 0; d < width; d++) along += centred[from + d] * v[d];
    for (let d = 0; d < width; d++) out[d] += along * centred[from + d];
  }
  return out;
}

/** The largest eigenvalues and their vectors of a symmetric operator of rank ≤ `rank` on `width` numbers. */
function largest(
  apply: (v: Float64Array) => Float64Array,
  { width, count, rank, tolerance }: { width: number; count: number; rank: number; tolerance: number },
): { values: number[]; vectors: Float64Array[] } {
  const random = seededRandom(1);
  const basis: Float64Array[] = [normalised(Float64Array.from({ length: width }, () => random() - 0.5))];
  const diagonal: number[] = [];
  const beside: number[] = [];
  for (;;) {
    const last = basis[diagonal.length];
    const next = apply(last);
    diagonal.push(dot(next, last));
    // Two rounds are enough (Parlett): the basis stays orthogonal to rounding.
    for (let round = 0; round < 2; round++) for (const old of basis) subtract(next, old, dot(next, old));
    const rest = Math.sqrt(dot(next, next));
    const steps = diagonal.length;
    const spent = steps >= Math.min(width, rank + 1) || rest <= tolerance * Math.max(...diagonal, Number.MIN_VALUE);
    if (spent || (steps >= 2 * count && steps % 5 === 0)) {
      const small = ritz(diagonal, beside, count);
      const settled = small.every(({ value, vector }) => rest * Math.abs(vector[steps - 1]) <= tolerance * value);
      if (spent || settled) return combined(small, basis, width);
    }
    beside.push(rest);
    basis.push(normalised(next));
  }
}

interface RitzPair {
  value: number;
  vector: number[];
}

/** Eigenpairs of the tridiagonal matrix, largest first. */
function ritz(diagonal: readonly number[], beside: readonly number[], count: number): RitzPair[] {
  const size = diagonal.length;
  const matrix = Matrix.zeros(size, size);
  diagonal.forEach((value, at) => {
    matrix.set(at, at, value);
  });
  for (let at = 0; at + 1 < size; at++) {
    matrix.set(at, at + 1, beside[at]);
    matrix.set(at + 1, at, beside[at]);
  }
  const { realEigenvalues, eigenvectorMatrix } = new EigenvalueDecomposition(matrix, { assumeSymmetric: true });
  return realEigenvalues
    .map((value, at) => ({ value, vector: eigenvectorMatrix.getColumn(at) }))
    .sort((a, b) => b.value - a.value)
    .slice(0, count);
}

function combined(pairs: readonly RitzPair[], basis: readonly Float64Array[], width: number) {
  const vectors = pairs.map(({ vector }) => {
    const out = new Float64Array(width);
    vector.forEach((weight, at) => {
      subtract(out, basis[at], -weight);
    });
    return normalised(out);
  });
  return { values: pairs.map(({ value }) => value), vectors };
}

function upright(axis: Float64Array): Float64Array {
  const largestAt = axis.reduce((best, value, at) => (Math.abs(value) > Math.abs(axis[best]) ? at : best), 0);
  return axis[largestAt] < 0 ? axis.map((value) => -value) : axis;
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let at = 0; at < a.length; at++) sum += a[at] * b[at];
  return sum;
}

function subtract(from: Float64Array, vector: Float64Array, times: number): void {
  for (let at = 0; at < from.length; at++) from[at] -= times * vector[at];
}

function normalised(vector: Float64Array): Float64Array {
  const length = Math.sqrt(dot(vector, vector));
  return length > 0 ? vector.map((value) => value / length) : vector;
}
