/**
 * Whether the rankings beat chance, and whether they agree: read off the deletion curves and the correlations. Pure; for the
 * saliency tab.
 */
import type { MethodScores, SaliencyMethod } from '../../../src/protocol/explain';
import type { Faithfulness } from '../../../src/protocol/results';

export interface RandomOrders {
  orders: number;
  mean: (number | null)[];
  spread: (number | null)[];
  /** Mean height of the curves and its standard deviation between orders. */
  area: number;
  areaSpread: number;
}

/**
 * The random orders of all methods as one lot: they remove the same units from the same prompt, so they differ by chance alone.
 * Means are averaged; variances are pooled within the lots and the means' own variance is added. Null without any.
 */
export function pooledRandom(methods: readonly MethodScores[]): RandomOrders | null {
  const lots = distinct(methods.flatMap(({ faithfulness }) => (faithfulness ? [faithfulness] : [])));
  if (lots.length === 0) return null;
  const at = lots[0].fractions.map((_, step) =>
    pool(
      lots.flatMap(({ random }) => {
        const [mean, spread] = [random.mean[step], random.spread[step]];
        return mean === null || spread === null ? [] : [{ orders: random.orders, mean, spread }];
      }),
    ),
  );
  const whole = pool(
    lots.map(({ random, area }) => ({ orders: random.orders, mean: area.random, spread: area.randomSpread })),
  );
  return {
    orders: lots.reduce((sum, { random }) => sum + random.orders, 0),
    mean: at.map((step) => step?.mean ?? null),
    spread: at.map((step) => step?.spread ?? null),
    area: whole?.mean ?? 0,
    areaSpread: whole?.spread ?? 0,
  };
}

/** Lots drawn with one seed from one order are the same lot. */
function distinct(lots: readonly Faithfulness[]): Faithfulness[] {
  const seen = new Set<string>();
  return lots.filter(({ random }) => {
    const key = JSON.stringify([random.mean, random.spread]);
    return !seen.has(key) && seen.add(key);
  });
}

interface Lot {
  orders: number;
  mean: number;
  spread: number;
}

/** Mean and sample standard deviation of all orders together; null without a lot. */
function pool(lots: readonly Lot[]): { mean: number; spread: number } | null {
  const count = lots.reduce((sum, { orders }) => sum + orders, 0);
  if (count === 0) return null;
  const mean = lots.reduce((sum, lot) => sum + lot.orders * lot.mean, 0) / count;
  const squares = lots.reduce(
    (sum, lot) => sum + (lot.orders - 1) * lot.spread ** 2 + lot.orders * (lot.mean - mean) ** 2,
    0,
  );
  return { mean, spread: count > 1 ? Math.sqrt(squares / (count - 1)) : 0 };
}

export interface Verdict {
  /** Lowest mean height when its most important units go first. */
  best: SaliencyMethod;
  height: number;
  random: number;
  spread: number;
  /** More than two standard deviations below the random orders. */
  beats: boolean;
  /** Methods that do, lowest first. */
  beating: SaliencyMethod[];
}

/** Null while no method has its curve. */
export function verdict(methods: readonly MethodScores[]): Verdict | null {
  const random = pooledRandom(methods);
  const heights = methods
    .flatMap(({ method, faithfulness }) => (faithfulness ? [{ method, height: faithfulness.area.mostFirst }] : []))
    .sort((a, b) => a.height - b.height);
  const [best] = heights;
  if (!random || !best) return null;
  const limit = random.area - Math.max(2 * random.areaSpread, 1e-6);
  const beating = heights.filter(({ height }) => height < limit).map(({ method }) => method);
  return {
    best: best.method,
    height: best.height,
    random: random.area,
    spread: random.areaSpread,
    beats: beating.length > 0,
    beating,
  };
}

export interface Agreement {
  lowest: number;
  highest: number;
  /** The two methods that agree most. */
  closest: [SaliencyMethod, SaliencyMethod];
}

/** Over every two methods with a correlation; null with fewer than two such methods. */
export function agreementRange(
  methods: readonly SaliencyMethod[],
  matrix: readonly (readonly (number | null)[])[],
): Agreement | null {
  const pairs = methods.flatMap((first, row) =>
    methods.slice(0, row).flatMap((second, column) => {
      const value = matrix[row]?.[column] ?? null;
      return value === null ? [] : [{ value, pair: [second, first] as [SaliencyMethod, SaliencyMethod] }];
    }),
  );
  if (pairs.length === 0) return null;
  const sorted = [...pairs].sort((a, b) => a.value - b.value);
  const highest = sorted[sorted.length - 1];
  return { lowest: sorted[0].value, highest: highest.value, closest: highest.pair };
}
