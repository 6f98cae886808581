/** What a reader of prompt files complains of, as tests compare it. */
import type { Problem } from '../../../src/protocol/problem';

/** Key of the clause, line and column, as `promptMalformed` carries them. */
export function reasonIn({ args: [, reason] }: Problem): string[] {
  return typeof reason === 'object' ? [reason.clause, ...reason.args.slice(0, 2).map(String)] : [];
}
