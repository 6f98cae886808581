/**
 * The plan of a saliency run: units that are not too many for the length of the prompt, larger units that come first, and how fine the
 * deletion curves and the path of integrated gradients are.
 */
import type { Prompt, Range } from '../../protocol/model';
import { ProblemError } from '../../protocol/problem';
import type { Scope, Unit, UnitKind } from '../shared/contract';
import type { Target } from '../shared/target';
import { unitsOf } from '../shared/units';
import { costOf, runsOf } from '../shared/variants';
import {
  leavesTokens,
  type Operator,
  type SaliencyMethod,
  type SaliencyParams,
  type SaliencyWarning,
} from './contract';
import { countAt, defaultOrders, defaultSteps, fractionsOf } from './faithfulness';
import { occlusionVariants, unscoredUnits } from './occlusion';

/**
 * The most tokens that scores by occlusion may run; integrated gradients and all deletion curves may each run as many again. By token this
 * allows a prompt of some 320 tokens, about a minute on two cores. It is a fixed number, so that a busy machine does not cut a prompt more
 * coarsely; a faster machine may run for as long.
 */
const mostTokens = 50_000;
const patienceSeconds = 60;
/** The speed of occlusion's passes, with long pasts and few tokens, relative to the fastest pass. */
const shareOfFastest = 0.5;

/** The limit for a model whose fastest pass ran this many tokens per second. */
export function tokenLimit(tokensPerSecond: number): number {
  return Math.max(mostTokens, patienceSeconds * shareOfFastest * tokensPerSecond);
}

/** Tokens of the first units scored, which fit one pass. */
const firstTokens = 384;
/** Larger units are worth a pass of their own where there are at least this many times fewer of them. */
const clearlyFewer = 4;

/** Steps of a deletion curve, from fine to coarse: they are whole shares in percent, with at least one point between the ends. */
const curveSteps: readonly number[] = [defaultSteps, 5, 4, 2];

/** The kinds of units, from fine to coarse. */
const grains: readonly UnitKind[] = ['token', 'word', 'sentence', 'line', 'paragraph', 'message'];

export interface CutOptions {
  by: UnitKind;
  scope: Scope;
  /** Ranges in the form that unitsOf takes. */
  ranges: readonly Range[];
  operator: Operator;
  replacement: number;
}

export interface Cut {
  by: UnitKind;
  units: Unit[];
  /** The number of tokens that occluding each of them runs. */
  tokens: number;
}

/**
 * The units asked for; where occluding them takes more than `limit` tokens, the finest larger ones that take fewer. Units that the user has
 * chosen (examples, matches, values, a selection) are kept. Throws as unitsOf does, and `nothingLeft` where deleting a unit would leave no
 * token.
 */
export function affordableCut(prompt: Prompt, target: Target, options: CutOptions, limit: number): Cut {
  const asked = cutOf(prompt, target, options);
  if (asked.tokens <= limit) return asked;
  const larger = coarserThan(options.by)
    .map((by) => tryCut(prompt, target, { ...options, by }))
    .filter((cut) => cut !== null)
    .filter(({ units, tokens }) => units.length > 1 && tokens < asked.tokens);
  const least = larger.reduce((best, cut) => (cut.tokens < best.tokens ? cut : best), asked);
  return larger.find(({ tokens }) => tokens <= limit) ?? least;
}

/** The finest larger units that are clearly fewer than these, and more than one; null where there are none. */
export function coarseCut(prompt: Prompt, target: Target, fine: Cut, options: CutOptions): Cut | null {
  for (const by of coarserThan(fine.by)) {
    const cut = tryCut(prompt, target, { ...options, by });
    if (cut && cut.units.length > 1 && cut.units.length * clearlyFewer <= fine.units.length) return cut;
  }
  return null;
}

