/**
 * Slices of a result from the host: asked for only when shown, the newest question wins, late replies are dropped. For views.
 */
import type { Problem } from '../../src/protocol/problem';
import { failure } from './failure';

export type Slice<T> =
  | { kind: 'none' }
  /** `previous` may belong to another question: draw it dimmed or not at all. */
  | { kind: 'loading'; previous: T | null }
  | { kind: 'ready'; value: T }
  | { kind: 'failed'; problem: Problem };

/** Numbers kept for going back and forth: 32 MB of them. */
const keptNumbers = 8 * 1024 * 1024;

/** One kind of slice. `size` counts the numbers of a value, for what is kept. */
export class LatestSlice<T> {
  private key: string | null = null;
  private abort: AbortController | null = null;
  private current: Slice<T> = { kind: 'none' };
  private readonly kept = new Map<string, T>();

  constructor(
    private readonly size: (value: T) => number,
    private readonly changed: () => void,
  ) {}

  get state(): Slice<T> {
    return this.current;
  }

  /**
   * Shows the slice that `key` names (everything the answer depends on), loading it unless it is the one at hand or kept.
   * Calls `changed` when the answer comes; not for an answer that is at hand at once. Without `load` (the text has changed
   * since, an answer would be about another one) only what is at hand is shown.
   */
  ask(key: string, load: ((signal: AbortSignal) => Promise<T>) | null): void {
    if (key === this.key) return;
    this.abort?.abort();
    this.key = key;
    const known = this.kept.get(key);
    if (known !== undefined) {
      this.current = { kind: 'ready', value: known };
      return;
    }
    if (!load) {
      this.key = null;
      this.current = { kind: 'none' };
      return;
    }
    const previous = this.current.kind === 'ready' ? this.current.value : null;
    this.current = { kind: 'loading', previous };
    const abort = new AbortController();
    this.abort = abort;
    load(abort.signal).then(
      (value) => this.settle(key, { kind: 'ready', value }),
      (error) => this.settle(key, { kind: 'failed', problem: failure(error).problem }),
    );
  }

  /** Nothing is shown, and what was asked for is no longer wanted. */
  clear(): void {
    this.abort?.abort();
    this.key = null;
    this.current = { kind: 'none' };
  }

  /** Forgets the failure, so that the next `ask` asks again. */
  retry(): void {
    this.key = null;
  }

  private settle(key: string, result: Slice<T>): void {
    if (key !== this.key) return;
    this.current = result;
    if (result.kind === 'ready') this.keep(key, result.value);
    this.changed();
  }

  private keep(key: string, value: T): void {
    this.kept.set(key, value);
    let total = 0;
    for (const other of this.kept.values()) total += this.size(other);
    for (const [oldest, other] of this.kept) {
      if (total <= keptNumbers) return;
      if (oldest === key) continue;
      this.kept.delete(oldest);
      total -= this.size(other);
    }
  }
}
