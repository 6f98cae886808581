/**
 * Whether groups of points lie apart, measured in the full space rather than in its picture: cosine similarity within and across the
 * groups, and whether nearest neighbours belong to the same group, compared with what shuffled labels give. Pure.
 */

import { seededRandom } from '../shared/random';
import type { Separation } from './contract';

/** [N][N] cosine similarity of the rows of [N, D]; 0 where a row is zero. */
export function cosines(points: Float32Array, width: number): number[][] {
  const size = points.length / width;
  const row = (point: number) => points.subarray(point * width, (point + 1) * width);
  const lengths = Array.from({ length: size }, (_, point) => Math.sqrt(product(row(point), row(point))));
  const out = Array.from({ length: size }, () => new Array<number>(size).fill(0));
  for (let a = 0; a < size; a++) {
    for (let b = a; b < size; b++) {
      const scale = lengths[a] * lengths[b];
      const value = scale > 0 ? Math.max(-1, Math.min(1, product(row(a), row(b)) / scale)) : 0;
      out[a][b] = value;
      out[b][a] = value;
    }
  }
  return out;
}

/** The number of nearest neighbours looked at; fewer where the smallest group is smaller. */
const mostNeighbours = 5;
const shuffles = 50;

/** Null with fewer than two groups of at least two points; points without a group are ignored. */
export function separation(similarity: readonly number[][], groups: readonly (string | null)[]): Separation | null {
  const members = groups.map((group, point) => ({ group, point })).filter(({ group }) => group !== null);
  const sizes = new Map<string | null, number>();
  for (const { group } of members) sizes.set(group, (sizes.get(group) ?? 0) + 1);
  const smallest = Math.min(...sizes.values());
  if (sizes.size < 2 || smallest < 2) return null;

  const points = members.map(({ point }) => point);
  const labels = members.map(({ group }) => group);
  const pairs = { within: [] as number[], across: [] as number[] };
  points.forEach((a, i) => {
    points.slice(i + 1).forEach((b, j) => {
      (labels[i] === labels[i + 1 + j] ? pairs.within : pairs.across).push(similarity[a][b]);
    });
  });
  const count = Math.min(mostNeighbours, smallest - 1);
  const nearest = points.map((a, i) =>
    points
      .map((b, j) => ({ j, near: similarity[a][b] }))
      .filter(({ j }) => j !== i)
      .sort((one, other) => other.near - one.near || one.j - other.j)
      .slice(0, count)
      .map(({ j }) => j),
  );
  const share = (of: readonly (string | null)[]) =>
    mean(nearest.map((neighbours, i) => neighbours.filter((j) => of[j] === of[i]).length / count));
  const random = seededRandom(0);
  const byChance = Array.from({ length: shuffles }, () => share(shuffled(labels, random)));
  const chance = mean(byChance);
  return {
    within: mean(pairs.within),
    across: mean(pairs.across),
    neighbours: share(labels),
    chance,
    chanceSpread: Math.sqrt(byChance.reduce((sum, value) => sum + (value - chance) ** 2, 0) / (shuffles - 1)),
  };
}

function shuffled<T>(values: readonly T[], random: () => number): T[] {
  const result = [...values];
  for (let last = result.length - 1; last > 0; last--) {
    const other = Math.floor(random() * (last + 1));
    [result[last], result[other]] = [result[other], result[last]];
  }
  return result;
}

function product(a: Float32Array, b: Float32Array): number {
  let sum = 0;
  for (let at = 0; at < a.length; at++) sum += a[at] * b[at];
  return sum;
}

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