/** The first units of `ranking` (likeliest first) that fit into one pass. */
export function firstSlice(
  prompt: readonly number[],
  target: Target,
  units: readonly Unit[],
  ranking: readonly number[],
  { operator, replacement }: Pick<CutOptions, 'operator' | 'replacement'>,
): number[] {
  const slice: number[] = [];
  let room = firstTokens;
  for (const unit of ranking) {
    room -= costOf([...occlusionVariants(prompt, target, [units[unit]], operator, replacement).values()]);
    if (room < 0 && slice.length > 0) break;
    slice.push(unit);
  }
  return slice;
}

/** All units of `ranking` (likeliest first), as many together as fit into one pass. */
export function slicesOf(
  prompt: readonly number[],
  target: Target,
  units: readonly Unit[],
  ranking: readonly number[],
  options: Pick<CutOptions, 'operator' | 'replacement'>,
): number[][] {
  const slices: number[][] = [];
  for (let from = 0; from < ranking.length; ) {
    const slice = firstSlice(prompt, target, units, ranking.slice(from), options);
    slices.push(slice);
    from += slice.length;
  }
  return slices;
}

/** The cost of a forward and backward pass, in forward passes. */
export const backAndForth = 3;
/** Midpoints of integrated gradients for the first attempt, from fine to coarse. */
const pathPoints: readonly number[] = [32, 16, 8];
export const mostPoints = pathPoints[0];

/** The approximate number of tokens that a gradient at each of this many points runs. */
export const pathCost = ({ before, sides }: Pick<Target, 'before' | 'sides'>, points: number): number =>
  backAndForth * points * before * sides.length;

/** Midpoints tried one after another until integrated gradients add up. */
const finerPoints: readonly number[] = [128, 512];

/** The attempts: the `first`, then finer ones as long as all of them together take no more than `limit`. */
export function pathAttempts(
  target: Pick<Target, 'before' | 'sides'>,
  limit: number,
  first: number = affordablePoints(target, limit),
): number[] {
  const attempts = [first];
  let tokens = pathCost(target, first);
  for (const points of first < mostPoints ? [] : finerPoints) {
    tokens += pathCost(target, points);
    if (tokens > limit) break;
    attempts.push(points);
  }
  return attempts;
}

/** The most points that take no more than `limit` tokens; where all take more, the fewest. */
export function affordablePoints(target: Pick<Target, 'before' | 'sides'>, limit: number): number {
  const affordable = pathPoints.find((points) => pathCost(target, points) <= limit);
  return affordable ?? pathPoints[pathPoints.length - 1];
}

export interface CurvePlan {
  /** The number of steps from nothing to everything. */
  steps: number;
  /** The approximate number of tokens that one order runs between its ends, and that both ends run, which all orders share. */
  order: number;
  ends: number;
}

/**
 * The finest curves of `methods` methods, with their random orders, that take no more than `limit` tokens; where all take more, the
 * coarsest. The number of orders is never reduced: a spread over fewer than five means nothing.
 */
export function curvePlan(
  units: readonly Pick<Unit, 'tokens'>[],
  target: Target,
  operator: Operator,
  methods: number,
  limit: number,
): CurvePlan {
  const plans = curveSteps.map((steps) => curveCost(units, target, operator, steps));
  const affordable = plans.find(({ order, ends }) => ordersOf(methods) * order + ends <= limit);
  return affordable ?? plans[plans.length - 1];
}

/** The orders that the curves of this many methods read: each method's own and its reverse, and the random ones once. */
export const ordersOf = (methods: number): number => (methods > 0 ? 2 * methods + defaultOrders : 0);

/**
 * The text before the first unit is never run again, and removed units are run by `replace` only. An order and its reverse together keep
 * each unit half of the time on average, and a random order keeps about half.
 */
