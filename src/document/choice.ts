/** Which prompt of a file with several is read. */
import { type Clause, type ClauseKey, clause } from '../protocol/clauses';
import { ProblemError } from '../protocol/problem';
import type { Source } from './source';

export interface Chosen {
  index: number;
  /** Says which of how many it is; nothing where there is only one. */
  notes: Clause[];
}

/**
 * The prompt with the wanted number, or the one at the wanted offset, or the first. @param starts the offset at which each begins.
 * @throws outOfRange
 */
export function choosePrompt(source: Source, starts: readonly number[]): Chosen {
  const { text, prompt = [], at, choice = newChoice() } = source;
  const before = at === undefined ? 0 : starts.filter((start) => lineOrStart(text, start) <= at).length;
  // Several prompts may begin at one place, which names the file that they stand in; the first of them is meant.
  const under = Math.max(0, starts.indexOf(starts[before - 1] ?? 0));
  choice.listed = true;
  // A list of one has no number, so that the number wanted is that of a list within it.
  if (starts.length === 1) return { index: 0, notes: [] };
  const level = choice.chosen.length;
  const note = level === 0 ? 'notePromptOf' : 'notePromptWithin';
  const found = among(prompt[level], under, starts.length, 'promptNumber', note);
  choice.chosen.push(found.index + 1);
  return found;
}

export const newChoice = (): { chosen: number[]; listed: boolean } => ({ chosen: [], listed: false });

/** Refuses numbers for more lists than there were; a file without lists is its only prompt, whatever was wanted. @throws outOfRange */
export function refuseUnused({ prompt = [], choice = newChoice() }: Source): void {
  const unused = prompt.slice(choice.chosen.length).some((number) => number > 1);
  if (choice.listed && unused) throw new ProblemError('outOfRange', [clause('promptNumber'), 1, 1]);
}

/** The beginning of the prompt's line where only blanks, or the dash of a YAML list, stand before it: a cursor there means this prompt. */
function lineOrStart(text: string, start: number): number {
  let line = start;
  while (line > 0 && ' \t-'.includes(text[line - 1])) line--;
  return line === 0 || text[line - 1] === '\n' ? line : start;
}

/** The set of values with the wanted number, or the first. @throws outOfRange */
export function chooseTest({ test }: Source, count: number): Chosen {
  return among(test, 0, count, 'testNumber', 'noteTestOf');
}

function among(
  wanted: number | undefined,
  otherwise: number,
  count: number,
  number: ClauseKey,
  note: ClauseKey,
): Chosen {
  if (wanted !== undefined && (wanted < 1 || wanted > count))
    throw new ProblemError('outOfRange', [clause(number), 1, count]);
  const index = wanted === undefined ? otherwise : wanted - 1;
  return { index, notes: count > 1 ? [clause(note, index + 1, count)] : [] };
}
