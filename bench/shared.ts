/** Helpers that every operation of our side uses. */

/** [batch][tokens] made-up ids, the same as those of peers/worker.py. */
export function tokenIds(tokens: number, batch = 1): number[][] {
  const id = (index: number) => (index * 7919 + 13) % 49000;
  return Array.from({ length: batch }, (_, b) => Array.from({ length: tokens }, (_, t) => id(b * tokens + t)));
}

/** Milliseconds that the work alone takes. */
export async function timed(work: () => Promise<unknown>): Promise<number> {
  const started = performance.now();
  await work();
  return performance.now() - started;
}
