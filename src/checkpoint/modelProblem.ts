/** The two ways a model file can be wrong, so that every reader in this folder reports them in the same words. */
import { type Clause, clause, verbatim } from '../protocol/clauses';
import { ProblemError } from '../protocol/problem';

/** The bytes contradict themselves: a truncated copy, a lying count, an impossible value. */
export function malformed(path: string, why: Clause): ProblemError {
  return new ProblemError('modelMalformed', [path, why]);
}

/** The bytes may be right, but this is not a model that Prompt Lens can run. */
export function unsupported(path: string, why: Clause): ProblemError {
  return new ProblemError('modelUnsupported', [path, why]);
}

/** Turns the operating system's error about a path into one sentence. */
export function fileProblem(path: string, error: unknown): ProblemError {
  if (error instanceof ProblemError) return error;
  const { code, name } = error as NodeJS.ErrnoException;
  if (name === 'AbortError') return new ProblemError('cancelled');
  if (code === 'ENOENT' || code === 'ENOTDIR') return new ProblemError('modelMissing', [path]);
  if (code === 'EACCES' || code === 'EPERM') return unreadable(path, clause('permissionDenied'));
  return unreadable(path, code === 'EISDIR' ? clause('isFolder') : verbatim(code ?? String(error)));
}

export function unreadable(path: string, why: Clause): ProblemError {
  return new ProblemError('fileUnreadable', [path, why]);
}

export function throwIfAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw new ProblemError('cancelled');
}
