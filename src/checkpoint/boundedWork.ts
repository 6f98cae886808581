/**
 * Bounds work with regular expressions that a model's file brings: one that backtracks without end is broken off, since an expression's
 * search can be interrupted. Engine only.
 */
import { createContext, Script } from 'node:vm';
import { clause } from '../protocol/clauses';
import { unsupported } from './modelProblem';

const startMs = 1500;
/** Granted besides; cutting takes about a microsecond for each. */
const msPerCharacter = 0.02;

const holder: { work: () => void } = { work: () => {} };
const context = createContext(holder);
const script = new Script('work()');

/** The result of the work. Throws modelUnsupported where it does not finish, and what the work throws. */
export function boundedWork<T>(work: () => T, characters: number, path: string): T {
  let result: { value: T } | null = null;
  holder.work = () => {
    result = { value: work() };
  };
  try {
    script.runInContext(context, { timeout: Math.ceil(startMs + msPerCharacter * characters) });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ERR_SCRIPT_EXECUTION_TIMEOUT') throw error;
    throw unsupported(path, clause('expressionEndless', characters));
  } finally {
    holder.work = () => {};
  }
  return (result as unknown as { value: T }).value;
}
