/**
 * Maps tokens to places in the user's file and back. Offsets are UTF-16 in the analysed text; several byte tokens may share one character,
 * and template tokens have no place at all. Pure.
 */
import type { Prompt, Range } from '../../protocol/model';

/** The token that covers the character at `offset`; the first one if several share it. Null in text that no token came from. */
export function tokenAt(prompt: Prompt, offset: number): number | null {
  const position = prompt.tokens.findIndex(
    ({ source }) => source !== null && source[0] <= offset && offset < source[1],
  );
  return position < 0 ? null : position;
}

/** The token that a cursor at `offset` stands before or in; without one, as at the end of the text, the token to its left. */
export function tokenAtCursor(prompt: Prompt, offset: number): number | null {
  return tokenAt(prompt, offset) ?? (offset > 0 ? tokenAt(prompt, offset - 1) : null);
}

/** The token's range in the file; null for template text and for positions that do not exist. */
export function sourceOf(prompt: Prompt, position: number): Range | null {
  return prompt.tokens[position]?.source ?? null;
}

/** Every token that shares the place of the one at `position`, including that token, in order. */
export function sharing(prompt: Prompt, position: number): number[] {
  const place = sourceOf(prompt, position);
  if (!place) return [];
  const overlaps = ([start, end]: Range) => start < place[1] && place[0] < end;
  return prompt.tokens.flatMap((token, index) => (token.source && overlaps(token.source) ? [index] : []));
}

/** End of the user's own text in the file, where the model continues. Null when nothing came from the file. */
export function endOfSource(prompt: Prompt): number | null {
  const ends = prompt.tokens.flatMap(({ source }) => (source ? [source[1]] : []));
  return ends.length === 0 ? null : Math.max(...ends);
}

/** Positions [i, j) of the tokens in a range of the file, including all between the first and the last one; null if there are none. */
export function tokensIn({ tokens }: Prompt, [start, end]: Range): Range | null {
  if (end <= start) return null;
  const inside = tokens.flatMap(({ source }, position) =>
    source && source[0] < end && start < source[1] ? [position] : [],
  );
  const [first] = inside;
  const last = inside.at(-1);
  return first === undefined || last === undefined ? null : [first, last + 1];
}
