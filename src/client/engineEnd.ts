/**
 * Explains why an engine's process ended, as a problem that a user can act on: the system killed it for want of memory, it could
 * not start (and the loader's own sentence gives the cause), or it crashed. Pure.
 */
import { type Clause, type ClauseKey, clause, verbatim } from '../protocol/clauses';
import { ProblemError } from '../protocol/problem';
import { sizeText } from '../protocol/sizeText';

export interface EngineEnd {
  /** An exit code, or why the process could not even be started. */
  code: number | string | null;
  signal: string | null;
  /** The last lines that it wrote, in order. */
  lastLines: readonly string[];
  /** The most memory it was seen to hold; null where the system does not tell. */
  peakBytes: number | null;
  /** Whether it has answered something, and so had everything it needs to start. */
  spoke: boolean;
}

/** Number of an engine's output lines that are kept. */
export const keptLines = 40;

const noMemory =
  /bad_alloc|out of memory|cannot allocate|could not allocate|allocation failed|failed to (?:reserve|allocate)|ENOMEM|mmap failed/i;

/** The meaning of a signal for the user. A signal that is not here is reported by its name only. */
const meanings: Record<string, ClauseKey> = {
  SIGABRT: 'crashed',
  SIGSEGV: 'crashed',
  SIGFPE: 'crashed',
  SIGTRAP: 'crashed',
  SIGSYS: 'crashed',
  SIGILL: 'lacksInstruction',
  SIGBUS: 'lostFile',
  SIGKILL: 'endedByForce',
  SIGTERM: 'endedFromOutside',
  SIGINT: 'endedFromOutside',
  SIGHUP: 'endedFromOutside',
  SIGQUIT: 'endedFromOutside',
  SIGXCPU: 'metLimit',
  SIGXFSZ: 'metLimit',
};

/**
 * A shell or a container in between reports a signal as 128 plus its number. The numbers are those of Linux; macOS has the same
 * except for SIGBUS.
 */
const numbered: Record<number, string> = {
  ...{ 129: 'SIGHUP', 130: 'SIGINT', 131: 'SIGQUIT', 132: 'SIGILL', 133: 'SIGTRAP', 134: 'SIGABRT', 135: 'SIGBUS' },
  ...{ 136: 'SIGFPE', 137: 'SIGKILL', 139: 'SIGSEGV', 143: 'SIGTERM', 152: 'SIGXCPU', 153: 'SIGXFSZ', 159: 'SIGSYS' },
};

/** Windows has no signals; a process that it ends leaves one of these statuses (ntstatus.h). */
const statuses: Record<number, ClauseKey> = {
  ...{
    3221225477: 'crashed',
    3221225620: 'crashed',
    3221225725: 'crashed',
    3221226356: 'crashed',
    3221226505: 'crashed',
  },
  ...{ 3221225501: 'lacksInstruction', 3221225478: 'lostFile', 3221225786: 'endedFromOutside' },
  ...{ 3221225781: 'libraryMissing', 3221225785: 'libraryMissing', 3221225794: 'libraryMissing' },
  ...{ 3221225495: 'endedByForce', 3221225626: 'endedByForce', 3221225773: 'endedByForce' },
};

/** Causes that another start cannot remove. */
const prevented: readonly string[] = ['lacksInstruction', 'libraryMissing'] satisfies ClauseKey[];

export function engineEnd({ code, signal, lastLines, peakBytes, spoke }: EngineEnd): ProblemError {
  const words = lastLines.join('\n');
  const detail = words === '' ? undefined : words;
  const reason = endedBy(code, signal);
  if (reason.clause === 'endedByForce' || noMemory.test(words)) {
    const held = peakBytes === null ? clause('moreThanThereWas') : sizeText(peakBytes);
    return new ProblemError('engineKilled', [held], detail);
  }
  if (!spoke && code !== 0) {
    const said = causeIn(lastLines);
    const cause = said !== null ? verbatim(said) : reason;
    if (said !== null || typeof code === 'string' || prevented.includes(reason.clause)) {
      return new ProblemError('engineCannotStart', [cause], detail);
    }
  }
  return new ProblemError('engineGone', [reason], detail);
}

/** A process that could not start has neither an exit code nor a signal; its `code` is a text. */
export function endedBy(code: number | string | null, signal: string | null): Clause {
  if (typeof code === 'string') return verbatim(code);
  const name = signal ?? numbered[code ?? 0];
  if (name) return clause(meanings[name] ?? 'signal', name);
  const status = code !== null && statuses[code >>> 0];
  if (status) return clause(status, `0x${(code >>> 0).toString(16).toUpperCase()}`);
  return clause('exitCode', String(code));
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
