/**
 * Whether a ranking can be trusted: the units are removed step by step, highest score first, lowest score first and in random orders, and
 * the target is read each time. For a meaningful ranking, the target falls faster than in random order when the highest scores are removed
 * first. (Deletion curves: Samek et al. 2017; Petsiuk et al. 2018.)
 */

import type { Unit } from '../shared/contract';
import type { Model } from '../shared/model';
import { seededRandom } from '../shared/random';
import type { Target } from '../shared/target';
import { type ScoringOptions, scoreVariants, type Variant } from '../shared/variants';
import type { Faithfulness, Operator } from './contract';
import { occluded } from './occlusion';

export interface CurveOptions {
  operator: Operator;
  /** The token that replaces each token of a unit under `replace`. */
  replacement: number;
  /** The number of random orders, at least 5. */
  orders?: number;
  seed?: number;
  /** The number of steps from nothing to everything, at least 2. */
  steps?: number;
}

export const defaultSteps = 10;
export const defaultOrders = 5;

/** [steps + 1] Shares of the units removed: 0 … 1. */
export const fractionsOf = (steps: number): number[] => Array.from({ length: steps + 1 }, (_, step) => step / steps);
/** The number of units that a share corresponds to. */
export const countAt = (fraction: number, units: number): number => Math.round(fraction * units);

/**
 * Deletion curves of several rankings of the same units, all of which the operator can take away. They share the random orders, and each
 * set of removed units is read once, however many orders contain it (all orders share both ends).
 */
export class DeletionCurves {
  private readonly prompt: readonly number[];
  private readonly shuffles: number[][];
  /** The target value without a set of units, by their indices; null where nothing is left of the prompt. */
  private readonly values = new Map<string, number | null>();
  private readonly seed: number;
  private readonly fractions: number[];
  /** The areas of the random orders; null until a curve is read. */
  random: { seed: number; areas: number[] } | null = null;

  constructor(
    private readonly model: Model,
    ids: readonly number[],
    private readonly target: Target,
    private readonly units: readonly Pick<Unit, 'tokens'>[],
    private readonly options: CurveOptions,
  ) {
    const { orders = defaultOrders, seed = 0, steps = defaultSteps } = options;
    this.prompt = ids.slice(0, target.before);
    this.seed = seed;
    this.fractions = fractionsOf(steps);
    const random = seededRandom(seed);
    const everyUnit = units.map((_, unit) => unit);
    this.shuffles = Array.from({ length: orders }, () => shuffled(everyUnit, random));
  }

  /**
   * `scores` [U] has one score for each unit (units with equal scores stay in their own order). Null without a unit. Rejects with
   * `cancelled` between passes.
   */
  async of(scores: readonly number[], options: Omit<ScoringOptions, 'onValues'> = {}): Promise<Faithfulness | null> {
    if (this.units.length === 0) return null;
    const most = this.units.map((_, unit) => unit).sort((a, b) => scores[b] - scores[a] || a - b);
    const orders = [most, [...most].reverse(), ...this.shuffles].map((order) =>
      this.fractions.map((fraction) => order.slice(0, countAt(fraction, order.length)).sort((a, b) => a - b)),
    );
    await this.read(orders.flat(), options);
    const curves = orders.map((curve) => curve.map((removed) => this.values.get(removed.join()) ?? null));
    const [, , ...others] = curves;
    this.random = { seed: this.seed, areas: others.map((curve) => area(this.fractions, curve)) };
    return summarised(this.fractions, curves, this.random);
  }

  /** Computes the values that are not known yet. */
  private async read(removals: readonly number[][], options: Omit<ScoringOptions, 'onValues'>): Promise<void> {
    const variants = new Map<string, Variant>();
    for (const removed of removals) {
      const key = removed.join();
      if (this.values.has(key) || variants.has(key)) continue;
      const { operator, replacement } = this.options;
      const tokens = removed.map((unit) => this.units[unit].tokens);
      const variant = occluded(this.prompt, tokens, operator, replacement);
      if (variant) variants.set(key, variant);
      else this.values.set(key, null);
    }
    const values = await scoreVariants(this.model, this.target, [...variants.values()], options);
    [...variants.keys()].forEach((key, place) => {
      this.values.set(key, values[place]);
    });
  }
}

/** `curves`: most first, least first, then the random orders; each [steps + 1]. */
function summarised(
  fractions: number[],
  [mostFirst, leastFirst, ...others]: (number | null)[][],
  { seed, areas }: { seed: number; areas: readonly number[] },
): Faithfulness {
  const at = fractions.map((_, step) => others.map((curve) => curve[step]).filter((value) => value !== null));
  return {
    fractions,
    mostFirst,
    leastFirst,
    random: {
      orders: others.length,
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

/** Fisher–Yates shuffle of a copy. */
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
