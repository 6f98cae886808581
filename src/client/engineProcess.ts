/**
 * The forked engine as its owner sees it: it speaks over a port, ends once, and can be told to stop.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import os from 'node:os';
import type { Port } from '../protocol/channel';
import type { Clause } from '../protocol/clauses';
import type { ProblemError } from '../protocol/problem';
import { processPort } from '../protocol/processPort';
import { endedBy } from './engineEnd';
import { engineArguments, engineEnvironment } from './engineEnvironment';
import { type WatchedProcess, watchProcess } from './watchedProcess';

export interface EngineProcess {
  readonly port: Port;
  /** Called exactly once, with the operating system's reason and its meaning for a user. */
  onExit(listener: (reason: Clause, problem?: ProblemError) => void): void;
  /** Asks the process to end, then kills it after `graceMs`. Resolves when it has ended. */
  stop(graceMs: number): Promise<void>;
}

/**
 * `entry` is a script; its standard output and error become log lines. `behind`: the process gets only what the editor and its page leave
 * of the processor, so that a key pressed during a run is not kept waiting. Never throws: a failed fork is reported as an exit.
 */
export function forkEngine(
  entry: string,
  log: (line: string) => void,
  env: NodeJS.ProcessEnv = process.env,
  behind = false,
): EngineProcess {
  const child = fork(entry, [], {
    serialization: 'advanced',
    execArgv: engineArguments(env),
    // In desktop VS Code the extension host runs under Electron; this makes the child a plain Node.
    env: engineEnvironment({ ...env, ELECTRON_RUN_AS_NODE: '1' }, process.platform),
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  if (behind && child.pid !== undefined) stepBack(child.pid);
  child.on('disconnect', () => void stopChild(child, 1000));
  const onEnd = watchProcess(child as WatchedProcess, {
    log,
    status: () => readFile(`/proc/${child.pid}/status`, 'utf8'),
    every: (intervalMs, callback) => {
      const timer = setInterval(callback, intervalMs).unref();
      return () => clearInterval(timer);
    },
    after: (delayMs, callback) => void setTimeout(callback, delayMs),
  });
  return {
    port: processPort({
      send: (message, callback) => child.connected && child.send(message as object, callback ?? (() => {})),
      on: (event: string, listener: (...values: unknown[]) => void) => {
        if (event === 'message') child.on('message', listener);
        // `disconnect` comes first and carries no reason; the exit that follows has the cause.
        else if (event === 'exit') onEnd((problem) => listener(problem));
      },
    }),
    onExit: (listener) => onEnd((problem, code, signal) => listener(endedBy(code, signal), problem)),
    stop: (graceMs) => stopChild(child, graceMs),
  };
}

/** On Linux this reaches the threads that the process starts from now on, which are all that compute. */
function stepBack(pid: number): void {
  try {
    os.setPriority(pid, os.constants.priority.PRIORITY_BELOW_NORMAL);
  } catch {
    // Without permission, or without the process, nothing is lost but the courtesy.
  }
}

function stopChild(child: ChildProcess, graceMs: number): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return Promise.resolve();
  return new Promise((resolve) => {
    child.kill('SIGTERM');
    const insist = setTimeout(() => child.kill('SIGKILL'), graceMs);
    insist.unref();
    child.once('exit', () => {
      clearTimeout(insist);
      resolve();
    });
  });
}
