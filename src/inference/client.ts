/**
 * The engine process as the command line starts it: forked, spoken to over protocol/engine.ts, stopped when done.
 * The one file of this room that other rooms import.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { createInterface } from 'node:readline';
import { Channel } from '../protocol/channel';
import type { EngineApi, HostApi } from '../protocol/engine';
import { engineEnvironment } from '../protocol/engineEnvironment';
import { processPort } from '../protocol/processPort';

export interface EngineConnection {
  channel: Channel<EngineApi, HostApi>;
  /** Ends the process: closes its channel, and kills it when it does not leave by itself. */
  dispose(): Promise<void>;
}

/** How long a running pass may take to notice that nobody waits for it. */
const graceMs = 1000;

/**
 * `enginePath`: the bundled engine script. `onLog` gets the lines the process prints; they never reach this process's own output.
 * A process that cannot start, or ends, rejects what is asked of it with `engineGone`.
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
  // Without a listener the failure to start would throw; the closed channel already tells it.
  child.on('error', (error) => onLog?.(error.message));
  for (const stream of [child.stdout, child.stderr]) {
    if (stream) createInterface({ input: stream }).on('line', (line) => onLog?.(line));
  }
  const channel = new Channel<EngineApi, HostApi>(
    processPort({
      send: (message, callback) => child.send(message as object, (error) => callback?.(error)),
      on: (event: string, listener: (...values: unknown[]) => void) => {
        if (event === 'message') child.on('message', listener);
        // `disconnect` comes first and says nothing; the exit that follows has the cause. A failed start has no exit.
        if (event === 'exit') {
          child.on('exit', listener);
          child.on('error', (error) => listener(error.message));
        }
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
