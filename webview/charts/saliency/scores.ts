/**
 * Comparison of the saliency methods on the same units: scale, rank, and where a coarser score stands in for one that is not
 * known yet. Pure.
 */
import type { SaliencyMethod, StandIn } from '../../../src/analysis/saliency/contract';
import type { Unit } from '../../../src/analysis/shared/contract';

/** The scores of one method on all units. */
export interface Lane {
  method: SaliencyMethod;
  /** Label beside each stave. */
  label: string;
  signed: boolean;
  /** [U] null = not known yet, or the method cannot give a score. */
  scores: readonly (number | null)[];
  /** Units that the method cannot score: their score stays null. */
  unscored: ReadonlySet<number>;
  /** True if its own check fails: the lane is hatched and must not be read. */
  unreliable: boolean;
  /** Score at which a bar or tint is full; a larger one is cut. */
  full: number;
}

/** Largest magnitude of the known scores, or of the stand-ins if none is known; 0 if there is neither. */
export function largest(scores: readonly (number | null)[], standIns: readonly number[] = []): number {
  const known = scores.filter((score) => score !== null);
  return (known.length > 0 ? known : standIns).reduce((top, score) => Math.max(top, Math.abs(score)), 0);
}

/** Fewer scores than this are drawn to the largest of them. */
const FEWEST_CUT = 10;
/** How many times the size that a tenth of the scores exceeds a bar may show. */
const MOST_TIMES = 3;

/** The size that a scale has to show: the largest, or less where a few extreme scores would leave nothing of all others. */
export function shownTop(scores: readonly (number | null)[], standIns: readonly number[] = []): number {
  const top = largest(scores, standIns);
  const sizes = scores.flatMap((score) => (score === null ? [] : [Math.abs(score)])).sort((a, b) => b - a);
  if (sizes.length < FEWEST_CUT) return top;
  const usual = sizes[Math.ceil(sizes.length / 10)];
  return usual > 0 ? Math.min(top, MOST_TIMES * usual) : top;
}

/** −1 … 1 of the full scale, and whether the score was cut there. */
export function share(score: number, full: number): { share: number; cut: boolean } {
  if (full <= 0) return { share: 0, cut: false };
  const part = score / full;
  return { share: Math.max(-1, Math.min(1, part)), cut: Math.abs(part) > 1.001 };
}

/** Rank from 1, the highest score first (the order in which the deletion curve removes units); null while the score is unknown. */
export function rankOf(scores: readonly (number | null)[], unit: number): number | null {
  const own = scores[unit];
  if (own === null || own === undefined) return null;
  return 1 + scores.filter((score) => score !== null && score > own).length;
}

/** Indices of units with a known score other than 0, the largest magnitude first. */
export function strongest(scores: readonly (number | null)[], count: number): number[] {
  return scores
    .flatMap((score, unit) => (score ? [{ unit, size: Math.abs(score) }] : []))
    .sort((a, b) => b.size - a.size || a.unit - b.unit)
    .slice(0, count)
    .map(({ unit }) => unit);
}

/** The number of scores that are still to come. */
export function pending({ scores, unscored }: Pick<Lane, 'scores' | 'unscored'>): number {
  return scores.filter((score, unit) => score === null && !unscored.has(unit)).length;
}

/** [U] index of the coarser unit that contains the whole of each unit; null where there is none. */
export function holders(units: readonly Unit[], coarse: readonly StandIn[]): (number | null)[] {
  return units.map(({ tokens: [i, j] }) => {
    const found = coarse.findIndex(({ tokens }) => tokens[0] <= i && j <= tokens[1]);
    return found < 0 ? null : found;
  });
}

/** The unit that a token belongs to; null if it is in none. */
export function unitAt(units: readonly Unit[], token: number): number | null {
  const found = units.findIndex(({ tokens: [i, j] }) => i <= token && token < j);
  return found < 0 ? null : found;
}

/** Line styles of the methods, which do not depend on the choice: the hue shows the role; dash and width differ too. */
export const lineLooks: Record<
  SaliencyMethod,
  { hue: 'positive' | 'negative' | 'purple' | 'green' | 'foreground'; dash: string | null; width: number }
> = {
  occlusion: { hue: 'positive', dash: null, width: 2 },
  input: { hue: 'negative', dash: '6 3', width: 1.5 },
  norm: { hue: 'negative', dash: '1 3', width: 2 },
  integrated: { hue: 'purple', dash: '2 2', width: 1.5 },
  attention: { hue: 'green', dash: '8 2 2 2', width: 1.5 },
  rollout: { hue: 'foreground', dash: '10 4', width: 1.25 },
  attentionGradient: { hue: 'purple', dash: '9 3', width: 1.5 },
};
