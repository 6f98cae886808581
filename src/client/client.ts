/**
 * The engine as the command line uses it: forked, asked through the requests of analysis/contracts.ts, stopped when done.
 */
import type { EngineApi, HostApi } from '../analysis/contracts';
import { Channel } from '../protocol/channel';
import { failures } from '../protocol/problem';
import { forkEngine } from './engineProcess';

/** The questions that an engine answers, whoever holds it. */
export type EngineQuestions = Pick<Channel<EngineApi, HostApi>, 'request' | 'on'>;

export interface EngineConnection {
  channel: EngineQuestions;
  /** Ends the process, and kills it when it does not end by itself. */
  dispose(): Promise<void>;
}

/** The time a running pass may take to notice that its result is not wanted. */
const graceMs = 1000;

/**
 * `enginePath`: the bundled engine script. `onLog` gets the lines the process prints; they never reach this process's own output.
 * When the process cannot start, or ends, open and later requests reject with the cause: `engineGone`, `engineKilled`,
 * `engineCannotStart`. `onEnd` is called once, however the process ended.
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
