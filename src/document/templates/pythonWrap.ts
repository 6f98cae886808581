/** Python's `textwrap.wrap`, by which Jinja's `wordwrap` breaks lines. Lengths are characters. */

const space = '[\\t\\n\\v\\f\\r ]';
const word = '[\\p{L}\\p{N}_]';
const letter = '[\\p{L}_]';
const punctuated = `[\\p{L}\\p{N}_!"'&.,?]`;
const hyphenated = `-(?:(?<=${letter}{2}-)|(?<=${letter}-${punctuated}-))(?=${letter}-?${letter})`;
/** Where a line may be broken: white space, behind a hyphen between letters, around a dash. */
const chunks = new RegExp(
  `(${space}+|(?<=${punctuated})-{2,}(?=${word})|[^\\t\\n\\v\\f\\r ]+?(?:${hyphenated}|(?=${space}|$)|(?<=${punctuated})(?=-{2,}${word})))`,
  'u',
);
const blanks = new RegExp(`(${space}+)`, 'u');

export interface WrapRules {
  width: number;
  breakLongWords: boolean;
  breakOnHyphens: boolean;
}

/** The lines of one line of a text, none of them longer than `width` where that is possible. */
export function wrappedLine(line: string, { width, breakLongWords, breakOnHyphens }: WrapRules): string[] {
  const parts = line.split(breakOnHyphens ? chunks : blanks).filter((part) => part !== '');
  const rest = parts.reverse().map((part) => [...part]);
  const lines: string[] = [];
  while (rest.length > 0) {
    if (lines.length > 0 && isBlank(rest[rest.length - 1])) rest.pop();
    const row: string[][] = [];
    let left = width;
    while (rest.length > 0 && rest[rest.length - 1].length <= left) {
      const part = rest.pop() ?? [];
      left -= part.length;
      row.push(part);
    }
    const long = rest.at(-1);
    if (long && long.length > width) {
      if (breakLongWords) row.push(long.splice(0, breakOnHyphens ? breakWithin(long, left) : left));
      else if (row.length === 0) row.push(rest.pop() ?? []);
    }
    const last = row.at(-1);
    if (last && isBlank(last)) row.pop();
    if (row.length > 0) lines.push(row.map((part) => part.join('')).join(''));
  }
  return lines;
}

const isBlank = (part: readonly string[]): boolean => part.join('').trim() === '';

/** How many characters of a long word stand on this line: up to its last hyphen, where there is one behind more than hyphens. */
function breakWithin(long: readonly string[], left: number): number {
  const hyphen = long.slice(0, left).lastIndexOf('-');
  return hyphen > 0 && long.slice(0, hyphen).some((sign) => sign !== '-') ? hyphen + 1 : left;
}
