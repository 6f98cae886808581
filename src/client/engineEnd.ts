/**
 * Why an engine's process ended, as a problem that a user can act on: the system took it for want of memory, it could not start
 * (and the loader's own sentence says why), or it crashed. Pure; used by whoever forks an engine.
 */
import { type Clause, clause, verbatim } from '../protocol/clauses';
import { ProblemError } from '../protocol/problem';
import { sizeText } from '../protocol/sizeText';

export interface EngineEnd {
  /** A number, or why it could not even be started. */
  code: number | string | null;
  signal: string | null;
  /** What it wrote last, in order. */
  lastLines: readonly string[];
  /** The most memory it was seen to hold; null where the system does not tell. */
  peakBytes: number | null;
  /** It has answered something: whatever it needs to start is there. */
  spoke: boolean;
}

/** Lines kept of what an engine writes. */
export const keptLines = 40;

const noMemory =
  /bad_alloc|out of memory|cannot allocate|could not allocate|allocation failed|failed to (?:reserve|allocate)|ENOMEM|mmap failed/i;

export function engineEnd({ code, signal, lastLines, peakBytes, spoke }: EngineEnd): ProblemError {
  const words = lastLines.join('\n');
  const detail = words === '' ? undefined : words;
  if (signal === 'SIGKILL' || noMemory.test(words)) {
    const held = peakBytes === null ? clause('moreThanThereWas') : sizeText(peakBytes);
    return new ProblemError('engineKilled', [held], detail);
  }
  const said = causeIn(lastLines);
  if (!spoke && code !== 0 && (said !== null || typeof code === 'string')) {
    return new ProblemError('engineCannotStart', [verbatim(said ?? String(code))], detail);
  }
  return new ProblemError('engineGone', [endedBy(code, signal)], detail);
}

/** A process that could not start has neither a number nor a signal, but words. */
export function endedBy(code: number | string | null, signal: string | null): Clause {
  if (signal) return clause('signal', signal);
  return typeof code === 'string' ? verbatim(code) : clause('exitCode', String(code));
}

/** The last error that Node or a loader wrote, without its stack and its full stop. */
function causeIn(lines: readonly string[]): string | null {
  const errors = lines.flatMap((line) => /^(?:\w*Error|FATAL ERROR|fatal)[^:]*: (.+)$/.exec(line.trim())?.[1] ?? []);
  return errors.at(-1)?.replace(/\.$/, '') ?? null;
}

/** `status`: the text of Linux' /proc/PID/status. */
export function peakBytesIn(status: string): number | null {
  const peak = /^VmHWM:\s+(\d+) kB/m.exec(status);
  return peak ? Number(peak[1]) * 1024 : null;
}
