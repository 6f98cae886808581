/** What a page is told of the intent: only what changed. Pure. Used by panel/lensPanel.ts. */

/** The entries of `after` that are others than in `before`; values are compared by what they say. */
export function changedKeys<T extends object>(before: T, after: T): Partial<T> {
  const keys = Object.keys(after) as (keyof T)[];
  const changed = keys.filter((key) => JSON.stringify(after[key]) !== JSON.stringify(before[key]));
  return Object.fromEntries(changed.map((key) => [key, after[key]])) as Partial<T>;
}
