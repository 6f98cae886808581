/** Removes unfinished files when the process ends while they are being written, by itself or by a signal. */
import { rmSync } from 'node:fs';

const signals: NodeJS.Signals[] = ['SIGINT', 'SIGTERM', 'SIGHUP'];
const paths = new Set<string>();

export function beginUnfinished(path: string): void {
  if (paths.size === 0) {
    process.on('exit', removeAll);
    for (const signal of signals) process.on(signal, removeAndEnd);
  }
  paths.add(path);
}

export function endUnfinished(path: string): void {
  if (!paths.delete(path) || paths.size > 0) return;
  process.off('exit', removeAll);
  for (const signal of signals) process.off(signal, removeAndEnd);
}

function removeAll(): void {
  for (const path of paths) rmSync(path, { force: true });
}

/** After the removal, the signal has its usual effect. */
function removeAndEnd(signal: NodeJS.Signals): void {
  removeAll();
  process.off(signal, removeAndEnd);
  if (process.listenerCount(signal) === 0) process.kill(process.pid, signal);
}
