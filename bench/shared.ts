/** What every operation of our side uses. */

/** [batch][tokens] made-up ids, the same as peers/worker.py makes. */
export function tokenIds(tokens: number, batch = 1): number[][] {
  const id = (index: number) => (index * 7919 + 13) % 49000;
  return Array.from({ length: batch }, (_, b) => Array.from({ length: tokens }, (_, t) => id(b * tokens + t)));
}

/** Milliseconds of the work alone. */
export async function timed(work: () => Promise<unknown>): Promise<number> {
  const started = performance.now();
  await work();
  return performance.now() - started;
}
