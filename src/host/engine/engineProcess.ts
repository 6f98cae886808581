/**
 * The forked engine as the supervisor sees it: something that speaks over a port, ends once, and can be told to stop.
 * The only file of the host that knows child_process. Used by extension.ts (the real one) and hidden behind `EngineProcess` in tests.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Port } from '../../protocol/channel';
import { engineEnvironment } from '../../protocol/engineEnvironment';
import { processPort } from '../../protocol/processPort';

export interface EngineProcess {
  readonly port: Port;
  /** Called exactly once, with what the operating system said. */
  onExit(listener: (reason: string) => void): void;
  /** Asks politely, then insists after `graceMs`. */
  stop(graceMs: number): void;
}

/** `entry` is a script; its standard output and error become log lines. Never throws: a failed fork is an exit. */
export function forkEngine(entry: string, log: (line: string) => void): EngineProcess {
  const child = fork(entry, [], {
    serialization: 'advanced',
    execArgv: [],
    // In desktop VS Code the extension host runs under Electron; this makes the child a plain Node.
    env: engineEnvironment({ ...process.env, ELECTRON_RUN_AS_NODE: '1' }, process.platform),
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  for (const stream of [child.stdout, child.stderr]) if (stream) createInterface({ input: stream }).on('line', log);
  const exit = exitOnce(child);
  return {
    port: processPort({
      send: (message, callback) => child.connected && child.send(message as object, callback ?? (() => {})),
      on: (event: string, listener: (...values: unknown[]) => void) => {
        if (event === 'message') child.on('message', listener);
        // `disconnect` comes first and says nothing; the exit that follows has the cause.
        else if (event === 'exit') exit((_reason, code, signal) => listener(code, signal));
      },
    }),
    onExit: (listener) => exit(listener),
    stop: (graceMs) => stopChild(child, graceMs),
  };
}

type ExitListener = (reason: string, code: number | string | null, signal: string | null) => void;

/** A child that cannot start reports `error` and never `exit`; one that closes its channel is as good as gone. */
function exitOnce(child: ChildProcess): (listener: ExitListener) => void {
  const listeners: ExitListener[] = [];
  let ended: Parameters<ExitListener> | null = null;
  const end = (reason: string, code: number | string | null, signal: string | null) => {
    if (ended) return;
    ended = [reason, code, signal];
    for (const listener of listeners) listener(...ended);
  };
  child.on('exit', (code, signal) => end(signal ? `signal ${signal}` : `exit code ${code}`, code, signal));
  child.on('error', (error) => end(error.message, error.message, null));
  child.on('disconnect', () => stopChild(child, 1000));
  return (listener) => {
    if (ended) listener(...ended);
    else listeners.push(listener);
  };
}

function stopChild(child: ChildProcess, graceMs: number): void {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill('SIGTERM');
  const insist = setTimeout(() => child.kill('SIGKILL'), graceMs);
  insist.unref();
  child.once('exit', () => clearTimeout(insist));
}
