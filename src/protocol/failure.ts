/**
 * What is thrown on either side of a channel: an error that carries its problem. Who makes it knows the sentences: the processes have
 * them from the catalogue (problem.ts), the page has the host's, in the user's language. Leaf: types, and one look at a value.
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
  /** The other side's. */
  from(problem: Problem): Failure;
  /** Any thrown value. */
  wrap(error: unknown): Failure;
}

export function isFailure(error: unknown): error is Failure {
  return error instanceof Error && 'problem' in error;
}
