/** Merges equal states: a method that draws neighbourhoods pushes copies of one point apart, as if they differed. */
import { seededRandom } from '../shared/random';

/** Relative to a state's length; the same text read in another batch differs by less. */
const tolerance = 1e-5;

export interface EqualPoints {
  /** Index of the first point of each kind, ascending. */
  firsts: number[];
  /** [N] The index into `firsts` of the point that each point equals. */
  kinds: number[];
}

/** `points`: [N, D]. Points are compared along a random direction first, where equal points lie beside each other. */
export function mergeEqual(points: Float32Array, width: number): EqualPoints {
  const size = points.length / width;
  const random = seededRandom(1);
  const direction = Float64Array.from({ length: width }, () => random() - 0.5);
  const reach = Math.hypot(...direction);
  const row = (point: number) => points.subarray(point * width, (point + 1) * width);
  const along = Array.from({ length: size }, (_, point) =>
    row(point).reduce((sum, value, d) => sum + value * direction[d], 0),
  );
  const lengths = Array.from({ length: size }, (_, point) =>
    Math.sqrt(row(point).reduce((sum, value) => sum + value * value, 0)),
  );
  const order = along.map((_, point) => point).sort((a, b) => along[a] - along[b] || a - b);
  const same = along.map((_, point) => point);
  order.forEach((point, place) => {
    const near = tolerance * lengths[point];
    for (let before = place - 1; before >= 0; before--) {
      const other = order[before];
      if (along[point] - along[other] > near * reach) return;
      if (distance(row(point), row(other)) > near) continue;
      same[point] = same[other];
      return;
    }
  });
  return numbered(same);
}

function numbered(same: readonly number[]): EqualPoints {
  const kindOf = new Map<number, number>();
  const firsts: number[] = [];
  const kinds = same.map((root, point) => {
    const known = kindOf.get(root);
    if (known !== undefined) return known;
    kindOf.set(root, firsts.length);
    firsts.push(point);
    return firsts.length - 1;
  });
  return { firsts, kinds };
}

function distance(a: Float32Array, b: Float32Array): number {
  let sum = 0;
  for (let d = 0; d < a.length; d++) sum += (a[d] - b[d]) ** 2;
  return Math.sqrt(sum);
}
