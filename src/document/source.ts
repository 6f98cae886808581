/**
 * A prompt file as its readers see it, and the one way they complain about it: with line and column.
 * For the readers of this room.
 */
import { type Argument, type ClauseKey, clause } from '../protocol/clauses';
import { ProblemError } from '../protocol/problem';

/** UTF-16 units; far above any model's context, low enough that a hostile file cannot exhaust memory. */
export const maxPromptLength = 2 ** 22;

export interface Source {
  text: string;
  /** As problems name it; null for text that was never saved. */
  file: string | null;
  /** Where the text begins: after a byte order mark. */
  start: number;
  /** Values given for variables; they win over the file's own. */
  variables: Readonly<Record<string, string>>;
}

export function sourceName(file: string | null): Argument {
  return file ?? clause('untitled');
}

export function promptEmpty(file: string | null): ProblemError {
  return new ProblemError('emptyPrompt', [sourceName(file)]);
}

/** `promptMalformed` at an offset of the file; `reason` begins with line {0} and column {1}, `rest` fills {2} … of it. */
export function malformed(
  source: Source,
  offset: number,
  reason: ClauseKey,
  ...rest: (Argument | number)[]
): ProblemError {
  const { line, column } = position(source, offset);
  return new ProblemError('promptMalformed', [sourceName(source.file), clause(reason, line, column, ...rest)]);
}

/** Line and column from 1, as editors count them: a byte order mark has no column, `\n`, `\r\n` and `\r` end a line. */
function position({ text, start }: Source, offset: number): { line: number; column: number } {
  let line = 1;
  let lineStart = start;
  for (const ending of text.slice(0, offset).matchAll(/\r\n|\n|\r/g)) {
    line++;
    lineStart = ending.index + ending[0].length;
  }
  return { line, column: offset - lineStart + 1 };
}

/** The range without the line breaks at its two ends. */
export function withoutOuterBreaks(text: string, start: number, end: number): [start: number, end: number] {
  let from = start;
  let to = end;
  while (from < to && isBreak(text.charCodeAt(from))) from++;
  while (to > from && isBreak(text.charCodeAt(to - 1))) to--;
  return [from, to];
}

function isBreak(unit: number): boolean {
  return unit === 0x0a || unit === 0x0d;
}
