/** The values that a user gave the variables of a prompt file: comparison only. Pure. */
import type { PromptSource } from './promptSource';

export type GivenValues = Readonly<Record<string, string>>;

/** Whether two versions of one prompt have the same text and the same values of its variables. */
export function sameValues(a: PromptSource, b: PromptSource): boolean {
  return valuesKey(a.values) === valuesKey(b.values);
}

/** Equal for equal values, whatever the order in which they were given. */
export function valuesKey(values: GivenValues = {}): string {
  return JSON.stringify(Object.entries(values).sort(([a], [b]) => (a < b ? -1 : 1)));
}
