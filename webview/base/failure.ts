/**
 * Failures in the page: the host's problems, which come in the user's language and say what helps, and the few of the page
 * itself. The catalogue of all problems stays with the host.
 */
import { type Failure, type Failures, isFailure } from '../../src/protocol/failure';
import type { Problem } from '../../src/protocol/problem';
import { inProse, t } from './strings';

/** The failure of a request that was given up, by the user or because another question took its place. */
export function cancelled(): Failure {
  return failureOf({
    ...{ code: 'cancelled', args: [] },
    ...{ message: t('Cancelled.'), remedy: t('Run it again whenever you like.') },
    panel: { settled: true, help: 'again' },
  });
}

/** A saved run's result that cannot be drawn. Its digest is right, so that it was written that way and not damaged. */
export function unreadable(): Problem {
  const { problem } = failureOf({
    ...{ code: 'runMalformed', args: [] },
    message: t('This result of the saved run is not as Prompt Lens writes it, and cannot be drawn.'),
    remedy: t('Save the run again.'),
    panel: { settled: true },
  });
  return problem;
}

/** Turns any thrown value into a failure; a value that carries no problem is a fault of the page. */
export function failure(error: unknown): Failure {
  if (isFailure(error)) return error;
  if (error instanceof Error && error.name === 'AbortError') return cancelled();
  const text = (error instanceof Error ? error.message : String(error)).split('\n')[0];
  return failureOf({
    ...{ code: 'internal', args: [text] },
    message: t('Something failed unexpectedly: {0}.', text),
    remedy: t('Open the log and report this.'),
  });
}

/** Failures for the channel to the host, which neither closes nor asks anything of the page. */
export const failures: Failures = {
  cancelled,
  gone: failure,
  unknownRequest: failure,
  from: failureOf,
  wrap: failure,
};

function failureOf(problem: Problem): Failure {
  return Object.assign(new Error(inProse([problem.message, problem.remedy])), { problem });
}
