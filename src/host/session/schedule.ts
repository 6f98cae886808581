/**
 * What is due, and what is out of date: a result belongs to one version of the text, one model and the choices it depends on. Knows
 * when the user typed last and whether results follow the typing. Used by session/lensSession.ts alone.
 */

import { type Analysis, analysisNames, contracts } from '../../analysis/contracts';
import type { PanelState } from '../../analysis/panel';
import type { LoadedModel } from '../../protocol/model';
import { dependsOn, type Switches } from './analyses';
import type { SessionOptions } from './sessionParts';
import type { ShownState } from './shownState';

export class Schedule {
  private revision = 0;
  private modelKey = '';
  private editedAt = Number.NEGATIVE_INFINITY;

  constructor(
    private readonly shown: ShownState,
    private readonly switches: () => Switches,
    private readonly now: () => number,
    public options: SessionOptions,
  ) {}

  /** Another text. By typing: what follows waits for the end of it. */
  textChanged(typed: boolean): void {
    this.revision++;
    this.editedAt = typed ? this.now() : Number.NEGATIVE_INFINITY;
  }

  /** False where it is the one that was there. */
  modelChanged({ model, runtime: { provider, precision, threads } }: LoadedModel): boolean {
    const key = [model.sha256, provider, precision, threads].join(' ');
    const changed = key !== this.modelKey;
    this.modelKey = key;
    return changed;
  }

  /** Of the present text, model and choices. */
  key(analysis: Analysis): string {
    return `${this.revision} ${this.choices(analysis)}`;
  }

  /** Notes that it is tried now, and returns what it is tried with besides the text. */
  attempt(analysis: Analysis): string {
    Object.assign(this.shown.slots[analysis], { attempted: this.key(analysis), revision: this.revision });
    return this.choices(analysis);
  }

  /** Without live updates an edit is computed on demand; a first result, and what a switch or the engine changed, come anyway. */
  isDue(analysis: Analysis, asked: boolean): boolean {
    const { attempted, revision } = this.shown.slots[analysis];
    if (attempted === this.key(analysis)) return false;
    const state = this.shown.now[analysis];
    const givenUp = state.kind === 'failed' && state.problem.code === 'cancelled';
    const first = this.shown.data(analysis) === null && !givenUp;
    return asked || this.options.live || first || revision === this.revision;
  }

  /** Milliseconds until the user has stopped typing for long enough. */
  pause(analysis: Analysis): number {
    const times = contracts[analysis].slow ? slowPause : 1;
    return this.editedAt + this.options.delayMs * times - this.now();
  }

  /** Whose shown numbers are of another text than the present one, or of other choices. */
  outdated(text: string | null): PanelState['outdated'] {
    const entries = analysisNames.flatMap((analysis): [Analysis, 'text' | 'choice'][] => {
      const { made, origin } = this.shown.slots[analysis];
      if (this.shown.data(analysis) === null || !origin) return [];
      if (origin.source.text !== text) return [[analysis, 'text']];
      return made === this.choices(analysis) ? [] : [[analysis, 'choice']];
    });
    return Object.fromEntries(entries);
  }

  private choices(analysis: Analysis): string {
    const switches = this.switches();
    const { continueLast } = switches.intent;
    return `${this.modelKey} ${continueLast} ${JSON.stringify(dependsOn(analysis, switches))}`;
  }
}

/** What takes seconds waits this many times longer for the end of typing. */
export const slowPause = 3;
