/**
 * Gives one input to one reader and decides whether it failed. A reader may refuse with a `ProblemError` whose code is not
 * `internal`; anything else thrown, more than two seconds, or more memory than 512 MB is a fault.
 */
import { performance } from 'node:perf_hooks';
import { seededRandom } from '../../src/analysis/shared/random';
import { ProblemError } from '../../src/protocol/problem';
import type { Random } from './mutate';

export type FuzzInput = string | Uint8Array;

export interface FuzzReader {
  name: string;
  /** Ending of the file that keeps a failing input. */
  ending: string;
  /** Milliseconds after which a reader counts as hung, where they differ from `slowMs`. */
  slowMs?: number;
  /** Whether an input takes some ten milliseconds, so that `npm test` tries fewer. */
  costly?: boolean;
  /** The same random numbers give the same input. */
  input: (random: Random) => FuzzInput;
  /** Throws whatever the reader throws, and a plain Error where the result is impossible. */
  read: (input: FuzzInput) => unknown;
}

export const slowMs = 2000;
export const mostBytes = 512 * 2 ** 20;

/** The input of one turn. */
export function inputOf(reader: FuzzReader, seed: number, turn: number): FuzzInput {
  return reader.input(seededRandom(((seed * 1_000_003) ^ Math.imul(turn + 1, 2_654_435_761)) >>> 0));
}

/** The fault in how the reader took the input; null when there is none. */
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

/** The first faults among this many inputs; the same ones in every run. */
export async function faultsOf(reader: FuzzReader, turns: number): Promise<string[]> {
  const faults: string[] = [];
  const count = reader.costly ? Math.ceil(turns / 5) : turns;
  for (let turn = 0; turn < count && faults.length < 3; turn++) {
    const fault = await faultOf(reader, inputOf(reader, 11, turn));
    if (fault) faults.push(`input ${turn}: ${fault}`);
  }
  return faults;
}

/** Milliseconds of work and of waiting, without the time in which a busy machine ran something else. */
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

/** Runs work that may refuse with a `ProblemError`, which gives null; every other error is thrown on. */
export function mayRefuse<T>(work: () => T): T | null {
  try {
    return work();
  } catch (error) {
    if (rawError(error) === null) return null;
    throw error;
  }
}

/** Asserts a property that must hold for everything that was read. */
export function must(holds: boolean, what: string): void {
  if (!holds) throw new Error(`it does not hold that ${what}`);
}
