/**
 * Prefix reuse. Attention is causal, so the keys and values of every position before the first changed token stay valid: a past computed
 * for one list of ids serves any other list up to the first difference.
 */
import type { Model, PastState } from './model';

/** Tokens run in one pass; this limits the [rows, V] logits and the [H, T, S] scores that the runtime holds at once. */
export const chunkTokens = 128;

/** Keys and values of ids[0, past.length), past.length ≤ ids.length. */
export interface KnownPast {
  readonly ids: readonly number[];
  readonly past: PastState;
}

/** Called after each pass with the number of tokens done and to do. */
export type OnTokens = (done: number, total: number) => void;

export function commonPrefix(a: readonly number[], b: readonly number[]): number {
  const length = Math.min(a.length, b.length);
  let same = 0;
  while (same < length && a[same] === b[same]) same++;
  return same;
}

/** The number of leading positions of `ids`, at most `length`, that need not be run again. */
export function reusable(known: KnownPast | null | undefined, ids: readonly number[], length: number): number {
  return known ? Math.min(commonPrefix(known.ids, ids), known.past.length, length) : 0;
}

/**
 * The past of exactly ids[0, length), from the known past and passes over the rest; null for length 0. Rejects with `cancelled` between
 * passes.
 */
export async function prefill(
  model: Model,
  known: KnownPast | null | undefined,
  ids: readonly number[],
  length: number,
  options: { signal?: AbortSignal; onProgress?: OnTokens } = {},
): Promise<PastState | null> {
  let done = reusable(known, ids, length);
  let past = known && done > 0 ? shortened(model, known.past, done) : null;
  while (done < length) {
    const chunk = ids.slice(done, Math.min(length, done + chunkTokens));
    const result = await model.run(
      { ids: [chunk], past, rows: [chunk.length - 1], want: { past: true } },
      options.signal,
    );
    past = result.past;
    done += chunk.length;
    options.onProgress?.(done, length);
  }
  return past;
}

export function shortened(model: Model, past: PastState, length: number): PastState | null {
  if (length === 0) return null;
  return past.length === length ? past : model.truncate(past, length);
}
