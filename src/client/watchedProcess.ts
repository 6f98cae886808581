/**
 * Listens to a forked engine until it ends, and keeps its last lines and the most memory that it was seen to hold. Types are
 * structural and timers are passed in, so that neither Node nor VS Code is needed here.
 */

import type { ProblemError } from '../protocol/problem';
import { engineEnd, keptLines, peakBytesIn } from './engineEnd';

interface Output {
  setEncoding(encoding: 'utf8'): unknown;
  on(event: 'data', listener: (text: string) => void): unknown;
  on(event: 'end', listener: () => void): unknown;
}

export interface WatchedProcess {
  stdout: Output | null;
  stderr: Output | null;
  on(event: 'message', listener: () => void): unknown;
  on(event: 'exit' | 'close', listener: (code: number | null, signal: string | null) => void): unknown;
  on(event: 'error', listener: (error: Error) => void): unknown;
}

export interface WatchParts {
  log: (line: string) => void;
  /** The text of Linux' /proc/PID/status; rejects elsewhere and for a process that has ended. */
  status: () => Promise<string>;
  /** Calls back at every interval; the returned function stops it. */
  every: (intervalMs: number, callback: () => void) => () => void;
  after: (delayMs: number, callback: () => void) => void;
}

/** `code`: an exit code, or why the process could not be started. */
export type EndListener = (problem: ProblemError, code: number | string | null, signal: string | null) => void;

/** The last lines arrive after the exit event, unless another process keeps the output open. */
const lastWordsMs = 500;
const lookMs = 500;

/** A listener is called once, even when the process has already ended. */
export function watchProcess(child: WatchedProcess, parts: WatchParts): (listener: EndListener) => void {
  const lastLines: string[] = [];
  let spoke = false;
  let peakBytes: number | null = null;
  let ended: Parameters<EndListener> | null = null;
  const listeners: EndListener[] = [];
  child.on('message', () => {
    spoke = true;
  });
  const keep = (line: string) => {
    parts.log(line);
    if (lastLines.push(line) > keptLines) lastLines.shift();
  };
  if (child.stdout) eachLine(child.stdout, parts.log);
  if (child.stderr) eachLine(child.stderr, keep);
  const stopLooking = parts.every(lookMs, () => {
    const found = (status: string) => {
      peakBytes = peakBytesIn(status) ?? peakBytes;
    };
    parts.status().then(found, () => {});
  });
  const end = (code: number | string | null, signal: string | null) => {
    if (ended) return;
    stopLooking();
    ended = [engineEnd({ code, signal, lastLines, peakBytes, spoke }), code, signal];
    for (const listener of listeners) listener(...ended);
  };
  child.on('exit', (code, signal) => parts.after(lastWordsMs, () => end(code, signal)));
  child.on('close', end);
  child.on('error', (error) => end(error.message, null));
  return (listener) => {
    if (ended) listener(...ended);
    else listeners.push(listener);
  };
}

function eachLine(output: Output, say: (line: string) => void): void {
  let open = '';
  output.setEncoding('utf8');
  output.on('data', (text) => {
    const lines = (open + text).split(/\r?\n/);
    open = lines.pop() ?? '';
    for (const line of lines) say(line);
  });
  output.on('end', () => open !== '' && say(open));
}
