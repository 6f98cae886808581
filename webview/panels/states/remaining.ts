/**
 * The time that a run still takes. Each token of a long prompt takes longer than the one before, since it attends to all of them, so the
 * pace so far is carried on with its own slowing down.
 */
import type { ViewState } from '../../../src/protocol/view';
import { duration } from '../../base/format';
import { t } from '../../base/strings';
import { progressShare } from './progress';

/** Earlier than this an estimate would be a guess. */
const LEAST_SHARE = 0.05;
const LEAST_MS = 1000;
/** A shorter rest is not worth a number. */
const LEAST_LEFT_MS = 1000;

interface Sample {
  done: number;
  ms: number;
}

export class Remaining {
  private samples: Sample[] = [];
  private total = 0;

  /** `12 s left`; empty while it cannot be told, and at the end. */
  words(state: ViewState<unknown>): string {
    const left = this.ms(state);
    return left === null || left < LEAST_LEFT_MS ? '' : t('{0} left', duration(left));
  }

  /** Null while it cannot be told. */
  ms(state: ViewState<unknown>): number | null {
    const share = progressShare(state);
    if (state.kind !== 'running' || !state.progress || share === null) return this.forget();
    const { done, total } = state.progress;
    const last = this.samples.at(-1);
    if (total !== this.total || (last && (done < last.done || state.elapsedMs < last.ms))) this.forget();
    this.total = total;
    if (done > (this.samples.at(-1)?.done ?? 0)) this.samples.push({ done, ms: state.elapsedMs });
    const now = this.samples.at(-1);
    if (!now || share < LEAST_SHARE || state.elapsedMs < LEAST_MS) return null;
    // What was waited for since the last step is part of the rest.
    return Math.max(0, this.rest(now) - (state.elapsedMs - now.ms));
  }

  /** From the pace before and after the middle of what is done. */
  private rest({ done, ms }: Sample): number {
    const steady = ((this.total - done) * ms) / done;
    const middle = this.samples.find((each) => each.done >= done / 2);
    if (!middle || middle.done === done) return steady;
    const early = middle.ms / middle.done;
    const late = (ms - middle.ms) / (done - middle.done);
    const growth = Math.max(0, (2 * (late - early)) / done);
    const at = (middle.done + done) / 2;
    return (this.total - done) * (late + growth * Math.max(0, (done + this.total) / 2 - at));
  }

  private forget(): null {
    this.samples = [];
    this.total = 0;
    return null;
  }
}
