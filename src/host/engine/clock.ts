/** Time as a value that can be passed in, so that tests of delays need not wait. Leaf of the host. */

export interface Clock {
  now(): number;
  /** Calls back once after `delayMs`; the returned function cancels the call. */
  after(delayMs: number, callback: () => void): () => void;
}

export const systemClock: Clock = {
  now: () => Date.now(),
  after: (delayMs, callback) => {
    const timer = setTimeout(callback, delayMs);
    return () => clearTimeout(timer);
  },
};
