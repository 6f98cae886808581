/** Maps a stretch of a message's content to the stretch of the user's file it was written in. */
import type { Range, SourcePiece } from '../protocol/model';

/**
 * The file range that content[start, end) came from, or null where none of it is in the file. A piece whose length in the file
 * differs (an escape) maps as a whole. `pieces` ascend and do not overlap.
 */
export function sourceRange(pieces: readonly SourcePiece[], start: number, end: number): Range | null {
  let range: Range | null = null;
  for (let i = firstEndingAfter(pieces, start); i < pieces.length && pieces[i].at < end; i++) {
    const [from, to] = withinPiece(pieces[i], start, end);
    range = range ? [Math.min(range[0], from), Math.max(range[1], to)] : [from, to];
  }
  return range;
}

function withinPiece({ at, length, source }: SourcePiece, start: number, end: number): Range {
  if (source[1] - source[0] !== length) return source;
  const from = Math.max(start, at) - at;
  const to = Math.min(end, at + length) - at;
  return [source[0] + from, source[0] + to];
}

function firstEndingAfter(pieces: readonly SourcePiece[], start: number): number {
  let low = 0;
  let high = pieces.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (pieces[middle].at + pieces[middle].length <= start) low = middle + 1;
    else high = middle;
  }
  return low;
}
