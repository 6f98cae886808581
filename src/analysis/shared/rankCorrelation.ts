/**
 * How similarly two saliency methods order the same units: Spearman's ρ, Pearson's correlation of the ranks, in which equal scores share
 * the mean of their ranks (Spearman 1904; ties as in Kendall & Gibbons 1990).
 */

/**
 * [M][M] ρ of every pair of methods over the units that have a score by both; null where one of the methods is null, with fewer than two
 * such units, or where one method's scores are all equal. `methods`: [M][U], null for one that must not be compared (yet).
 */
export function agreementOf(methods: readonly (readonly (number | null)[] | null)[]): (number | null)[][] {
  return methods.map((a) => methods.map((b) => (a && b ? ofBoth(a, b) : null)));
}

function ofBoth(a: readonly (number | null)[], b: readonly (number | null)[]): number | null {
  const pairs = a.flatMap((x, unit): [number, number][] => {
    const y = b[unit];
    return x === null || y === null ? [] : [[x, y]];
  });
  return spearman(
    pairs.map(([x]) => x),
    pairs.map(([, y]) => y),
  );
}

/** ρ in −1 … 1; null with fewer than two scores or where all scores of one side are equal. `a` and `b`: [U]. */
export function spearman(a: readonly number[], b: readonly number[]): number | null {
  const [x, y] = [rankDeviations(a), rankDeviations(b)];
  return x && y ? cosine(x, y) : null;
}

/** The ranks minus their mean; null where there is nothing to order. */
function rankDeviations(scores: readonly number[]): number[] | null {
  const middle = (scores.length - 1) / 2;
  const deviations = ranks(scores).map((rank) => rank - middle);
  return deviations.some((deviation) => deviation !== 0) ? deviations : null;
}

/** Ranks count from 0; ties share their average. */
function ranks(scores: readonly number[]): number[] {
  const order = scores.map((_, index) => index).sort((a, b) => scores[a] - scores[b]);
  const result = new Array<number>(scores.length);
  for (let from = 0; from < order.length; ) {
    let to = from + 1;
    while (to < order.length && scores[order[to]] === scores[order[from]]) to++;
    for (let place = from; place < to; place++) result[order[place]] = (from + to - 1) / 2;
    from = to;
  }
  return result;
}

function cosine(x: readonly number[], y: readonly number[]): number {
  let [xy, xx, yy] = [0, 0, 0];
  for (let i = 0; i < x.length; i++) {
    xy += x[i] * y[i];
    xx += x[i] ** 2;
    yy += y[i] ** 2;
  }
  return Math.max(-1, Math.min(1, xy / Math.sqrt(xx * yy)));
}
