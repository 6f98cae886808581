/**
 * The engine process as the command line starts it: forked, spoken to over analysis/contracts.ts, stopped when done.
 * The one file of this room that other rooms import.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import type { EngineApi, HostApi } from '../analysis/contracts';
import { Channel } from '../protocol/channel';
import { engineEnvironment } from '../protocol/engineEnvironment';
import { processPort } from '../protocol/processPort';
import { type WatchedProcess, watchProcess } from '../protocol/watchedProcess';

export interface EngineConnection {
  channel: Channel<EngineApi, HostApi>;
  /** Ends the process: closes its channel, and kills it when it does not leave by itself. */
  dispose(): Promise<void>;
}

/** How long a running pass may take to notice that nobody waits for it. */
const graceMs = 1000;

/**
 * `enginePath`: the bundled engine script. `onLog` gets the lines the process prints; they never reach this process's own output.
 * A process that cannot start, or ends, rejects what is asked of it with why: `engineGone`, `engineKilled`, `engineCannotStart`.
 */
export function startEngine(
  enginePath: string,
  { env, onLog }: { env?: NodeJS.ProcessEnv; onLog?: (line: string) => void } = {},
): EngineConnection {
  const child = fork(enginePath, [], {
    serialization: 'advanced',
    execArgv: [],
    env: engineEnvironment(env ?? process.env, process.platform),
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  const onEnd = watchProcess(child as WatchedProcess, {
    log: (line) => onLog?.(line),
    status: () => readFile(`/proc/${child.pid}/status`, 'utf8'),
    every: (intervalMs, callback) => {
      const timer = setInterval(callback, intervalMs).unref();
      return () => clearInterval(timer);
    },
    after: (delayMs, callback) => void setTimeout(callback, delayMs),
  });
  const channel = new Channel<EngineApi, HostApi>(
    processPort({
      send: (message, callback) => child.send(message as object, (error) => callback?.(error)),
      on: (event: string, listener: (...values: unknown[]) => void) => {
        if (event === 'message') child.on('message', listener);
        // `disconnect` comes first and says nothing; the exit that follows has the cause. A failed start has no exit.
        if (event === 'exit') onEnd((problem) => listener(problem));
      },
    }),
  );
  return { channel, dispose: () => stop(child) };
}

function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return Promise.resolve();
  return new Promise((resolve) => {
    const insist = setTimeout(() => child.kill('SIGKILL'), graceMs);
    child.once('exit', () => {
      clearTimeout(insist);
      resolve();
    });
    if (child.connected) child.disconnect();
  });
}
