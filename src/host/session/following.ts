/**
 * The text that a session follows. Another prompt, another version of the same one, or other values for its variables: each ends the run on
 * the older text, moves or drops everything that points into it, and starts what is now missing.
 */
import { analysisNames } from '../../analysis/contracts';
import type { Continuations } from './continuations';
import { sameFilling } from './givenValues';
import type { KeptForPrompt } from './keptForPrompt';
import { nothingComputed } from './panelDefaults';
import type { PromptSource } from './promptSource';
import type { ReaderReport } from './readerReport';
import type { Runs } from './runs';
import type { Schedule } from './schedule';
import type { ShownState } from './shownState';
import type { Target } from './target';
import { type TextChange, textChange } from './textChange';

/** Everything in a session that depends on the text. */
interface Followers {
  shown: ShownState;
  target: Target;
  schedule: Schedule;
  report: ReaderReport;
  runs: Runs;
  kept: KeptForPrompt;
  continued: Continuations;
}

export class Following {
  private current: PromptSource | null = null;

  constructor(private readonly followers: Followers) {}

  /** Null when there is no prompt. */
  get source(): PromptSource | null {
    return this.current;
  }

  /** Takes another prompt, or another version of the same one; null when there is none. */
  take(source: PromptSource | null): void {
    const { shown, report, schedule, runs, continued } = this.followers;
    const before = this.current;
    const same = source && before?.id === source.id ? before : null;
    if (source && same?.text === source.text) {
      if (!sameFilling(source, same)) this.refilled(source);
      return;
    }
    this.current = source;
    report.follow(source, same ? schedule.options.delayMs : 0);
    schedule.textChanged(same !== null);
    const text = source?.text.slice(...(source.range ?? [0])) ?? null;
    if (same) shown.push({ text });
    runs.abort();
    continued.leave(same !== null);
    if (source && same) this.edited(source, textChange(same.text, source.text));
    else this.replaced(source, text, before);
  }

  /** Drops everything that belongs to the previous prompt, and takes up what is remembered of this one. */
  private replaced(source: PromptSource | null, text: string | null, before: PromptSource | null): void {
    const { shown, target, kept, runs } = this.followers;
    for (const slot of Object.values(shown.slots)) slot.origin = null;
    if (before) target.leave();
    const named = { title: source?.title ?? null, file: source?.file ?? null, text };
    const remembered = kept.arrive(source, before !== null);
    shown.push({ ...named, report: null, ...nothingComputed, ...remembered });
    runs.pump(true);
  }

  private edited(source: PromptSource, change: TextChange | null): void {
    const { shown, target, schedule, runs } = this.followers;
    if (change) target.edited(change);
    for (const analysis of analysisNames) {
      const recomputed = schedule.options.live && runs.onView.includes(analysis);
      if (!recomputed && shown.data(analysis)) shown.outdate(analysis, source);
    }
    runs.pump();
  }

  /** Handles other values of the variables of the same text: a choice, which is computed with or without live updates. */
  private refilled(source: PromptSource): void {
    const { target, report, runs } = this.followers;
    this.current = source;
    report.follow(source, 0);
    target.refilled();
    runs.abort();
    runs.pump();
  }
}
