/**
 * The state that a panel and the editor draw, the listeners to its changes, and the text that each result belongs to. The session decides
 * what happens; this class records it. The steps that a view's state can take are pure functions of (state, event): a result stays on screen
 * while the next one is being computed, after a failure, and when the text has changed.
 */

import { type Analysis, analysisNames } from '../../analysis/contracts';
import type { PanelChange, PanelState } from '../../analysis/panel';
import type { Prompt } from '../../protocol/model';
import type { Problem } from '../../protocol/problem';
import type { Progress } from '../../protocol/request';
import type { ViewState } from '../../protocol/view';
import { sameFilling } from './givenValues';
import type { PromptSource } from './promptSource';
import type { AnyData, Origin, Run, SessionListener, Slot } from './sessionParts';
import { exactTokens, textChange } from './textChange';

export class ShownState {
  readonly slots: Record<Analysis, Slot>;
  private readonly listeners = new Set<SessionListener>();

  /** `outdated`: the analyses whose shown numbers belong to an older text or to other choices; called after every change. */
  constructor(
    private current: PanelState,
    private readonly outdated: () => PanelState['outdated'] = () => ({}),
  ) {
    const slot = (): Slot => ({ attempted: null, revision: -1, origin: null, made: null });
    this.slots = Object.fromEntries(analysisNames.map((name) => [name, slot()])) as Record<Analysis, Slot>;
  }

  get now(): PanelState {
    return this.current;
  }

  onDidChange(listener: SessionListener): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  silence(): void {
    this.listeners.clear();
  }

  push(changes: Partial<PanelState>, by: 'host' | 'page' = 'host'): void {
    const { intent, ...facts } = changes;
    const told: PanelChange = intent ? { ...facts, intent: changedKeys(this.current.intent, intent) } : facts;
    this.current = { ...this.current, ...changes };
    for (const listener of this.listeners) listener(told, by);
    if (!('selection' in changes && Object.keys(changes).length === 1)) this.tellOutdated();
  }

  /** The page cannot tell what is out of date, so it is informed whoever made the change. */
  private tellOutdated(): void {
    const outdated = this.outdated();
    if (JSON.stringify(outdated) === JSON.stringify(this.current.outdated)) return;
    this.current = { ...this.current, outdated };
    for (const listener of this.listeners) listener({ outdated }, 'host');
  }

  view(analysis: Analysis): ViewState<AnyData> {
    return this.current[analysis];
  }

  set(analysis: Analysis, state: ViewState<AnyData>): void {
    this.push({ [analysis]: state });
  }

  data(analysis: Analysis): AnyData | null {
    return shownData(this.view(analysis));
  }

  /** The origin of the shown result; null without a result. */
  origin(analysis: Analysis): Origin | null {
    return this.data(analysis) === null ? null : this.slots[analysis].origin;
  }

  /** The tokens on screen and their text: from the first of `order` that shows any. */
  prompt(order: readonly Analysis[]): { prompt: Prompt; text: string } | null {
    for (const analysis of [...order, ...analysisNames]) {
      const origin = this.origin(analysis);
      const data = this.data(analysis);
      if (origin && data) return { prompt: data.prompt, text: origin.source.text };
    }
    return null;
  }

  running({ loading, progress, startedAt }: Run, analysis: Analysis, now: number): void {
    this.set(analysis, working(this.view(analysis), loading, progress, now - startedAt));
  }

  /** Makes the view show the run's result so far, with the text that it is about. Sent to the page with the next push. */
  keepPartial({ analysis, made, partial, progress }: Run, elapsedMs: number): void {
    if (!partial) return;
    Object.assign(this.slots[analysis], { origin: partial.origin, made });
    const state: ViewState<AnyData> = { kind: 'running', previous: partial.data, progress, elapsedMs };
    this.current = { ...this.current, [analysis]: state };
  }

  fail(analysis: Analysis, problem: Problem): void {
    this.set(analysis, failed(this.view(analysis), problem));
  }

  /** Records up to which token the result still holds for the text of `source`. */
  outdate(analysis: Analysis, source: PromptSource | null): void {
    const { origin } = this.slots[analysis];
    const changedAt = origin && source ? changedFrom(origin.source, source) : undefined;
    const exact = ({ prompt }: AnyData) => exactTokens(prompt, changedAt ?? Number.POSITIVE_INFINITY);
    this.set(analysis, outdated(this.view(analysis), exact));
  }

  /** Numbers of another model's file stay, marked, until they are computed again. */
  outdateAll(source: PromptSource | null): void {
    for (const analysis of analysisNames) if (this.data(analysis)) this.outdate(analysis, source);
  }
}

/** The file offset before which both versions are read alike; undefined where they are the same. Values may stand anywhere. */
function changedFrom(before: PromptSource, after: PromptSource): number | undefined {
  return sameFilling(before, after) ? textChange(before.text, after.text)?.start : 0;
}

/** The result that this state still shows, if any. */
export function shownData<T>(state: ViewState<T>): T | null {
  if (state.kind === 'ready' || state.kind === 'stale') return state.data;
  return state.kind === 'running' || state.kind === 'failed' ? state.previous : null;
}

/** The run continues. While the model loads and there is no result, the view says so instead of showing an empty one. */
export function working<T>(
  state: ViewState<T>,
  loadingModel: boolean,
  progress: Progress | null,
  elapsedMs: number,
): ViewState<T> {
  const previous = shownData(state);
  return loadingModel && previous === null
    ? { kind: 'loadingModel', progress, elapsedMs }
    : { kind: 'running', previous, progress, elapsedMs };
}

export function finished<T>(data: T, runMs: number, at: number): ViewState<T> {
  return { kind: 'ready', data, runMs, at };
}

export function failed<T>(state: ViewState<T>, problem: Problem): ViewState<T> {
  return { kind: 'failed', problem, previous: shownData(state) };
}

/** The text changed and no run is active: the result is kept, with the token up to which it still holds. */
export function outdated<T>(state: ViewState<T>, exactTokens: (data: T) => number): ViewState<T> {
  const data = shownData(state);
  return data === null ? { kind: 'empty' } : { kind: 'stale', data, exactTokens: exactTokens(data) };
}

/** The entries of `after` that differ from those in `before`; values are compared by content. */
export function changedKeys<T extends object>(before: T, after: T): Partial<T> {
  const keys = Object.keys(after) as (keyof T)[];
  const changed = keys.filter((key) => JSON.stringify(after[key]) !== JSON.stringify(before[key]));
  return Object.fromEntries(changed.map((key) => [key, after[key]])) as Partial<T>;
}
