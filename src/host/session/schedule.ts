/**
 * Decides which results are due and which are out of date: a result belongs to one version of the text, one model and the choices it
 * depends on. Knows when the user last typed and whether results follow the typing.
 */

import { type Analysis, analysisNames, contracts } from '../../analysis/contracts';
import type { PanelState } from '../../analysis/panel';
import type { LoadedModel } from '../../protocol/model';
import { dependsOn, type Switches } from './analyses';
import type { SessionOptions } from './sessionParts';
import type { ShownState } from './shownState';
import { Typing } from './typing';

export class Schedule {
  private revision = 0;
  private modelKey = '';
  private readonly typing: Typing;

  constructor(
    private readonly shown: ShownState,
    private readonly switches: () => Switches,
    /** What the text is filled in with (`filledKey`). */
    private readonly filled: () => string,
    now: () => number,
    public options: SessionOptions,
  ) {
    this.typing = new Typing({ now });
  }

  /** Notes another text. If it was typed, the analyses wait for the end of typing. */
  textChanged(typed: boolean): void {
    this.revision++;
    if (typed) this.typing.edited();
    else this.typing.ended();
  }

  /** False if the model is the same as before. */
  modelChanged({ model, runtime: { provider, precision, threads } }: LoadedModel): boolean {
    const key = [model.sha256, provider, precision, threads].join(' ');
    const changed = key !== this.modelKey;
    this.modelKey = key;
    return changed;
  }

  /** Identifies the model and how it computes; '' before one is loaded. */
  get model(): string {
    return this.modelKey;
  }

  /** The key of the current text, model and choices. */
  key(analysis: Analysis): string {
    return `${this.revision} ${this.choices(analysis)}`;
  }

  /** Notes that the analysis is attempted, and returns the key of everything but the text. */
  attempt(analysis: Analysis): string {
    Object.assign(this.shown.slots[analysis], { attempted: this.key(analysis), revision: this.revision });
    return this.choices(analysis);
  }

  /** Without live updates an edit is computed on demand; a first result, and results that a switch or the engine changed, come anyway. */
  isDue(analysis: Analysis, asked: boolean): boolean {
    const { attempted, revision } = this.shown.slots[analysis];
    if (attempted === this.key(analysis)) return false;
    const state = this.shown.now[analysis];
    const givenUp = state.kind === 'failed' && state.problem.code === 'cancelled';
    const first = this.shown.data(analysis) === null && !givenUp;
    return asked || this.options.live || first || revision === this.revision;
  }

  /** Milliseconds until typing has paused for long enough. */
  pause(analysis: Analysis): number {
    const times = contracts[analysis].slow ? slowPause : 1;
    return this.typing.left(this.options.delayMs * times);
  }

  /** The analyses whose shown numbers belong to another text than the current one, or to other choices. */
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
    return `${this.modelKey} ${continueLast} ${this.filled()} ${JSON.stringify(dependsOn(analysis, switches))}`;
  }
}

/** Slow analyses wait this many times longer for the end of typing. */
export const slowPause = 3;
