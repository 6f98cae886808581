/**
 * The error thrown on either side of a channel, which carries its problem. Its maker knows the sentences: processes have them from
 * the catalogue (problem.ts), the page has the host's, in the user's language. Leaf: types, and one look at a value.
 */
import type { Clause } from './clauses';
import type { Problem } from './problem';

export interface Failure extends Error {
  readonly problem: Problem;
}

/** The failures that a channel makes by itself. */
export interface Failures {
  cancelled(): Failure;
  /** `reason`: why the port closed. */
  gone(reason: Clause): Failure;
  unknownRequest(method: string): Failure;
  /** The failure of a problem that the other side sent. */
  from(problem: Problem): Failure;
  /** Turns any thrown value into a failure. */
  wrap(error: unknown): Failure;
}

export function isFailure(error: unknown): error is Failure {
  return error instanceof Error && 'problem' in error;
}
