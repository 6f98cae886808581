/**
 * Facts about the layer × head map, without elements: a head's value under each measure, the strongest heads, how well the
 * estimate agrees. Pure.
 */

import { type HeadMap, headMapKinds } from '../../../src/analysis/heads/contract';
import type { LayersIntent } from '../../../src/analysis/panel';
import type { HeadRef } from '../../charts/attention/ranking';
import type { HeadCell } from '../../charts/layers/headMap';

export type HeadMeasure = LayersIntent['map'];

export const headMeasures: readonly HeadMeasure[] = headMapKinds;

const signedMeasures: Readonly<Record<HeadMeasure, boolean>> = {
  knockout: true,
  attentionGradient: true,
  induction: false,
  previousToken: false,
  sinkMass: false,
};

/** Scores of a target have a sign; summaries of attention run from 0. */
export function isSigned(measure: HeadMeasure): boolean {
  return signedMeasures[measure];
}

/** One head's value, or an estimate if its knock-out is not known yet. */
export function headCell(map: HeadMap, measure: HeadMeasure, { layer, head }: HeadRef): HeadCell {
  if (measure === 'knockout') {
    const exact = map.knockout[layer]?.[head] ?? null;
    if (exact !== null) return { value: exact, estimate: false };
    return { value: map.preview?.[layer]?.[head] ?? null, estimate: true };
  }
  if (measure === 'attentionGradient') return { value: map.preview?.[layer]?.[head] ?? null, estimate: false };
  const own = map.summaries.find((summary) => summary.layer === layer && summary.head === head);
  return { value: own?.[measure] ?? null, estimate: false };
}

/** [L][H]. */
export function headCells(map: HeadMap, measure: HeadMeasure): HeadCell[][] {
  return map.knockout.map((row, layer) => row.map((_, head) => headCell(map, measure, { layer, head })));
}

/** Upper end of the scale; 0 while nothing is known. */
export function largestValue(cells: readonly (readonly HeadCell[])[]): number {
  return Math.max(0, ...cells.flat().map(({ value }) => Math.abs(value ?? 0)));
}

/** Heads that have a value, the largest first regardless of sign. */
export function strongestHeads(cells: readonly (readonly HeadCell[])[]): (HeadRef & HeadCell)[] {
  return cells
    .flatMap((row, layer) => row.map((cell, head) => ({ layer, head, ...cell })))
    .filter(({ value }) => value !== null)
    .sort((a, b) => Math.abs(b.value ?? 0) - Math.abs(a.value ?? 0));
}

export interface Silenced {
  known: number;
  total: number;
}

export function silenced({ knockout }: Pick<HeadMap, 'knockout'>): Silenced {
  const all = knockout.flat();
  return { known: all.filter((value) => value !== null).length, total: all.length };
}

/** Fewer heads than this say nothing about agreement. */
const leastPairs = 8;

/** Pearson's correlation of estimate and exact score over the heads that have both; null if it means nothing. */
export function estimateAgreement({ knockout, preview }: Pick<HeadMap, 'knockout' | 'preview'>): number | null {
  const pairs = knockout.flatMap((row, layer) =>
    row.flatMap((exact, head): [number, number][] => {
      const estimate = preview?.[layer]?.[head];
      return exact === null || estimate === undefined ? [] : [[exact, estimate]];
    }),
  );
  if (pairs.length < leastPairs) return null;
  const mean = (side: 0 | 1) => pairs.reduce((sum, pair) => sum + pair[side], 0) / pairs.length;
  const [meanExact, meanEstimate] = [mean(0), mean(1)];
  let [both, own, other] = [0, 0, 0];
  for (const [exact, estimate] of pairs) {
    both += (exact - meanExact) * (estimate - meanEstimate);
    own += (exact - meanExact) ** 2;
    other += (estimate - meanEstimate) ** 2;
  }
  return own > 0 && other > 0 ? both / Math.sqrt(own * other) : null;
}
