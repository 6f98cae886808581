/**
 * Tensors handed out by the runtime are small objects to V8 and many megabytes outside it: left alone, hundreds of megabytes wait
 * for a collection that has no reason to come. The decoder counts what it hands out and asks for one in time. Engine only.
 */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** What was handed out since and is let go already goes in about a millisecond. */
const youngBytes = 16 * 1024 * 1024;
/** A whole collection takes about 10 ms of a pass that made this much. */
const limitBytes = 64 * 1024 * 1024;

setFlagsFromString('--expose-gc');
// Young memory would grow to 32 MB while the model is opened, and stay; what the engine computes lies outside it.
setFlagsFromString('--semi-space-growth-factor=1');
const collect = runInNewContext('gc') as (options?: { type: 'minor' }) => void;

let handedOut = 0;
let young = 0;

/** Call after each run with what it returned and what was copied for it. */
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

/** Before something that takes much memory: what nobody holds any more is let go first. */
export function collectNow(): void {
  handedOut = 0;
  young = 0;
  collect();
}
