/**
 * Two token sequences laid side by side by their text: which token of the baseline stands for which token now. Longest common
 * subsequence of the token texts between a common beginning and a common end. Pure. For the baseline comparison.
 */

/** Above this many cells the middle is matched by its common beginning and end alone. */
const LIMIT = 4_000_000;

/** For each token of `now` the index of its counterpart in `then`, ascending; null where there is none. */
export function align(now: readonly string[], then: readonly string[]): (number | null)[] {
  const result: (number | null)[] = now.map(() => null);
  let head = 0;
  while (head < now.length && head < then.length && now[head] === then[head]) result[head] = head++;
  let nowEnd = now.length;
  let thenEnd = then.length;
  while (nowEnd > head && thenEnd > head && now[nowEnd - 1] === then[thenEnd - 1]) result[--nowEnd] = --thenEnd;
  const rows = nowEnd - head;
  const columns = thenEnd - head;
  if (rows * columns > LIMIT || rows * columns === 0) return result;
  // length[r][c]: the longest common subsequence of now[head + r …] and then[head + c …].
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

/** Change of log p against the counterpart in nats; null without one, or where either has none (the first token). */
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
