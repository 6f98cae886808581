/**
 * Which parts of a prompt an answer depends on. A unit is taken away and the target is read again:
 *
 *   score(unit) = target(prompt) − target(prompt with the unit occluded)           positive = the unit supports the target
 *
 *   knockout  in every block and head, no position outside the unit may read the unit's positions; inside it nothing changes
 *   delete    the unit's tokens are removed, later positions shift left
 *   replace   each of the unit's tokens becomes one other token
 *
 * Everything before a unit (for knockout, up to its end) is as it was, so by token this costs about T²/2 token passes. (Zeiler & Fergus
 * 2014; knockout: Geva et al. 2023.)
 */
import type { Range } from '../../protocol/model';
import { ProblemError } from '../../protocol/problem';
import type { Unit } from '../shared/contract';
import type { Model } from '../shared/model';
import type { OnTokens } from '../shared/prefix';
import type { Target } from '../shared/target';
import { costOf, type ScoringOptions, scoreVariants, type Variant } from '../shared/variants';
import { closesOnly, type Operator } from './contract';

export interface OcclusionOptions extends Omit<ScoringOptions, 'onValues'> {
  /** The token that replaces each token of a unit under `replace`. */
  replacement: number;
  /** Units whose scores are wanted before the others', group by group; computing all together would cost a little less. */
  turns?: readonly (readonly number[])[];
  /** Receives the scores of some units as soon as they are known; `indices` are into `units`. */
  onScores?: (indices: readonly number[], scores: readonly (number | null)[]) => void;
  onProgress?: OnTokens;
}

/**
 * [U] The score of each unit in nats; null where the operator cannot say (`reachOf` inside). `ids` is the prompt. A unit after the
 * beginning of the target has score 0; of a unit that crosses it, only the part before it counts. Throws `nothingLeft` where deleting a
 * unit leaves no token.
 */
export async function occlusion(
  model: Model,
  ids: readonly number[],
  target: Target,
  units: readonly Pick<Unit, 'tokens'>[],
  operator: Operator,
  { replacement, turns = [], onScores, onProgress, ...options }: OcclusionOptions,
): Promise<(number | null)[]> {
  const prompt = ids.slice(0, target.before);
  const scores = units.map(({ tokens }): number | null => (reachOf(tokens, target, operator) === 'inside' ? null : 0));
  const variants = occlusionVariants(prompt, target, units, operator, replacement);
  const [whole] = await scoreVariants(model, target, [unchanged(prompt)], options);
  const behind = units.map((_, unit) => unit).filter((unit) => !variants.has(unit));
  const tell = (indices: readonly number[]) =>
    onScores?.(
      indices,
      indices.map((unit) => scores[unit]),
    );
  if (behind.length > 0) tell(behind);

  const wanted = turns.map((turn) => turn.filter((unit) => variants.has(unit)));
  const before = new Set(wanted.flat());
  const after = [...variants.keys()].filter((unit) => !before.has(unit));
  const total = costOf([...variants.values()]);
  let done = 0;
  for (const turn of [...wanted, after]) {
    if (turn.length === 0) continue;
    const some = turn.map((unit) => variants.get(unit) as Variant);
    const cost = costOf(some);
    await scoreVariants(model, target, some, {
      ...options,
      onValues: (places, values) => {
        places.forEach((place, index) => {
          scores[turn[place]] = whole - values[index];
        });
        tell(places.map((place) => turn[place]));
      },
      onProgress: (run, toRun) => onProgress?.(Math.round(done + (cost * run) / toRun), total),
    });
    done += cost;
  }
  return scores;
}

/**
 * Maps each unit to the prompt without it; units that do not affect the target, or that the operator cannot take away, are left out.
 * `prompt` holds the tokens before the target. Throws `nothingLeft` where deleting a unit leaves no token.
 */
