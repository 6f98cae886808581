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

/** Sentences in a row: a space stands between them unless the language's full-width mark already ends the one before. */
export function inProse(sentences: readonly string[]): string {
  return sentences
    .filter(Boolean)
    .reduce(
      (before, next) => (before === '' || /[，。；：！？）]$/.test(before) ? before + next : `${before} ${next}`),
      '',
    );
}

/** Clauses of one sentence or caption, with the language's own comma between them. */
export function inClauses(clauses: readonly string[]): string {
  return clauses.filter(Boolean).join(t(', '));
}

/** Names in a list, separated as the language does it. */
export function inList(names: readonly string[]): string {
  return names.length === 0 ? '' : names.reduce((before, next) => t('{0}, {1}', before, next));
}
