/**
 * What a saliency run works through: units that are not too many for the length of the prompt, larger ones to begin with, which
 * come first, and how fine the deletion curves and the path of integrated gradients are. For saliency.ts.
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
 * Tokens that scores by occlusion may take to run, integrated gradients and all deletion curves as many again: by token, a prompt
 * of some 320 tokens, about a minute on two cores. Fixed there, so that a machine busy with something else cuts a prompt no coarser;
 * a faster one may run for as long.
 */
const mostTokens = 50_000;
const patienceSeconds = 60;
/** Passes of occlusion, long pasts and few tokens, beside the fastest. */
const shareOfFastest = 0.5;

/** For a model whose fastest pass ran so many. */
export function tokenLimit(tokensPerSecond: number): number {
  return Math.max(mostTokens, patienceSeconds * shareOfFastest * tokensPerSecond);
}

/** Tokens of the first units scored: one pass. */
const firstTokens = 384;
/** Larger units are worth a pass of their own where so many times fewer. */
const clearlyFewer = 4;

/** Steps of a deletion curve, from fine to coarse: whole shares in percent, and one point between the ends at the least. */
const curveSteps: readonly number[] = [defaultSteps, 5, 4, 2];

/** From fine to coarse. */
const grains: readonly UnitKind[] = ['token', 'word', 'sentence', 'line', 'paragraph', 'message'];

export interface CutOptions {
  by: UnitKind;
  scope: Scope;
  /** As unitsOf takes them. */
  ranges: readonly Range[];
  operator: Operator;
  replacement: number;
}

export interface Cut {
  by: UnitKind;
  units: Unit[];
  /** Tokens that occluding each of them takes. */
  tokens: number;
}

/**
 * The units asked for; where occluding them takes more than `limit` tokens, the finest larger ones that take less. Units that the
 * user chose himself (examples, matches, values, a selection) stay. Throws as unitsOf does, and `nothingLeft` where deleting a
 * unit would leave no token.
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

/** The first of `ranking` (units, likeliest first) that one pass has room for. */
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

/** A pass there and back in forward passes. */
export const backAndForth = 3;
/** Midpoints of integrated gradients to begin with, from fine to coarse. */
const pathPoints: readonly number[] = [32, 16, 8];
export const mostPoints = pathPoints[0];

/** About how many tokens a gradient at each of so many points takes to run. */
export const pathCost = ({ before, sides }: Pick<Target, 'before' | 'sides'>, points: number): number =>
  backAndForth * points * before * sides.length;

/** Midpoints tried one after another until integrated gradients add up. */
const finerPoints: readonly number[] = [128, 512];

/** What is tried: the `first`, and finer ones as far as all of them together take no more than `limit`. */
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
  /** From nothing to everything. */
  steps: number;
  /** About how many tokens one order takes to read between its ends, and both ends, which all orders share. */
  order: number;
  ends: number;
}

/**
 * The finest curves of `methods` methods, beside their random orders, that take no more than `limit` tokens to read; where all take
 * more, the coarsest. Orders are never saved: a spread over fewer than five says nothing.
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

/** Orders that the curves of so many methods read: each its own and the reverse, and those of chance once. */
export const ordersOf = (methods: number): number => (methods > 0 ? 2 * methods + defaultOrders : 0);

/**
 * What stands before the first unit is never read again, and what was removed is read by `replace` alone: an order and its reverse
 * leave in half of the units between them, a random one about half.
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
}

export interface SaliencyPlan {
  cut: Cut;
  /** Larger units to begin with; null where there are none. */
  coarse: Cut | null;
  /** Indices of units that the operator cannot take away. */
  unscored: number[];
  curves: CurvePlan;
  /** Points of integrated gradients, as they are tried. */
  attempts: number[];
  /** What is coarser than was asked for. */
  warnings: SaliencyWarning[];
}

/** `limit` in tokens; without limits it holds for finer paths than the first alone. Throws as `affordableCut` does. */
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
    coarse: occludes && bounded ? coarseCut(prompt, target, cut, options) : null,
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

/** Null where a unit of this kind is the whole prompt, and deleting it is impossible. */
function tryCut(prompt: Prompt, target: Target, options: CutOptions): Cut | null {
  try {
    return cutOf(prompt, target, options);
  } catch (error) {
    if (error instanceof ProblemError) return null;
    throw error;
  }
}
