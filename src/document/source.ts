/** A prompt file as its readers receive it, and the one way in which they report errors: with line and column. */
import { type Argument, type ClauseKey, clause } from '../protocol/clauses';
import type { PromptVariable } from '../protocol/model';
import { ProblemError } from '../protocol/problem';

export interface Source {
  text: string;
  /** The name for problems; null for text that was never saved. */
  file: string | null;
  /** The offset at which the text begins: after a byte order mark. */
  start: number;
  /** Values given for variables, which override the file's own. */
  variables: Readonly<Record<string, string>>;
  /** Receives each variable of the file, by name. */
  found?: Map<string, PromptVariable>;
  /** Receives which of several prompts was read, from 1: a number for each list of several; and whether there was any list. */
  choice?: { chosen: number[]; listed: boolean };
  /** Where a file holds several prompts: the numbers of the one wanted, as above, or the one at this offset; without both the first. */
  prompt?: readonly number[];
  at?: number;
  /** The line wanted of a file whose lines are prompts, from 1. */
  line?: number;
  /** Which of several sets of values is filled in, from 1. */
  test?: number;
  /** The text of a file in the prompt's own folder tree, by its relative path; null where it is not there or cannot be read. */
  readBeside?: (path: string) => string | null;
  /** The relative paths of the files in a folder of that tree, and below it; `''` is the prompt's own folder. */
  listBeside?: (folder: string) => string[];
}

export function sourceName(file: string | null): Argument {
  return file ?? clause('untitled');
}

export function promptEmpty(file: string | null): ProblemError {
  return new ProblemError('emptyPrompt', [sourceName(file)]);
}

/** For a file that has text, but none after its front matter. */
export function bodyEmpty(file: string | null): ProblemError {
  return new ProblemError('emptyBody', [sourceName(file)]);
}

/** `promptMalformed` at an offset of the file; `reason` begins with line {0} and column {1}, `rest` fills {2} … of it. */
export function malformed(...place: Place): ProblemError {
  return problemAt('promptMalformed', ...place);
}

/** `promptNotRead`: nothing is wrong with the file, but this program does not read it. The reason is as in `malformed`. */
export function notRead(...place: Place): ProblemError {
  return problemAt('promptNotRead', ...place);
}

type Place = [source: Source, offset: number, reason: ClauseKey, ...rest: (Argument | number)[]];

function problemAt(
  code: 'promptMalformed' | 'promptNotRead',
  ...[source, offset, reason, ...rest]: Place
): ProblemError {
  const { line, column } = position(source, offset);
  return new ProblemError(code, [sourceName(source.file), clause(reason, line, column, ...rest)]);
}

/** Line and column from 1, as editors count them: a byte order mark has no column; `\n`, `\r\n` and `\r` end a line. */
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
