/** What a prompt file is filled in with: the values that a user gave its variables, and other files. Comparison only. Pure. */
import type { PromptSource } from './promptSource';

export type GivenValues = Readonly<Record<string, string>>;

/** Whether two versions of one prompt are filled in alike. */
export function sameFilling(a: PromptSource, b: PromptSource): boolean {
  return filledKey(a) === filledKey(b);
}

/** Equal where a text is filled in alike: with the same values, in whatever order they were given, and the same files beside it. */
export function filledKey({ values = {}, besideVersion = 0 }: Pick<PromptSource, 'values' | 'besideVersion'>): string {
  return JSON.stringify([besideVersion, ...Object.entries(values).sort(([a], [b]) => (a < b ? -1 : 1))]);
}
