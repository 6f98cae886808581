/**
 * The rhythm of typing: whatever is computed, sent or drawn between two keys delays the second one, so it waits for a real pause. What
 * counts as a pause follows the hand that types: a slow one leaves longer gaps within a word. Pure but for the clock.
 */
import type { Clock } from '../engine/clock';

/** A longer gap is a pause, whatever came before it, in ms. */
const longestGapMs = 1500;
/** A pause is clearly longer than the gaps before it. */
const timesGap = 2.5;
/** The weight of the newest gap in the running mean. */
const newest = 0.3;
/** The least pause for what only draws, in ms. */
const drawPauseMs = 250;
/** An unsteady hand must not put the pause off for ever: at most this many times the least. */
const mostTimes = 3;

export class Typing {
  private lastAt = Number.NEGATIVE_INFINITY;
  /** Mean gap between the keys of the current stretch in ms; 0 before the third key, since one gap is no rhythm. */
  private gap = 0;
  private keys = 0;

  constructor(private readonly clock: Pick<Clock, 'now'>) {}

  /** Notes an edit. */
  edited(): void {
    const now = this.clock.now();
    const gap = now - this.lastAt;
    this.keys = gap > longestGapMs ? 1 : this.keys + 1;
    if (this.keys < 3) this.gap = 0;
    else this.gap = this.gap === 0 ? gap : (1 - newest) * this.gap + newest * gap;
    this.lastAt = now;
  }

  /** Forgets the typing, for a text that came in another way. */
  ended(): void {
    this.lastAt = Number.NEGATIVE_INFINITY;
  }

  /** Milliseconds until there was a pause, which lasts at least `leastMs`; 0 or less when there was one. */
  left(leastMs = drawPauseMs): number {
    const pause = Math.min(Math.max(leastMs, timesGap * this.gap), mostTimes * leastMs);
    return this.lastAt + pause - this.clock.now();
  }
}
