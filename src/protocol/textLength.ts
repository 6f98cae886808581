/**
 * How long a text may be in characters, which is judged here alone; its length in tokens is judged by the engine, once it is cut. Lengths
 * are UTF-16 units.
 */
import { ProblemError } from './problem';

/** Far above any model's context, but low enough that a hostile file cannot exhaust memory. */
export const longestText = 2 ** 22;

/** In an editor, where a text is read again as it is typed; also the longest text that is kept across a reload. */
export const longestTyped = 400_000;

/** Throws `textTooLarge`. */
export function checkLength(length: number, most = longestText): void {
  if (length > most) throw new ProblemError('textTooLarge', [length.toLocaleString('en'), most.toLocaleString('en')]);
}
