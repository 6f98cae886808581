/**
 * The changes of the state on their way to the page. Data that the page already has are not sent a second time, so a change of a view's
 * kind is a small message. While keys arrive, everything waits but the word that the numbers are out of date. Pure but for the clock.
 */
import { type Analysis, analysisNames } from '../../analysis/contracts';
import type { PanelChange, PanelState, SentChange } from '../../analysis/panel';
import type { ViewState } from '../../protocol/view';
import type { Clock } from '../engine/clock';
import { shownData } from '../session/shownState';

export interface OutboxParts {
  post: (change: SentChange) => void;
  /** Milliseconds until typing has paused; 0 or less when nobody types. */
  typingLeft: () => number;
  clock: Pick<Clock, 'after'>;
}

export class Outbox {
  private waiting: PanelChange | null = null;
  private wait: (() => void) | null = null;
  /** By analysis, the data that the page holds. */
  private readonly held = new Map<Analysis, unknown>();

  constructor(private readonly parts: OutboxParts) {}

  /** A new page got the whole state. */
  begin(state: PanelState): void {
    this.drop();
    for (const analysis of analysisNames) this.held.set(analysis, shownData<unknown>(state[analysis]));
  }

  add(change: PanelChange): void {
    const { waiting } = this;
    if (waiting === null && this.parts.typingLeft() <= 0) {
      this.send(change);
      return;
    }
    const intent = waiting?.intent || change.intent ? { intent: { ...waiting?.intent, ...change.intent } } : {};
    this.waiting = { ...waiting, ...change, ...intent };
    if (change.outdated) this.send({ outdated: change.outdated });
    this.wait ??= this.parts.clock.after(Math.max(0, this.parts.typingLeft()), () => this.flush());
  }

  /** Forgets what waits, for a page that is gone. */
  drop(): void {
    this.wait?.();
    this.wait = null;
    this.waiting = null;
    this.held.clear();
  }

  private flush(): void {
    const left = this.parts.typingLeft();
    this.wait = left > 0 ? this.parts.clock.after(left, () => this.flush()) : null;
    if (left > 0 || !this.waiting) return;
    const { waiting } = this;
    this.waiting = null;
    this.send(waiting);
  }

  private send(change: PanelChange): void {
    const kept = analysisNames.filter((analysis) => this.isHeld(analysis, change[analysis]));
    const bare = Object.fromEntries(kept.map((analysis) => [analysis, withoutData(change[analysis])]));
    this.parts.post(kept.length > 0 ? { ...change, ...bare, kept } : change);
  }

  /** Whether the page has the data of this state; notes those that it is about to get. */
  private isHeld(analysis: Analysis, state: ViewState<unknown> | undefined): boolean {
    if (!state) return false;
    const data = shownData(state);
    const same = data !== null && this.held.get(analysis) === data;
    this.held.set(analysis, data);
    return same;
  }
}

function withoutData(state: ViewState<unknown> | undefined): ViewState<null> | undefined {
  if (state?.kind === 'running' || state?.kind === 'failed') return { ...state, previous: null };
  if (state?.kind === 'ready' || state?.kind === 'stale') return { ...state, data: null };
  return state;
}
