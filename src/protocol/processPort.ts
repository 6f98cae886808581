/** A forked process as a Port. Types are structural, so that neither Node nor VS Code is needed here. */
import type { Port } from './channel';
import { clause } from './clauses';
import { ProblemError } from './problem';

/** Both `ChildProcess` (parent's end) and `process` (child's end) look like this. */
export interface ProcessEnd {
  send?(message: unknown, callback?: (error: unknown) => void): unknown;
  on(event: 'message', listener: (message: unknown) => void): unknown;
  on(event: 'exit' | 'disconnect', listener: (...reason: unknown[]) => void): unknown;
}

/** The port closes on exit (parent's end, with code and signal, or the problem) or on disconnect (child's end), whichever comes first. */
export function processPort(end: ProcessEnd): Port {
  return {
    // A send to a process that has just died reports through the callback; `exit` then closes the channel.
    post: (message) => void end.send?.(message, () => {}),
    onMessage: (listener) => void end.on('message', listener),
    onClose: (listener) => {
      end.on('exit', (code, signal) => {
        if (code instanceof ProblemError) listener(code);
        else listener(signal ? clause('signal', String(signal)) : clause('exitCode', String(code)));
      });
      end.on('disconnect', () => listener(clause('disconnected')));
    },
  };
}
