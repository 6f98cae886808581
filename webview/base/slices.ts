/** Slices of a result from the host: a slice is asked for only when shown, the newest question wins, and late replies are dropped. */
import type { Problem } from '../../src/protocol/problem';
import { failure } from './failure';

export type Slice<T> =
  | { kind: 'none' }
  /** `previous` may belong to another question, so draw it dimmed or not at all. */
  | { kind: 'loading'; previous: T | null }
  | { kind: 'ready'; value: T }
  | { kind: 'failed'; problem: Problem };

/** How many numbers are kept for going back and forth: 32 MB of them. */
const keptNumbers = 8 * 1024 * 1024;

/** The slices of one kind. `size` counts the numbers of a value, which limits how much is kept. */
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
   * Shows the slice that `key` names (everything the answer depends on), loading it unless it is the current one or kept. Calls
   * `changed` when the answer comes, but not for an answer that is available at once. Without `load` (the text has changed since,
   * so an answer would be about another text) it shows only what is available.
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

  /** Shows nothing and cancels the request under way. */
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
