/** The complaint of a reader of prompt files, in a form that tests compare. */
import type { Problem } from '../../../src/protocol/problem';

/** Key of the clause, line and column, as carried by `promptMalformed`. */
export function reasonIn({ args: [, reason] }: Problem): string[] {
  return typeof reason === 'object' ? [reason.clause, ...reason.args.slice(0, 2).map(String)] : [];
}
