/** The part of the intent that a page is sent: only what changed. Pure. */

/** The entries of `after` that differ from those in `before`; values are compared by content. */
export function changedKeys<T extends object>(before: T, after: T): Partial<T> {
  const keys = Object.keys(after) as (keyof T)[];
  const changed = keys.filter((key) => JSON.stringify(after[key]) !== JSON.stringify(before[key]));
  return Object.fromEntries(changed.map((key) => [key, after[key]])) as Partial<T>;
}
