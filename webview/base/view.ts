/**
 * The interface between a tab and the shell. A view owns one element, draws the state it is given and sends requests through its
 * context; the shell owns tabs, chips, states, footer and exports. Types, and the readings of a ViewState that every view needs.
 */

import type { Analysis, Tab } from '../../src/analysis/contracts';
import type { Intent, PanelAction, PanelState } from '../../src/analysis/panel';
import type { Problem } from '../../src/protocol/problem';
import type { Selection, ViewState } from '../../src/protocol/view';
import type { TableTwin } from './a11y';
import type { HostChannel } from './api';
import type { Term } from './glossary';
import type { Theme } from './theme';

/** The facts a tab can draw; each has a state of its own in PanelState. */
export type ViewKey = Analysis;

const allViews: Record<ViewKey, true> = {
  ...{ probabilities: true, repeat: true, attention: true, saliency: true, layers: true, heads: true, examples: true },
  ...{ patching: true, embeddings: true, lie: true, answer: true, probe: true },
};
export const viewKeys = Object.keys(allViews) as ViewKey[];

/** The data of any one of them. */
export type ViewData = PanelState[ViewKey] extends ViewState<infer T> ? T : never;

export interface ViewContext {
  channel: HostChannel;
  /** The current theme; after a change of theme the shell calls `update` with every key. */
  theme(): Theme;
  state(): PanelState;
  /** Changes the one selection of panel and editor: applied at once and sent to the host. */
  select(change: Partial<Selection>): void;
  /** Applied at once, sent to the host, kept across reloads. */
  setIntent(change: Partial<Intent>): void;
  /** Runs a command of the host; the shell shows a refusal. */
  action(action: PanelAction): void;
  /** Reveals the token in the editor. */
  reveal(position: number): void;
  announce(text: string): void;
  /** The view's figures changed outside an update (a slice arrived, a choice within the view), so its answer may be another one. */
  answered(): void;
  /** Calls back with the element's content width (whole pixels) at once and whenever it changes. */
  onWidth(element: HTMLElement, listener: (width: number) => void): () => void;
  /** Shows the one floating card; null hides it. It never takes the pointer. */
  card(anchor: Element | null, ...content: Node[]): void;
}

export interface ViewExports {
  /** A standalone `<svg …>` document. */
  svg?(): string;
  /** The table that is written as CSV; default: the table twin. */
  csv?(): TableTwin;
  /** The view's own part of the JSON; the shell adds model, runtime, prompt and settings. */
  json?(): unknown;
}

export interface ViewRemedy {
  label: string;
  onChoose(): void;
}

/** The one question of a tab, and its answer in one computed sentence; '' until the figures for it are there. */
export interface Lead {
  question: string;
  answer: string;
}

export interface View {
  tab: Tab;
  element: HTMLElement;
  /** The two halves of the line on what the tab shows and cannot tell, already translated, without a leading capital. */
  about: { shows: string; cannotTell: string };
  /** Called after `update`, and without data too. */
  lead(): Lead;
  /** The words of the glossary that help to read this tab. */
  readonly terms: readonly Term[];
  /** The title shown while the facts that the tab draws are computed. */
  running(): string;
  /** Choices of this view that help against a problem, offered after the commands that help everywhere. */
  remedies?(problem: Problem): ViewRemedy[];
  /** The facts that the tab draws at the moment; without this method, those of the tab's own name. */
  stateKey?(state: PanelState): ViewKey;
  /**
   * True if the view is shown and updated without data too (a form to fill in, controls that led to a failure); its states are
   * then banners above it.
   */
  standsAlone?(state: PanelState): boolean;
  /**
   * Called only with data to draw (see `viewData`), or where the view stands alone. `changed` holds every key on the first call,
   * after a change of theme and when the tab turned to other facts.
   */
  update(state: PanelState, changed: ReadonlySet<keyof PanelState>): void;
  dispose(): void;
  /** Chips of this view, placed after those of the shell (locked token, target). */
  chips?(): HTMLElement[];
  /** Handles Esc: unlocks the view's own locks. */
  unlock?(): void;
  /** Handles the keys that belong to this view ([ ] blocks, H heads); true if the key was handled. */
  key?(event: KeyboardEvent): boolean;
  /** Called when the command "Generate Next Tokens" ran. */
  generate?(): void;
  /** Called when the line above the text, with its tokens and perplexity, was clicked. */
  showFigures?(): void;
  exports?(): ViewExports;
  table?(): TableTwin;
  /** Twins of the view's other charts, shown under the first. */
  moreTables?(): TableTwin[];
}

/** The intent change for one tab's own choices, for `setIntent`. */
export function chosen<T extends Tab>(
  { state }: Pick<ViewContext, 'state'>,
  tab: T,
  change: Partial<Intent[T]>,
): Pick<Intent, T> {
  return { [tab]: { ...state().intent[tab], ...change } } as Pick<Intent, T>;
}

export type CreateView = (context: ViewContext) => View;

export function viewState(state: PanelState, key: ViewKey): ViewState<ViewData> {
  return state[key];
}

/** The data to draw: the result itself, or the previous one while another is under way or after a failure. */
export function viewData<T>(state: ViewState<T>): T | null {
  switch (state.kind) {
    case 'ready':
    case 'stale':
      return state.data;
    case 'running':
    case 'failed':
      return state.previous;
    default:
      return null;
  }
}

/** True if some of its numbers are not known, because the run goes on or was given up. */
export function isPartial(data: ViewData): boolean {
  if ('part' in data) return true;
  const result = 'result' in data ? data.result : null;
  if (!result) return false;
  if ('complete' in result) return !result.complete;
  return 'map' in result && result.map !== null && !result.map.complete;
}

/** The number of tokens at the start that still hold; all of them unless the text changed since. */
export function exactTokens<T>(state: ViewState<T>): number {
  return state.kind === 'stale' ? state.exactTokens : Number.POSITIVE_INFINITY;
}

/** Changes that the shell shows and no chart of a prompt depends on. */
export const undrawn: ReadonlySet<keyof PanelState> = new Set(['outdated', 'text', 'report', 'live', 'elsewhere']);

/** Every key of the state, for a first update. */
export const allKeys: ReadonlySet<keyof PanelState> = new Set([
  'title',
  'file',
  'elsewhere',
  'text',
  'model',
  'runtime',
  'intent',
  'selection',
  'baseline',
  'continuations',
  'typed',
  ...viewKeys,
  'outdated',
  'live',
]);
