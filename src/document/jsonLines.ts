/** JSON Lines, `.jsonl` and `.ndjson` (https://jsonlines.org): each line is a prompt by the rules of `.json`. One line is read at a time. */
import { clause } from '../protocol/clauses';
import type { PromptInput } from '../protocol/model';
import { jsonPrompt } from './chatJson';
import { newChoice } from './choice';
import { parseJson } from './json';
import { malformed, promptEmpty, type Source } from './source';

/** The wanted line, the one at the wanted offset, or the first that is not empty. @throws promptMalformed, emptyPrompt */
export function jsonLinesPrompt(source: Source): PromptInput {
  const { text, start, file, line, at } = source;
  if (text.slice(start).trim() === '') throw promptEmpty(file);
  const count = text.trimEnd().split('\n').length;
  const from =
    line !== undefined
      ? startOf(source, line, count)
      : at !== undefined
        ? writtenLine(text, at)
        : writtenLine(text, start);
  const end = text.indexOf('\n', from);
  const own: Source = { ...source, text: end < 0 ? text : text.slice(0, end), start: Math.max(from, start) };
  if (own.text.slice(own.start).trim() === '') throw malformed(source, own.start, 'lineEmpty');
  const input = jsonPrompt({ ...own, at: undefined, choice: newChoice() }, parseJson(own));
  if (count === 1) return input;
  const number = text.slice(0, from).split('\n').length;
  return { ...input, notes: [clause('noteLineOf', number, count), ...(input.notes ?? [])] };
}

function startOf(source: Source, line: number, count: number): number {
  let from = 0;
  for (let number = 1; number < line; number++) {
    const end = source.text.indexOf('\n', from);
    if (end < 0) throw malformed(source, source.text.length, 'lineMissing', line, count);
    from = end + 1;
  }
  return from;
}

/** Start of the line at the offset or, where nothing is written on it, of the next one with text, or of the last. */
function writtenLine(text: string, at: number): number {
  const from = text.lastIndexOf('\n', Math.min(at, text.length) - 1) + 1;
  const next = text.slice(from).search(/\S/);
  const written = next < 0 ? text.trimEnd().length : from + next;
  return text.lastIndexOf('\n', Math.max(0, written - 1)) + 1;
}
