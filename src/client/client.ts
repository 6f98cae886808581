/**
 * The engine as the command line speaks to it: forked, asked over the requests of analysis/contracts.ts, stopped when done.
 */
import type { EngineApi, HostApi } from '../analysis/contracts';
import { Channel } from '../protocol/channel';
import { failures } from '../protocol/problem';
import { forkEngine } from './engineProcess';

/** What is asked of an engine, whoever holds it. */
export type EngineQuestions = Pick<Channel<EngineApi, HostApi>, 'request' | 'on'>;

export interface EngineConnection {
  channel: EngineQuestions;
  /** Ends the process, and kills it when it does not leave by itself. */
  dispose(): Promise<void>;
}

/** How long a running pass may take to notice that nobody waits for it. */
const graceMs = 1000;

/**
 * `enginePath`: the bundled engine script. `onLog` gets the lines the process prints; they never reach this process's own output.
 * A process that cannot start, or ends, rejects what is asked of it with why: `engineGone`, `engineKilled`, `engineCannotStart`;
 * `onEnd` is told once, whoever ended it.
 */
export function startEngine(
  enginePath: string,
  {
    env,
    onLog = () => {},
    onEnd = () => {},
  }: { env?: NodeJS.ProcessEnv; onLog?: (line: string) => void; onEnd?: () => void } = {},
): EngineConnection {
  const engine = forkEngine(enginePath, onLog, env);
  engine.onExit(onEnd);
  return { channel: new Channel<EngineApi, HostApi>(engine.port, failures), dispose: () => engine.stop(graceMs) };
}
