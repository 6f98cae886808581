/**
 * Line ends as every reader of prompts sees them: `\r\n` and a lone `\r` are read as `\n`, as Python's text mode, Prompty and most tools read
 * them, while the places of the text stay those of the file as it is.
 */
import { type Clause, clause } from '../protocol/clauses';
import type { PromptInput, SourcePiece } from '../protocol/model';

export interface Unified {
  /** The text with `\n` alone. */
  text: string;
  /** An offset of the file as one of `text`. */
  inText(offset: number): number;
  /** A prompt read from `text`, with its places in the file. */
  inFile(input: PromptInput): PromptInput;
  /** Says that the file has other line ends than `\n`. */
  notes: Clause[];
}

export function unifiedLineEnds(file: string): Unified {
  if (!file.includes('\r')) return { text: file, inText: (at) => at, inFile: (input) => input, notes: [] };
  /** Offsets in `text` of the line ends that take two units in the file, ascending. */
  const long: number[] = [];
  let hasLone = false;
  for (const { 0: ending, index } of file.matchAll(/\r\n?/g)) {
    if (ending.length === 2) long.push(index - long.length);
    else hasLone = true;
  }
  const toFile = (at: number): number => at + countBelow(long, at);
  return {
    text: file.replace(/\r\n?/g, '\n'),
    inText: (offset) =>
      offset -
      countBelow(
        long.map((at, index) => at + index + 1),
        offset,
      ),
    inFile: (input) => withPieces(input, (pieces) => pieces.flatMap((piece) => inFile(piece, long, toFile))),
    notes: [clause(hasLone ? 'noteOldLineEnds' : 'noteWindowsLineEnds')],
  };
}

function withPieces(input: PromptInput, map: (pieces: SourcePiece[]) => SourcePiece[]): PromptInput {
  if (input.kind === 'raw') return { ...input, pieces: map(input.pieces) };
  return { ...input, messages: input.messages.map((message) => ({ ...message, pieces: map(message.pieces) })) };
}

/** A copy of the file's text is cut at each line end that the file writes with two units; anything else keeps its whole place. */
function inFile(
  { at, length, source: [start, end] }: SourcePiece,
  long: readonly number[],
  toFile: (at: number) => number,
): SourcePiece[] {
  if (end - start !== length) {
    const source: SourcePiece['source'] = [toFile(start), toFile(end)];
    if (source[1] - source[0] !== length) return [{ at, length, source }];
    // Equal lengths would be read as the same text.
    return [
      { at, length: 1, source },
      { at: at + 1, length: length - 1, source: [...source] },
    ];
  }
  const pieces: SourcePiece[] = [];
  let from = start;
  const add = (to: number, added: number): void => {
    if (to > from)
      pieces.push({
        at: at + from - start,
        length: to - from,
        source: [toFile(from), toFile(from) + to - from + added],
      });
    from = to;
  };
  for (let index = countBelow(long, start); index < long.length && long[index] < end; index++) {
    add(long[index], 0);
    add(long[index] + 1, 1);
  }
  add(end, 0);
  return pieces;
}

/** How many of the ascending numbers lie below the limit. */
function countBelow(ascending: readonly number[], limit: number): number {
  let low = 0;
  let high = ascending.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (ascending[middle] < limit) low = middle + 1;
    else high = middle;
  }
  return low;
}
