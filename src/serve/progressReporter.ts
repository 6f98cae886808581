/** The engine's progress in the form of the protocol: one number that only grows, however many passes a call takes, sent not too often. */
import { progressWords } from '../cli/progressLine';
import type { Progress } from '../protocol/request';

export interface ToolProgress {
  progress: number;
  message: string;
}

const paceMs = 100;

/** A completed pass counts 1. `now` is in milliseconds. */
export function progressReporter(
  send: (progress: ToolProgress) => void,
  now: () => number = () => performance.now(),
): (progress: Progress) => void {
  let passes = 0;
  let last: Progress | null = null;
  let sent = { at: Number.NEGATIVE_INFINITY, progress: -1 };
  return (step) => {
    const begins = last && (step.stage !== last.stage || step.total !== last.total || step.done < last.done);
    if (begins) passes++;
    last = step;
    const progress = passes + (step.total > 0 ? Math.min(1, step.done / step.total) : 0);
    if (progress <= sent.progress || now() - sent.at < paceMs) return;
    sent = { at: now(), progress };
    send({ progress, message: progressWords(step) });
  };
}
