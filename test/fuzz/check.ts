/**
 * One input put to one reader: what counts as a failure. A reader may refuse in words (a `ProblemError` whose code is not `internal`);
 * anything else thrown, more than two seconds, or more memory than 512 MB is a fault.
 */
import { performance } from 'node:perf_hooks';
import { seededRandom } from '../../src/analysis/shared/random';
import { ProblemError } from '../../src/protocol/problem';
import type { Random } from './mutate';

export type FuzzInput = string | Uint8Array;

export interface FuzzReader {
  name: string;
  /** Ending of a file that keeps a failing input. */
  ending: string;
  /** What is a hang, in milliseconds, where it is not `slowMs`. */
  slowMs?: number;
  /** Of the same random numbers the same input. */
  input: (random: Random) => FuzzInput;
  /** Throws what the reader throws, and an Error of its own where what was read cannot be. */
  read: (input: FuzzInput) => unknown;
}

export const slowMs = 2000;
export const mostBytes = 512 * 2 ** 20;

/** The input of one turn. */
export function inputOf(reader: FuzzReader, seed: number, turn: number): FuzzInput {
  return reader.input(seededRandom(((seed * 1_000_003) ^ Math.imul(turn + 1, 2_654_435_761)) >>> 0));
}

/** What is wrong with how the reader took it; null where nothing is. */
export async function faultOf(reader: FuzzReader, input: FuzzInput): Promise<string | null> {
  const spent = stopwatch();
  let fault: string | null = null;
  try {
    await reader.read(input);
  } catch (error) {
    fault = rawError(error);
  }
  const took = spent();
  if (took > (reader.slowMs ?? slowMs)) return `it took ${(took / 1000).toFixed(1)} s`;
  return fault;
}

/** Milliseconds of work and of waiting, without those in which a busy machine ran something else. */
function stopwatch(): () => number {
  const [started, loop, work] = [performance.now(), performance.eventLoopUtilization(), process.cpuUsage()];
  return () => {
    const { user, system } = process.cpuUsage(work);
    const waited = performance.eventLoopUtilization(loop).idle;
    return Math.min(performance.now() - started, waited + (user + system) / 1000);
  };
}

function rawError(error: unknown): string | null {
  if (error instanceof ProblemError && error.problem.code !== 'internal') return null;
  return error instanceof Error ? (error.stack ?? error.message) : `thrown: ${String(error)}`;
}

/** Runs what may refuse in words; every other error goes on. */
export function mayRefuse<T>(work: () => T): T | null {
  try {
    return work();
  } catch (error) {
    if (rawError(error) === null) return null;
    throw error;
  }
}

/** What must hold of whatever was read. */
export function must(holds: boolean, what: string): void {
  if (!holds) throw new Error(`it does not hold that ${what}`);
}
