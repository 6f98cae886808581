/** Partial results at a pace that a page can draw. Engine only. */

/** Sends at most one result in each interval; of the results that come too soon, the last one is sent when the interval is over. */
export class Pace {
  private last = Number.NEGATIVE_INFINITY;
  private waiting: (() => void) | null = null;
  private timer: NodeJS.Timeout | null = null;

  constructor(private readonly intervalMs = 100) {}

  offer(tell: () => void): void {
    this.waiting = tell;
    const left = this.last + this.intervalMs - performance.now();
    if (left <= 0) this.tell();
    else this.timer ??= setTimeout(() => this.tell(), left);
  }

  stop(): void {
    if (this.timer) clearTimeout(this.timer);
    this.timer = null;
    this.waiting = null;
  }

  private tell(): void {
    const tell = this.waiting;
    this.stop();
    this.last = performance.now();
    tell?.();
  }
}
