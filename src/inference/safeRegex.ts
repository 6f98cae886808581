/**
 * Regular expressions that a user or a file wrote: matched in a context of their own under a time limit, so that one that
 * backtracks without end costs a moment and not the engine. Engine only.
 */
import { runInNewContext } from 'node:vm';
import type { Range } from '../protocol/model';
import { ProblemError } from '../protocol/problem';

const limitMs = 300;
/** Flags that change what matches; how often and from where is not the user's. */
const flagsAllowed = /^[imsu]*$/;

/**
 * UTF-16 ranges of all matches in `text`, ascending; empty ones are left out. `expression` is a pattern, or `/pattern/flags`;
 * `^` and `$` match at line ends. Throws `patternInvalid` or `patternSlow`.
 */
export function matchRanges(expression: string, text: string): Range[] {
  const slashed = /^\/(.*)\/([a-z]*)$/s.exec(expression);
  const [pattern, flags] = slashed ? [slashed[1], slashed[2]] : [expression, ''];
  if (!flagsAllowed.test(flags)) throw invalid(expression, `the flags ${flags} are not among i, m, s, u`);
  const given = [...new Set(`${flags}gmu`)].join('');
  try {
    // Strings only go in and out: nothing of this program is in reach over there.
    const script = `JSON.stringify(Array.from(text.matchAll(new RegExp(pattern, flags)), (m) => [m.index, m.index + m[0].length]))`;
    const found: unknown = runInNewContext(script, { text, pattern, flags: given }, { timeout: limitMs });
    return (JSON.parse(String(found)) as Range[]).filter(([start, end]) => end > start);
  } catch (error) {
    const { code, message } = error as { code?: string; message?: string };
    if (code === 'ERR_SCRIPT_EXECUTION_TIMEOUT') throw new ProblemError('patternSlow', [expression]);
    throw invalid(expression, (message ?? '').replace(/^Invalid regular expression: .*: /s, '').toLowerCase());
  }
}

function invalid(expression: string, cause: string): ProblemError {
  return new ProblemError('patternInvalid', [expression, cause]);
}
