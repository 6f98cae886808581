/**
 * The page's words. `t` takes an English literal, so that a scanner finds every string; the host sends the translations once,
 * with the answer to `ready`. Leaf of the page: imports nothing.
 */

let translations: Record<string, string> = {};

/** Replaces the translations; a missing entry falls back to its English key. */
export function configureStrings(record: Record<string, string>): void {
  translations = record;
}

/** Replaces `{0}` … by the arguments, as plain text. */
export function t(text: string, ...args: (string | number)[]): string {
  return (translations[text] ?? text).replace(/\{(\d)\}/g, (_, index) => String(args[Number(index)] ?? ''));
}
