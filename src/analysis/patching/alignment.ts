/** Aligns two lists of token ids as stretches that are the same and stretches that replace each other. Pure, no shapes. */

import type { Range } from '../../protocol/model';
import { counterparts } from '../shared/alignment';
import type { AlignedStretch } from './contract';

/**
 * The stretches are in order and without gaps, and together they cover both lists. A range is empty where only the other list has tokens.
 */
export function align(first: readonly number[], second: readonly number[]): AlignedStretch[] {
  const stretches: AlignedStretch[] = [];
  let at: Range = [0, 0];
  const advance = (same: boolean, to: Range) => {
    if (to[0] === at[0] && to[1] === at[1]) return;
    const last = stretches.at(-1);
    if (last?.same === same) {
      last.first[1] = to[0];
      last.second[1] = to[1];
    } else stretches.push({ same, first: [at[0], to[0]], second: [at[1], to[1]] });
    at = to;
  };
  counterparts(first, second).forEach((j, i) => {
    if (j === null) return;
    advance(false, [i, j]);
    advance(true, [i + 1, j + 1]);
  });
  advance(false, [first.length, second.length]);
  return stretches;
}
