/**
 * Whether a ranking can be believed: the units are removed bit by bit, the highest score first, the lowest first, and in random
 * orders, and the target is read each time. A ranking that says something falls faster than random when its best go first.
 * (Deletion curves: Samek et al. 2017; Petsiuk et al. 2018.) For occlusion and every other saliency.
 */
import type { Faithfulness, Operator, Unit } from '../protocol/results';
import type { Model } from './model';
import { occluded } from './occlusion';
import { seededRandom } from './random';
import type { Target } from './target';
import { type ScoringOptions, scoreVariants, type Variant } from './variants';

export interface FaithfulnessOptions extends Omit<ScoringOptions, 'onValues'> {
  operator: Operator;
  /** What stands in a unit's place under `replace`. */
  replacement: number;
  /** Random orders, at least 5. */
  orders?: number;
  seed?: number;
}

const steps = 10;

/** `ids`: the prompt; `scores` [U], one for each unit (units with equal scores in their own order). */
export async function faithfulness(
  model: Model,
  ids: readonly number[],
  target: Target,
  units: readonly Pick<Unit, 'tokens'>[],
  scores: readonly number[],
  { operator, replacement, orders = 5, seed = 0, ...options }: FaithfulnessOptions,
): Promise<Faithfulness> {
  const prompt = ids.slice(0, target.before);
  const most = units.map((_, unit) => unit).sort((a, b) => scores[b] - scores[a] || a - b);
  const random = seededRandom(seed);
  const shuffles = Array.from({ length: orders }, () => shuffled(most, random));
  const fractions = Array.from({ length: steps + 1 }, (_, step) => step / steps);

  const variants: Variant[] = [];
  const places = new Map<string, number>();
  // Orders meet at their ends, and often between when there are few units: each set of units is read once.
  const curvePlaces = [most, [...most].reverse(), ...shuffles].map((order) =>
    fractions.map((fraction) => {
      const removed = order.slice(0, Math.round(fraction * order.length)).sort((a, b) => a - b);
      const key = removed.join();
      const known = places.get(key);
      if (known !== undefined) return known;
      const variant = occluded(
        prompt,
        removed.map((unit) => units[unit].tokens),
        operator,
        replacement,
      );
      const place = variant ? variants.push(variant) - 1 : nothing;
      places.set(key, place);
      return place;
    }),
  );
  const values = await scoreVariants(model, target, variants, options);
  const curves = curvePlaces.map((curve) => curve.map((place) => (place === nothing ? null : values[place])));
  const [mostFirst, leastFirst, ...others] = curves;
  const areas = others.map((curve) => area(fractions, curve));
  const at = fractions.map((_, step) => others.map((curve) => curve[step]).filter((value) => value !== null));
  return {
    fractions,
    mostFirst,
    leastFirst,
    random: {
      orders,
      seed,
      mean: at.map((column) => (column.length > 0 ? mean(column) : null)),
      spread: at.map((column) => (column.length > 0 ? spread(column) : null)),
    },
    area: {
      mostFirst: area(fractions, mostFirst),
      leastFirst: area(fractions, leastFirst),
      random: mean(areas),
      randomSpread: spread(areas),
    },
  };
}

/** In place of a variant of which nothing is left. */
const nothing = -1;

/** Fisher and Yates, on a copy. */
function shuffled(order: readonly number[], random: () => number): number[] {
  const result = [...order];
  for (let last = result.length - 1; last > 0; last--) {
    const other = Math.floor(random() * (last + 1));
    [result[last], result[other]] = [result[other], result[last]];
  }
  return result;
}

/** Mean height of the curve over the fractions that have a value; the first always has one. */
function area(fractions: readonly number[], curve: readonly (number | null)[]): number {
  let sum = 0;
  let width = 0;
  for (let step = 1; step < curve.length; step++) {
    const [left, right] = [curve[step - 1], curve[step]];
    if (left === null || right === null) continue;
    const breadth = fractions[step] - fractions[step - 1];
    sum += (breadth * (left + right)) / 2;
    width += breadth;
  }
  return width > 0 ? sum / width : (curve[0] ?? 0);
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** Standard deviation of a sample. */
function spread(values: readonly number[]): number {
  const middle = mean(values);
  const squares = values.reduce((sum, value) => sum + (value - middle) ** 2, 0);
  return values.length > 1 ? Math.sqrt(squares / (values.length - 1)) : 0;
}
