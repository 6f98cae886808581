/**
 * What a result says in single values and in one row: lessons compare predictions with the values, batches write the rows. Tokens,
 * positions and ranks count from 1 here, blocks and heads from 0.
 */

/** Null where the result does not hold it. */
export type Value = number | string | null | readonly (number | string)[];

/** An argument that names a text is compared without white space at its ends. */
export type Argument = number | string;

/** By the name that a lesson calls it; each takes a result and its arguments. */
export type ValuesOf<R> = Readonly<Record<string, (result: R, ...given: Argument[]) => Value>>;

/** One flat object an analysis; a list only where a list was asked for. */
export type RowOf<R> = (result: R) => Readonly<Record<string, unknown>>;

export const sameText = (text: string, other: Argument): boolean => text.trim() === String(other).trim();

/** Of a table [A][B], where its largest value stands; null where none is known. */
export function largestOf(scores: readonly (readonly (number | null)[])[]): [row: number, column: number] | null {
  const known = scores.flatMap((cells, row) =>
    cells.flatMap((score, column) => (score === null ? [] : [{ place: [row, column] as [number, number], score }])),
  );
  if (known.length === 0) return null;
  return known.reduce((best, each) => (each.score > best.score ? each : best)).place;
}

/** The place from 1 of the largest value first; null where the one asked for is not among them. */
export function rankOf(scores: readonly (number | null)[], index: number): number | null {
  const own = scores[index];
  if (own === null || own === undefined) return null;
  return 1 + scores.filter((score) => score !== null && score > own).length;
}

/** Texts by their score, the largest first; those without a score are left out. */
export function inOrder(texts: readonly string[], scores: readonly (number | null)[]): string[] {
  return texts
    .map((text, index) => ({ text: text.trim(), score: scores[index] }))
    .filter((each): each is { text: string; score: number } => each.score !== null)
    .sort((a, b) => b.score - a.score)
    .map(({ text }) => text);
}
