/**
 * A result as single values and as one row: lessons compare predictions with the values, batches write the rows. Tokens, positions and
 * ranks count from 1 here, blocks and heads from 0.
 */

/** Null where the result does not contain it. */
export type Value = number | string | null | readonly (number | string)[];

/** An argument that names a text is compared without white space at its ends. */
export type Argument = number | string;

/** Values by the name that a lesson uses; each function takes a result and its arguments. */
export type ValuesOf<R> = Readonly<Record<string, (result: R, ...given: Argument[]) => Value>>;

/** One flat object per analysis; a list only where a list was asked for. */
export type RowOf<R> = (result: R) => Readonly<Record<string, unknown>>;

export const sameText = (text: string, other: Argument): boolean => text.trim() === String(other).trim();

/** The position of the largest value in a table [A][B]; null where no value is known. */
export function largestOf(scores: readonly (readonly (number | null)[])[]): [row: number, column: number] | null {
  const known = scores.flatMap((cells, row) =>
    cells.flatMap((score, column) => (score === null ? [] : [{ place: [row, column] as [number, number], score }])),
  );
  if (known.length === 0) return null;
  return known.reduce((best, each) => (each.score > best.score ? each : best)).place;
}

/** The rank, from 1 for the largest value; null where the requested one has no score. */
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
