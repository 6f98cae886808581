/**
 * What a tab is to the shell. A view owns one element, draws the state it is given and asks through its context; the shell owns
 * tabs, chips, states, footer and exports. Types, and the readings of a ViewState that every view needs.
 */

import type { Analysis, Tab } from '../../src/analysis/contracts';
import type { Intent, PanelAction, PanelState } from '../../src/analysis/panel';
import type { Selection, ViewState } from '../../src/protocol/view';
import type { TableTwin } from './a11y';
import type { HostChannel } from './api';
import { t } from './strings';
import type { Theme } from './theme';

/** The facts a tab can draw: each is a state of its own in PanelState. */
export type ViewKey = Analysis;

/** What is said of each while it is computed. */
const runningTitles: Record<ViewKey, () => string> = {
  probabilities: () => t('Scoring every token'),
  repeat: () => t('Computing it again, in every way'),
  attention: () => t('Reading the attention'),
  saliency: () => t('Leaving out one part after another'),
  layers: () => t('Reading every layer'),
  heads: () => t('Silencing one head after another'),
  examples: () => t('Leaving out one example after another'),
  patching: () => t('Patching one place after another'),
  embeddings: () => t('Reading the states'),
  lie: () => t('Reading one statement after another'),
  answer: () => t('Answering, then reading the answer'),
  probe: () => t('Fitting a probe to every layer'),
};
export const viewKeys = Object.keys(runningTitles) as ViewKey[];

export const runningTitle = (key: ViewKey): string => runningTitles[key]();

/** Whatever one of them holds. */
export type ViewData = PanelState[ViewKey] extends ViewState<infer T> ? T : never;

export interface ViewContext {
  channel: HostChannel;
  /** As it is now; the shell calls `update` with every key after a change of theme. */
  theme(): Theme;
  state(): PanelState;
  /** One selection for panel and editor: applied at once, told to the host. */
  select(change: Partial<Selection>): void;
  /** Applied at once, told to the host, kept across reloads. */
  setIntent(change: Partial<Intent>): void;
  /** A command of the host; a refusal is shown by the shell. */
  action(action: PanelAction): void;
  /** Shows in the editor. */
  reveal(position: number): void;
  announce(text: string): void;
  /** Calls back with the element's content width now and whenever it changes (whole pixels). */
  onWidth(element: HTMLElement, listener: (width: number) => void): () => void;
  /** The one floating card; null hides it. It never takes the pointer. */
  card(anchor: Element | null, ...content: Node[]): void;
}

export interface ViewExports {
  /** A standalone `<svg …>` document. */
  svg?(): string;
  /** Default: the table twin. */
  csv?(): string;
  /** The view's own part of the JSON; the shell adds model, runtime, prompt and settings. */
  json?(): unknown;
}

export interface View {
  tab: Tab;
  element: HTMLElement;
  /** The two halves of the honest line, already translated, without a leading capital. */
  about: { shows: string; cannotTell: string };
  /** Which facts the tab draws now; without it those of the tab's own name. */
  stateKey?(state: PanelState): ViewKey;
  /** True: the view is shown and updated without data too (a form to fill in, controls that led to a failure); its states are
   *  banners above it. */
  standsAlone?(state: PanelState): boolean;
  /** Called only with data to draw (see `viewData`), or where the view stands alone. `changed` holds every key on the first call,
   *  after a change of theme and when the tab turned to other facts. */
  update(state: PanelState, changed: ReadonlySet<keyof PanelState>): void;
  dispose(): void;
  /** Chips of this view, after those of the shell (locked token, target). */
  chips?(): HTMLElement[];
  /** Esc: gives up the view's own locks. */
  unlock?(): void;
  /** Keys of the rule that belong to this view ([ ] blocks, H heads); true when taken. */
  key?(event: KeyboardEvent): boolean;
  /** The command "Generate Next Tokens" ran. */
  generate?(): void;
  exports?(): ViewExports;
  table?(): TableTwin;
  /** Twins of the view's other charts, shown under the first. */
  moreTables?(): TableTwin[];
}

/** A change of what was chosen on one tab, for `setIntent`. */
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

/** What there is to draw: the result itself, or the previous one while another is under way or after a failure. */
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

/** Some of its numbers are not known: the run goes on, or was given up. */
export function isPartial(data: ViewData): boolean {
  const result = 'result' in data ? data.result : null;
  if (!result) return false;
  if ('complete' in result) return !result.complete;
  return 'map' in result && result.map !== null && !result.map.complete;
}

/** Tokens before this position still hold; all of them unless the text changed since. */
export function exactTokens<T>(state: ViewState<T>): number {
  return state.kind === 'stale' ? state.exactTokens : Number.POSITIVE_INFINITY;
}

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
  ...viewKeys,
  'outdated',
  'live',
]);
