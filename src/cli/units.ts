/** The option that says what is taken away together, for every command that scores parts of a prompt. */
import type { Command } from 'commander';
import { type UnitKind, unitKinds } from '../analysis/shared/contract';
import type { Range } from '../protocol/model';
import { patternOf } from '../protocol/pattern';
import { ProblemError } from '../protocol/problem';

/** Those that are more than a name have a spelling of their own. */
type NamedKind = Exclude<UnitKind, 'match' | 'selection'>;
const kinds = unitKinds.filter((kind): kind is NamedKind => kind !== 'match' && kind !== 'selection');

export interface Units {
  by: UnitKind;
  /** A regular expression; for `by` = match only. */
  pattern: string | null;
  /** UTF-16 ranges [start, end) in the file; for `by` = selection only. */
  selection: Range[];
}

/** `--by`, with the units that a command takes where it is not given. */
export function addUnitsOption(command: Command, usual: NamedKind = 'token'): Command {
  return command.option(
    '--by <unit>',
    `${kinds.join(', ')}, a regular expression between slashes, or stretches of the file as 12-40,55-60: UTF-16 characters from 1, both ends included`,
    unitsNamed,
    { by: usual, pattern: null, selection: [] } satisfies Units,
  );
}

/** As `--by` takes it. Throws `usage`, and `patternInvalid` before a model is loaded for it. */
export function unitsNamed(text: string): Units {
  const kind = kinds.find((one) => one === text);
  if (kind) return { by: kind, pattern: null, selection: [] };
  if (/^\/.+\/[a-z]*$/s.test(text)) {
    patternOf(text);
    return { by: 'match', pattern: text, selection: [] };
  }
  const selection = stretches(text);
  if (selection) return { by: 'selection', pattern: null, selection };
  throw new ProblemError('usage', [
    `--by is one of ${kinds.join(', ')}, or /a regular expression/, or stretches of the file (12-40,55-60), not "${text}".`,
  ]);
}

/** `12-40,55-60` → [11, 40), [54, 60); null for anything else. */
function stretches(text: string): Range[] | null {
  if (!/^\d+-\d+(?:,\d+-\d+)*$/.test(text)) return null;
  const ranges = text.split(',').map((each): Range => {
    const [first, last] = each.split('-').map(Number);
    return [first - 1, last];
  });
  return ranges.every(([start, end]) => start >= 0 && end > start) ? ranges : null;
}