function curveCost(
  units: readonly Pick<Unit, 'tokens'>[],
  target: Target,
  operator: Operator,
  steps: number,
): CurvePlan {
  const ranges = units.map(({ tokens: [i, j] }): Range => [Math.min(i, target.before), Math.min(j, target.before)]);
  const changed = target.before - Math.min(target.before, ...ranges.map(([i]) => i));
  const covered = leavesTokens[operator] ? 0 : ranges.reduce((sum, [i, j]) => sum + j - i, 0);
  const runs = runsOf(target).length;
  const tokens = (count: number) => runs * (changed - (covered * count) / Math.max(1, units.length));
  const counts = fractionsOf(steps).map((fraction) => countAt(fraction, units.length));
  const between = [...new Set(counts)].filter((count) => count > 0 && count < units.length);
  return { steps, order: between.reduce((sum, count) => sum + tokens(count), 0), ends: tokens(units.length) + runs };
}

function coarserThan(by: UnitKind): UnitKind[] {
  const at = grains.indexOf(by);
  return at < 0 ? [] : grains.slice(at + 1);
}

function cutOf(prompt: Prompt, target: Target, options: CutOptions): Cut {
  const { by, scope, ranges, operator, replacement } = options;
  const units = unitsOf(prompt, by, scope, ranges);
  const before = prompt.tokens.slice(0, target.before).map(({ id }) => id);
  const variants = occlusionVariants(before, target, units, operator, replacement);
  return { by, units, tokens: runsOf(target).length * costOf([...variants.values()]) };
}

export interface PlanOptions extends CutOptions {
  methods: readonly SaliencyMethod[];
  steps: number | null;
  curves: boolean;
  limits: SaliencyParams['limits'];
  estimated?: boolean;
}

export interface SaliencyPlan {
  cut: Cut;
  /** Larger units that come first; null where there are none. */
  coarse: Cut | null;
  /** Indices of units that the operator cannot take away. */
  unscored: number[];
  curves: CurvePlan;
  /** The numbers of points of integrated gradients, in the order of the attempts. */
  attempts: number[];
  /** Says which parts are coarser than was asked for. */
  warnings: SaliencyWarning[];
}

/** `limit` is in tokens; without limits, it applies only to finer paths than the first. Throws as `affordableCut` does. */
export function planOf(prompt: Prompt, target: Target, options: PlanOptions, limit: number): SaliencyPlan {
  const { by, scope, ranges, operator, methods, limits } = options;
  const bounded = limits === 'panel';
  const most = bounded ? limit : Number.POSITIVE_INFINITY;
  const occludes = methods.includes('occlusion');
  const cut = occludes
    ? affordableCut(prompt, target, options, most)
    : { by, units: unitsOf(prompt, by, scope, ranges), tokens: 0 };
  const unscored = unscoredUnits(cut.units, target, operator);
  const removable = cut.units.filter((_, unit) => !unscored.includes(unit));
  const curves = curvePlan(removable, target, operator, methods.length, most);
  const first = options.steps ?? affordablePoints(target, most);
  const attempts = options.steps === null ? pathAttempts(target, limit, first) : [first];
  const sparse = methods.includes('integrated') && options.steps === null && first < mostPoints;
  return {
    cut,
    // Where every unit is estimated, larger units need not stand in for them.
    coarse: occludes && bounded && !options.estimated ? coarseCut(prompt, target, cut, options) : null,
    unscored,
    curves,
    attempts,
    warnings: [
      ...(cut.by === by ? [] : [{ kind: 'coarser', asked: by, used: cut.by } as const]),
      ...(options.curves && curves.steps < defaultSteps
        ? [{ kind: 'fewerSteps', asked: defaultSteps, used: curves.steps } as const]
        : []),
      ...(sparse ? [{ kind: 'fewerPoints', asked: mostPoints, used: first } as const] : []),
    ],
  };
}

/** Null where a unit of this kind is the whole prompt, so that it cannot be deleted. */
function tryCut(prompt: Prompt, target: Target, options: CutOptions): Cut | null {
  try {
    return cutOf(prompt, target, options);
  } catch (error) {
    if (error instanceof ProblemError) return null;
    throw error;
  }
}
