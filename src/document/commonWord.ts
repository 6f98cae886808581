/**
 * The word that occurs in every line of a list, such as `bank` in four sentences: somebody who opens such a list wants to compare this
 * word. Pure.
 */

/** A list with more lines than this was not written to compare a word. */
const mostLines = 200;
const longestLine = 400;

/** Words that occur everywhere and carry little meaning. */
const functionWords = new Set(
  `a an and are as at be been but by for from had has have he her him his i in into is it its me my no nor not of off on or our out she so
  that the their them then there they this to too up was we were what when where which who will with would you your
  的 了 在 是 和 也 有 我 你 他 她 它 我们 我們 你们 你們 他们 他們 这 這 那 一 个 個 不 就 都 很 到 说 說 要 去 着 著 被 把 与 與`.split(
    /\s+/,
  ),
);

/** Null when there is none: one line, no common word, or none that carries meaning. Among several, the longest is chosen, then the last. */
export function commonWord(lines: readonly string[]): string | null {
  if (lines.length < 2 || lines.length > mostLines || lines.some((line) => line.length > longestLine)) return null;
  const [first, ...others] = lines.map(wordsOf);
  const rest = others.map((words) => new Set(words));
  const common = first.filter((word) => !functionWords.has(word) && rest.every((words) => words.has(word)));
  return common.reduce<string | null>(
    (best, word) => (best === null || word.length >= best.length ? word : best),
    null,
  );
}

/** The words in lower case, in order; segmented by the Unicode rules, which also work for Chinese. */
function wordsOf(line: string): string[] {
  return [...new Intl.Segmenter(undefined, { granularity: 'word' }).segment(line.toLowerCase())]
    .filter(({ isWordLike, segment }) => isWordLike && !/^\d+$/.test(segment))
    .map(({ segment }) => segment);
}

/** Turns a word into an expression that finds it whole, in any letter case; anything else is already an expression. */
export function wordExpression(typed: string): string {
  if (!/^[\p{L}\p{M}\p{N}'’]+$/u.test(typed)) return typed;
  // Chinese and similar scripts have no spaces between words, so a word boundary would never be found.
  const spaced = /^[\p{Script=Latin}\p{Script=Cyrillic}\p{Script=Greek}\p{M}\p{N}'’]+$/u.test(typed);
  return spaced ? `/(?<![\\p{L}\\p{N}])${typed}(?![\\p{L}\\p{N}])/iu` : typed;
}
