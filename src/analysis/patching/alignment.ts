/**
 * Two lists of token ids side by side: the longest common subsequence, as stretches that are the same and stretches that stand in
 * each other's place (Wagner & Fischer 1974). What both begin and end with is put aside first. Pure, no shapes.
 */

import type { Range } from '../../protocol/model';
import type { AlignedStretch } from './contract';

/** Steps of the table that is filled for the differing middle; larger ones count as one difference. */
const mostSteps = 16 * 1024 * 1024;

/** In order and without gaps: together they cover both lists. An empty range stands where the other list has more. */
export function align(first: readonly number[], second: readonly number[]): AlignedStretch[] {
  const shortest = Math.min(first.length, second.length);
  let head = 0;
  while (head < shortest && first[head] === second[head]) head++;
  let tail = 0;
  while (tail < shortest - head && first[first.length - 1 - tail] === second[second.length - 1 - tail]) tail++;
  const ends: Range = [first.length - tail, second.length - tail];

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
  advance(true, [head, head]);
  for (const [i, j] of commonPairs(first.slice(head, ends[0]), second.slice(head, ends[1]))) {
    advance(false, [head + i, head + j]);
    advance(true, [head + i + 1, head + j + 1]);
  }
  advance(false, ends);
  advance(true, [first.length, second.length]);
  return stretches;
}

/** Places [i, j] of a longest common subsequence, ascending. */
function commonPairs(a: readonly number[], b: readonly number[]): Range[] {
  const columns = b.length + 1;
  if ((a.length + 1) * columns > mostSteps) return [];
  /** [i, j] how much a from i and b from j have in common. */
  const common = new Uint16Array((a.length + 1) * columns);
  for (let i = a.length - 1; i >= 0; i--) {
    for (let j = b.length - 1; j >= 0; j--) {
      const at = i * columns + j;
      common[at] = a[i] === b[j] ? common[at + columns + 1] + 1 : Math.max(common[at + columns], common[at + 1]);
    }
  }
  const pairs: Range[] = [];
  for (let i = 0, j = 0; i < a.length && j < b.length; ) {
    const at = i * columns + j;
    if (a[i] === b[j]) pairs.push([i++, j++]);
    else if (common[at + columns] >= common[at + 1]) i++;
    else j++;
  }
  return pairs;
}
