/**
 * What a saliency run works through: units that are not too many for the length of the prompt, larger ones to begin with, and
 * which come first. For saliency.ts.
 */
import type { Prompt, Range } from '../protocol/model';
import { ProblemError } from '../protocol/problem';
import type { Operator, Scope, Unit, UnitKind } from '../protocol/results';
import { occlusionVariants } from './occlusion';
import type { Target } from './target';
import { unitsOf } from './units';
import { costOf } from './variants';

/**
 * Tokens that scores by occlusion may take to run: by token, a prompt of some 320 tokens, about a minute on two cores. Fixed
 * there, so that a machine busy with something else cuts a prompt no coarser; a faster one may run for as long.
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

function coarserThan(by: UnitKind): UnitKind[] {
  const at = grains.indexOf(by);
  return at < 0 ? [] : grains.slice(at + 1);
}

function cutOf(prompt: Prompt, target: Target, options: CutOptions): Cut {
  const { by, scope, ranges, operator, replacement } = options;
  const units = unitsOf(prompt, by, scope, ranges);
  const before = prompt.tokens.slice(0, target.before).map(({ id }) => id);
  const variants = occlusionVariants(before, target, units, operator, replacement);
  return { by, units, tokens: costOf([...variants.values()]) };
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
