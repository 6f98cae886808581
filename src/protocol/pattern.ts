/**
 * Regular expressions as people write them: `pattern` or `/pattern/flags`, read with Unicode's rules where possible. Without these
 * rules `.` would match half a character and `\p{L}` the letter p. With them JavaScript refuses much that it accepts otherwise and
 * whose meaning is plain (`\-`, `[\w-.]`, a brace that repeats nothing), so such parts are rewritten in the form that the rules
 * require. Pure; nothing is matched here.
 */
import { type Clause, clause, verbatim } from './clauses';
import { ProblemError } from './problem';

export interface Pattern {
  source: string;
  /** The flags for finding every match, for `^` and `$` at line ends, and those given flags that change the matches. */
  flags: string;
}

/** The user does not decide how often and from where to match, so g, y and d are accepted but change nothing. */
const understood = /^[dgimsuvy]*$/;
const longest = 2000;

/** Throws `patternInvalid`. */
export function patternOf(expression: string): Pattern {
  const slashed = /^\/(.*)\/([a-z]*)$/s.exec(expression);
  const [source, given] = slashed ? [slashed[1], slashed[2]] : [expression, ''];
  if (!understood.test(given)) throw invalid(expression, clause('flagsUnknown', given));
  if (source.length > longest) throw invalid(expression.slice(0, 40), clause('longerThan', longest));
  const kept = [...given].filter((flag) => 'ims'.includes(flag)).join('');
  const flags = [...new Set(`${kept}gm${given.includes('v') ? 'v' : 'u'}`)].join('');
  const error = errorOf(source, flags);
  if (error === null) return { source, flags };
  const written = inUnicodeRules(source);
  if (!given.includes('v') && errorOf(written, flags) === null) return { source: written, flags };
  throw invalid(expression, verbatim(error));
}

function errorOf(source: string, flags: string): string | null {
  try {
    new RegExp(source, flags);
    return null;
  } catch (error) {
    return (error as Error).message.replace(/^Invalid regular expression: .*: /s, '').toLowerCase();
  }
}

/** A backslash before a sign that needs none; a class, in which a hyphen next to `\w` or a similar set is literal; lone braces. */
const pieces =
  /\\(?:u\{[^}]*\}|[pP]\{[^}]*\}|k<[^>]*>|u[\da-fA-F]{4}|[\s\S])|\[(?:\\[\s\S]|[^\]\\])*\]|\{\d+(?:,\d*)?\}|[\s\S]/g;
const needsNone = /^\\[^\w^$\\.*+?()[\]{}|/]$/;

function inUnicodeRules(source: string): string {
  return source.replace(pieces, (piece) => {
    if (piece.startsWith('[')) return classInUnicodeRules(piece);
    if (needsNone.test(piece)) return piece.slice(1);
    return /^[{}\]]$/.test(piece) ? `\\${piece}` : piece;
  });
}

function classInUnicodeRules(text: string): string {
  const parts = text.match(/\\(?:u\{[^}]*\}|[pP]\{[^}]*\}|[\s\S])|[^\\]/g) ?? [];
  const isSet = (part: string | undefined) => part !== undefined && /^\\[dDsSwWpP]/.test(part);
  return parts
    .map((part, at) => {
      if (part === '-' && (isSet(parts[at - 1]) || isSet(parts[at + 1]))) return '\\-';
      return needsNone.test(part) && part !== '\\-' ? part.slice(1) : part;
    })
    .join('');
}

function invalid(expression: string, cause: Clause): ProblemError {
  return new ProblemError('patternInvalid', [expression, cause]);
}
