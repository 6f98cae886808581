/**
 * Projects the states of chosen tokens to two dimensions, layer by layer, so that the eye can follow a point: every picture is turned to
 * lie like the one before. PCA keeps its axes (only their signs are chosen); UMAP (McInnes et al. 2018) and t-SNE (van der Maaten & Hinton
 * 2008), whose axes mean nothing, may turn freely. Pure.
 */
import { TSNE, UMAP } from '@saehrimnir/druidjs';
import type { ProjectionMethod } from './contract';
import { type EqualPoints, mergeEqual } from './equalPoints';
import { type Pca, principalAxes, project } from './pca';

export interface ProjectionOptions {
  method: ProjectionMethod;
  width: number;
  /** The layer whose axes all layers are drawn on; null = each layer has its own axes. For PCA only. */
  basisLayer: number | null;
  /** [D] Replaces the first axis; for PCA only. */
  axis: readonly number[] | null;
  seed: number;
  /** Pictures, by layer, that those of UMAP and t-SNE are aligned with; without one, they are aligned with the picture before. */
  like?: ReadonlyMap<number, Plane>;
  /** Called between layers: yields to other work, and rejects when the result is no longer wanted. */
  pause?: () => Promise<void>;
  onProgress?: (done: number, total: number) => void;
}

export interface Plane {
  layer: number;
  x: number[];
  y: number[];
  variance: [number, number] | null;
}

/** With fewer distinct points there are no neighbourhoods to preserve, so they are drawn by PCA. */
export const leastForNeighbours = 5;

/** `states`: layer → [N, D]; N ≥ 1. Points that do not vary are placed at 0. */
export async function planes(states: ReadonlyMap<number, Float32Array>, options: ProjectionOptions): Promise<Plane[]> {
  const { width } = options;
  const frozen = options.basisLayer === null ? undefined : states.get(options.basisLayer);
  const basis = frozen && axesOf(frozen, options);
  const result: Plane[] = [];
  for (const [layer, points] of [...states].sort(([a], [b]) => a - b)) {
    await options.pause?.();
    const before = options.like?.get(layer) ?? result.at(-1);
    const equal = options.method === 'pca' ? null : mergeEqual(points, width);
    const isFree = equal !== null && equal.firsts.length >= leastForNeighbours;
    const plane = isFree ? free(points, layer, equal, options) : linear(points, layer, options, basis);
    const turn = isFree ? turned : uprightOn(options.axis);
    // A frozen basis is the same for all layers.
    result.push(before && !basis ? turn(plane, before) : plane);
    options.onProgress?.(result.length, states.size);
  }
  return result;
}

function axesOf(points: Float32Array, { width, axis }: ProjectionOptions): Pca {
  if (!axis) return principalAxes(points, width);
  const length = Math.hypot(...axis);
  const direction = Float64Array.from(axis, (value) => value / length);
  const rest = Float32Array.from(points);
  for (let from = 0; from < rest.length; from += width) {
    let along = 0;
    for (let d = 0; d < width; d++) along += rest[from + d] * direction[d];
    for (let d = 0; d < width; d++) rest[from + d] -= along * direction[d];
  }
  const { mean } = principalAxes(points, width, 0);
  const second = principalAxes(rest, width, 1);
  return { mean, axes: [direction, ...second.axes], variance: [] };
}

function linear(points: Float32Array, layer: number, options: ProjectionOptions, basis: Pca | undefined): Plane {
  const own = basis ? principalAxes(points, options.width, 0) : axesOf(points, options);
  const axes = basis?.axes ?? own.axes;
  const flat = project(points, { mean: own.mean, axes });
  const column = (k: number) =>
    Array.from({ length: points.length / options.width }, (_, point) =>
      k < axes.length ? flat[point * axes.length + k] : 0,
    );
  const [x, y] = [column(0), column(1)];
  const total = scatterOf(points, own.mean);
  const share = (values: number[]) => (total > 0 ? values.reduce((sum, value) => sum + value * value, 0) / total : 0);
  return { layer, x, y, variance: [share(x), share(y)] };
}

function scatterOf(points: Float32Array, mean: Float64Array): number {
  let sum = 0;
  for (let at = 0; at < points.length; at++) sum += (points[at] - mean[at % mean.length]) ** 2;
  return sum;
}

/** Equal points are drawn as one and share its place. */
function free(
  points: Float32Array,
  layer: number,
  { firsts, kinds }: EqualPoints,
  { method, width, seed }: ProjectionOptions,
): Plane {
  const size = firsts.length;
  const rows = firsts.map((point) => Array.from(points.subarray(point * width, (point + 1) * width)));
  const flat =
    method === 'umap'
      ? new UMAP(rows, { d: 2, seed, n_neighbors: Math.min(15, size - 1) }).transform()
      : new TSNE(rows, { d: 2, seed, perplexity: Math.min(30, (size - 1) / 3) }).transform(tsneSteps);
  return { layer, x: kinds.map((kind) => flat[kind][0]), y: kinds.map((kind) => flat[kind][1]), variance: null };
}

const tsneSteps = 1000;

/**
 * Chooses, among the four ways to sign two axes, the one nearest to the picture before; their order says which axis carries more, and
 * stays. A given direction keeps its own sign, which is meaningful.
 */
const uprightOn = (given: ProjectionOptions['axis']) => (plane: Plane, before: Plane) =>
  upright(plane, before, given ? [1] : [1, -1]);

function upright(plane: Plane, before: Plane, signsOfX: readonly (1 | -1)[]): Plane {
  const scale = 1 / (Math.hypot(...plane.x, ...plane.y) || 1);
  const target = 1 / (Math.hypot(...before.x, ...before.y) || 1);
  const choices = signsOfX.flatMap((sx) =>
    [1, -1].map((sy): Plane => {
      return { ...plane, x: plane.x.map((x) => sx * x), y: plane.y.map((y) => sy * y) };
    }),
  );
  const distance = ({ x, y }: Plane) =>
    x.reduce(
      (sum, value, at) =>
        sum + (value * scale - before.x[at] * target) ** 2 + (y[at] * scale - before.y[at] * target) ** 2,
      0,
    );
  return choices.reduce((best, each) => (distance(each) < distance(best) ? each : best));
}

/** Rotates the plane about its centre, and mirrors it where that is nearer (orthogonal Procrustes in the plane). */
function turned(plane: Plane, before: Plane): Plane {
  const here = centred(plane);
  const there = centred(before);
  const sums = (flip: 1 | -1) => {
    let cos = 0;
    let sin = 0;
    here.x.forEach((x, at) => {
      const y = flip * here.y[at];
      cos += x * there.x[at] + y * there.y[at];
      sin += x * there.y[at] - y * there.x[at];
    });
    return { flip, cos, sin, fit: Math.hypot(cos, sin) };
  };
  const { flip, cos, sin, fit } = [sums(1), sums(-1)].reduce((a, b) => (b.fit > a.fit ? b : a));
  if (fit === 0) return { ...plane, ...here };
  const [c, s] = [cos / fit, sin / fit];
  return {
    ...plane,
    x: here.x.map((x, at) => c * x - s * flip * here.y[at]),
    y: here.x.map((x, at) => s * x + c * flip * here.y[at]),
  };
}

function centred({ x, y }: Plane): { x: number[]; y: number[] } {
  const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const [mx, my] = [mean(x), mean(y)];
  return { x: x.map((value) => value - mx), y: y.map((value) => value - my) };
}
