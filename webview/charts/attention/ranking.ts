/**
 * Comparison of heads: the value of each head under a measure, the best heads, the place of each in its column, and the score of
 * a head that spreads its weight evenly. Pure.
 */
import type { HeadSummary } from '../../../src/analysis/attention/contract';

export interface HeadRef {
  layer: number;
  head: number;
}

/** Measures that every overview carries. */
export type SummaryMeasure = 'entropy' | 'sinkMass' | 'previousToken' | 'induction' | 'diagonal';

/** Measures by the weight that the last token gives to chosen tokens: the answer slots of earlier examples, or the locked token. */
export type BetweenMeasure = 'answers' | 'locked';

export type Measure = SummaryMeasure | BetweenMeasure;

export interface RankedHead extends HeadRef {
  /** Null where the measure does not apply. */
  value: number | null;
}

/** Values of one measure in the order of `summaries`; the lowest entropy counts as strongest, because it is the most focused. */
export function measureHeads(summaries: readonly HeadSummary[], measure: SummaryMeasure): RankedHead[] {
  return summaries.map((summary) => ({ layer: summary.layer, head: summary.head, value: summary[measure] }));
}

/** Values from an [L, H] row-major array such as `attentionBetween` returns. */
export function measureBetween(weights: Float32Array, heads: number): RankedHead[] {
  return Array.from(weights, (value, index) => ({ layer: Math.floor(index / heads), head: index % heads, value }));
}

/** Best first; heads without a value come last, equal ones by block and head. */
export function strongestFirst(ranked: readonly RankedHead[], measure: Measure): RankedHead[] {
  const sign = measure === 'entropy' ? 1 : -1;
  return [...ranked].sort((a, b) => {
    if (a.value === null || b.value === null) return Number(a.value === null) - Number(b.value === null);
    return sign * (a.value - b.value) || a.layer - b.layer || a.head - b.head;
  });
}

/**
 * The head shown in each row of each column: `order[layer][row]`. Heads are sorted only within a column, so each block keeps its
 * place.
 */
export function columnOrder(
  ranked: readonly RankedHead[],
  layers: number,
  heads: number,
  order: 'number' | 'strongest',
  measure: Measure,
): number[][] {
  const byNumber = Array.from({ length: layers }, () => Array.from({ length: heads }, (_, head) => head));
  if (order === 'number') return byNumber;
  const columns: number[][] = Array.from({ length: layers }, () => []);
  for (const { layer, head } of strongestFirst(ranked, measure)) columns[layer]?.push(head);
  return columns.map((column, layer) => (column.length === heads ? column : byNumber[layer]));
}

/** Mean of 1 ⁄ (q + 1) over every pair of a query q and an earlier occurrence of its token; null when no token repeats. */
function evenInduction(ids: readonly number[]): number | null {
  const seen = new Map<number, number>();
  let pairs = 0;
  let sum = 0;
  ids.forEach((id, query) => {
    const earlier = seen.get(id) ?? 0;
    pairs += earlier;
    sum += earlier / (query + 1);
    seen.set(id, earlier + 1);
  });
  return pairs > 0 ? sum / pairs : null;
}

/**
 * The score of a head that gives every token it may see the same weight, 1 ⁄ (q + 1); null where nothing can be scored. `ids`:
 * the prompt's tokens; `targets`: how many tokens a between measure sums over.
 */
export function evenSpread(measure: Measure, ids: readonly number[], targets: number): number | null {
  const tokens = ids.length;
  if (measure === 'answers' || measure === 'locked') return tokens > 0 ? targets / tokens : null;
  if (measure === 'induction') return evenInduction(ids);
  const first = measure === 'entropy' || measure === 'diagonal' ? 0 : 1;
  if (tokens <= first) return null;
  let sum = 0;
  for (let query = first; query < tokens; query++) sum += measure === 'entropy' ? Math.log(query + 1) : 1 / (query + 1);
  return sum / (tokens - first);
}
