/**
 * The steps that a view's state can take, as pure functions of (state, event). Each keeps what can still be shown: a result stays on screen
 * while the next one is being computed, after a failure, and when the text has changed.
 */

import type { Problem } from '../../protocol/problem';
import type { Progress } from '../../protocol/request';
import type { ViewState } from '../../protocol/view';

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