export function occlusionVariants(
  prompt: readonly number[],
  target: Target,
  units: readonly Pick<Unit, 'tokens'>[],
  operator: Operator,
  replacement: number,
): Map<number, Variant> {
  const variants = new Map<number, Variant>();
  units.forEach(({ tokens }, unit) => {
    if (reachOf(tokens, target, operator) !== 'reached') return;
    const variant = occluded(prompt, [tokens], operator, replacement);
    if (!variant) throw new ProblemError('nothingLeft');
    variants.set(unit, variant);
  });
  return variants;
}

/**
 * The effect of taking a unit away. behind: none, because the target does not depend on it. inside: the operator cannot say, because
 * knock-out closes a unit to the positions outside it, and this one holds every position that the target is read from (rows of the target's
 * own text or of a contrast that follow the prompt are outside every unit).
 */
export function reachOf(
  [i, j]: Range,
  { kind, before, sides }: Pick<Target, 'kind' | 'before' | 'sides'>,
  operator: Operator,
): 'reached' | 'behind' | 'inside' {
  if (i >= before) return 'behind';
  if (!closesOnly[operator]) return 'reached';
  const inside = sides.every(({ rows, weight }) => {
    const ownTokens = kind === 'span' && weight === 1;
    return rows[rows.length - 1] < (ownTokens ? j : Math.min(j, before));
  });
  return inside ? 'inside' : 'reached';
}

/** Indices of the units that the operator cannot take away. */
export function unscoredUnits(units: readonly Pick<Unit, 'tokens'>[], target: Target, operator: Operator): number[] {
  return units.flatMap(({ tokens }, unit) => (reachOf(tokens, target, operator) === 'inside' ? [unit] : []));
}

export function unchanged(ids: readonly number[]): Variant {
  return { ids, start: ids.length - 1 };
}

/** The prompt with units (ranges of tokens, ascending, disjoint) occluded together; null when no token would be left. */
export function occluded(
  ids: readonly number[],
  units: readonly Range[],
  operator: Operator,
  replacement: number,
): Variant | null {
  const within = units.map(([i, j]): Range => [i, Math.min(j, ids.length)]).filter(([i, j]) => i < j);
  if (within.length === 0) return unchanged(ids);
  const isIn = (position: number) => within.some(([i, j]) => position >= i && position < j);
  const [first] = within;
  switch (operator) {
    case 'knockout':
      return knockedOut(ids, within);
    case 'replace':
      return { ids: ids.map((id, position) => (isIn(position) ? replacement : id)), start: first[0] };
    case 'delete': {
      const left = ids.filter((_, position) => !isIn(position));
      return left.length === 0 ? null : { ids: left, start: Math.min(first[0], left.length - 1) };
    }
    default:
      return operator satisfies never;
  }
}

/**
 * The number of dropped tokens is rounded down to a multiple of this, so that variants with nearly as many still have one length and share
 * passes.
 */
const leftOutTogether = 16;

/**
 * Tokens that no other token may attend to need not be computed, so they are dropped; the rest keep their positions. This excludes the
 * first unit, whose keys and values are part of the unchanged prefix's, and a unit that holds the last position, which must attend to
 * itself.
 */
function knockedOut(ids: readonly number[], units: readonly Range[]): Variant {
  const last = ids.length - 1;
  const idle = units.slice(1).flatMap(([i, j]) => (j > last ? [] : Array.from({ length: j - i }, (_, t) => i + t)));
  const start = Math.min(units[0][1], last);
  const leftOut = new Set(idle.slice(idle.length % leftOutTogether));
  if (leftOut.size === 0) return { ids, start, closed: units };
  const positions = [...ids.keys()].filter((position) => !leftOut.has(position));
  const place = new Map(positions.map((position, at) => [position, at]));
  const closed = units.flatMap(([i, j]): Range[] => {
    const places = Array.from({ length: j - i }, (_, t) => place.get(i + t)).filter((at) => at !== undefined);
    return places.length > 0 ? [[places[0], places[0] + places.length]] : [];
  });
  return { ids: positions.map((position) => ids[position]), positions, start, closed };
}
