/**
 * Tensors that the runtime returns are small objects to V8 but many megabytes outside it: left alone, hundreds of megabytes wait
 * for a collection that V8 sees no reason to start. The decoder counts the bytes it hands out and asks for a collection in time.
 * Engine only.
 */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/**
 * After this many bytes a minor collection runs: in about a millisecond it frees what was handed out since the last one and is
 * already unused.
 */
const youngBytes = 16 * 1024 * 1024;
/** After this many bytes a full collection runs: it takes about 10 ms of a pass that produced this much. */
const limitBytes = 64 * 1024 * 1024;

setFlagsFromString('--expose-gc');
// Young memory would otherwise grow to 32 MB while the model is opened and keep that size; the engine's data lies outside it.
setFlagsFromString('--semi-space-growth-factor=1');
const collect = runInNewContext('gc') as (options?: { type: 'minor' }) => void;

let handedOut = 0;
let young = 0;

/** Call this after each run with the bytes it returned and the bytes copied for it. */
export function countHandedOut(bytes: number): void {
  handedOut += bytes;
  young += bytes;
  if (young < youngBytes) return;
  young = 0;
  const whole = handedOut >= limitBytes;
  if (whole) handedOut = 0;
  // The next pass computes on other threads meanwhile.
  setImmediate(() => (whole ? collect() : collect({ type: 'minor' })));
}

/** Frees all unreferenced memory; call this before something that takes much memory. */
export function collectNow(): void {
  handedOut = 0;
  young = 0;
  collect();
}
