/**
 * Aligns two token sequences: which token of one corresponds to which token of the other. A longest common subsequence between a common
 * beginning and a common end (Wagner & Fischer 1974). Pure.
 */

/** The most cells of the table that is filled for the differing middle; a middle that would need more has no counterparts. */
const mostSteps = 16 * 1024 * 1024;

/**
 * For each token of `now`, the index of its counterpart in `then`, ascending; null where there is none. Tokens are compared by text or by
 * id.
 */
export function counterparts<T extends string | number>(now: readonly T[], then: readonly T[]): (number | null)[] {
  const result: (number | null)[] = now.map(() => null);
  let head = 0;
  while (head < now.length && head < then.length && now[head] === then[head]) result[head] = head++;
  let nowEnd = now.length;
  let thenEnd = then.length;
  while (nowEnd > head && thenEnd > head && now[nowEnd - 1] === then[thenEnd - 1]) result[--nowEnd] = --thenEnd;
  const rows = nowEnd - head;
  const columns = thenEnd - head;
  if ((rows + 1) * (columns + 1) > mostSteps || rows * columns === 0) return result;
  // length[r][c] is that of the longest common subsequence of now[head + r …] and then[head + c …].
  const length = new Uint16Array((rows + 1) * (columns + 1));
  const at = (r: number, c: number) => r * (columns + 1) + c;
  for (let r = rows - 1; r >= 0; r--)
    for (let c = columns - 1; c >= 0; c--)
      length[at(r, c)] =
        now[head + r] === then[head + c]
          ? length[at(r + 1, c + 1)] + 1
          : Math.max(length[at(r + 1, c)], length[at(r, c + 1)]);
  for (let r = 0, c = 0; r < rows && c < columns; ) {
    if (now[head + r] === then[head + c]) result[head + r++] = head + c++;
    else if (length[at(r + 1, c)] >= length[at(r, c + 1)]) r++;
    else c++;
  }
  return result;
}

/** The change against the counterpart; null without one, or where either has no value (log p of the first token). */
export function changes(
  now: readonly (number | null)[],
  then: readonly (number | null)[],
  alignment: readonly (number | null)[],
): (number | null)[] {
  return now.map((value, i) => {
    const other = alignment[i] === null ? null : then[alignment[i]];
    return value === null || other === null || other === undefined ? null : value - other;
  });
}
