/** Counted shares and their intervals. Pure. */
import { exactInterval } from '../../protocol/exactInterval';
import { withInterval } from '../probe/figures';
import type { Rate } from './contract';

/**
 * The share of `hits` with Clopper and Pearson's exact 95 % interval, or that of resampled groups where it is wider, since rows of one
 * group are right or wrong together. Where all or none are hits, it has the exact one-sided bound at 95 %.
 */
export function rateOf(hits: readonly boolean[], groups: readonly unknown[] | null = null): Rate {
  const of = hits.length;
  const count = hits.filter(Boolean).length;
  if (of === 0) return { hits: 0, of: 0, low: 0, high: 1 };
  const exact = exactInterval(count, of);
  if (count === 0 || count === of || !groups) return { hits: count, of, ...exact };
  const drawn = withInterval(of, groups, (rows) => rows.filter((row) => hits[row]).length / rows.length);
  return { hits: count, of, low: Math.min(exact.low, drawn.low), high: Math.max(exact.high, drawn.high) };
}
