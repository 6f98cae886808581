/**
 * What the reader of the current text reports: its notes and its variables. The text is read for this when it comes, and after an edit once
 * typing has paused. A text that cannot be read keeps the report of its last readable version.
 */
import type { Clause } from '../../protocol/clauses';
import type { ShownReport } from '../../protocol/view';
import type { Clock } from '../engine/clock';
import type { PromptSource } from './promptSource';
import type { ShownState } from './shownState';

export class ReaderReport {
  private source: PromptSource | null = null;
  private wait: (() => void) | null = null;

  constructor(
    private readonly shown: ShownState,
    private readonly clock: Clock,
    private readonly say: (note: Clause) => string,
  ) {}

  /** Reads the source after `delayMs`, unless another one comes first. */
  follow(source: PromptSource | null, delayMs: number): void {
    this.stop();
    this.source = source;
    if (!source) return;
    if (delayMs === 0) void this.read(source);
    else this.wait = this.clock.after(delayMs, () => void this.read(source));
  }

  stop(): void {
    this.wait?.();
    this.wait = null;
    this.source = null;
  }

  private async read(source: PromptSource): Promise<void> {
    const input = await source.read().catch(() => null);
    if (!input || this.source !== source) return;
    const { notes = [], variables = [] } = input;
    const report: ShownReport = { uri: source.uri, notes: notes.map(this.say), variables };
    if (JSON.stringify(report) !== JSON.stringify(this.shown.now.report)) this.shown.push({ report });
  }
}
