/** Whether the rankings beat chance and whether they agree, computed from the deletion curves and the correlations. Pure. */
import type { MethodScores, SaliencyMethod } from '../../../src/analysis/saliency/contract';

export interface RandomOrders {
  orders: number;
  mean: (number | null)[];
  spread: (number | null)[];
  /** Mean height of the curves and its standard deviation between orders. */
  area: number;
  areaSpread: number;
}

/** The curves of the random orders, which all methods of a run share. Null while no method has its curve. */
export function randomOrders(methods: readonly MethodScores[]): RandomOrders | null {
  const judged = methods.find(({ faithfulness }) => faithfulness !== null)?.faithfulness;
  if (!judged) return null;
  const { random, area } = judged;
  return { ...random, area: area.random, areaSpread: area.randomSpread };
}

export interface Verdict {
  /** The method with the lowest mean height when its most important units go first. */
  best: SaliencyMethod;
  /** True if a method lies more than two standard deviations below the random orders. */
  beats: boolean;
  /** The methods that do, lowest first. */
  beating: SaliencyMethod[];
}

/** Null while no method has its curve. */
export function verdict(methods: readonly MethodScores[]): Verdict | null {
  const random = randomOrders(methods);
  const heights = methods
    .flatMap(({ method, faithfulness }) => (faithfulness ? [{ method, height: faithfulness.area.mostFirst }] : []))
    .sort((a, b) => a.height - b.height);
  const [best] = heights;
  if (!random || !best) return null;
  const limit = random.area - Math.max(2 * random.areaSpread, 1e-6);
  const beating = heights.filter(({ height }) => height < limit).map(({ method }) => method);
  return { best: best.method, beats: beating.length > 0, beating };
}

export interface ClosestPair {
  methods: [SaliencyMethod, SaliencyMethod];
  correlation: number;
}

/** The two methods that agree most; null if fewer than two have a correlation. `matrix` is the result's agreement. */
export function closestPair(
  methods: readonly SaliencyMethod[],
  matrix: readonly (readonly (number | null)[])[],
): ClosestPair | null {
  const pairs = methods.flatMap((first, row) =>
    methods.slice(0, row).flatMap((second, column): ClosestPair[] => {
      const correlation = matrix[row]?.[column] ?? null;
      return correlation === null ? [] : [{ methods: [second, first], correlation }];
    }),
  );
  return pairs.reduce<ClosestPair | null>(
    (best, pair) => (best && best.correlation >= pair.correlation ? best : pair),
    null,
  );
}
