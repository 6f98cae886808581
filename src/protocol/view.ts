/** The common parts of all panels: the state of a view, the selection, the file, the actions. Leaf: types only. */

import type { PromptVariable } from './model';
import type { Problem } from './problem';
import type { Progress } from './request';

/** Every state is drawn, so that there is never a blank page. */
export type ViewState<T> =
  | { kind: 'empty' }
  | { kind: 'loadingModel'; progress: Progress | null; elapsedMs: number }
  | { kind: 'running'; previous: T | null; progress: Progress | null; elapsedMs: number }
  | { kind: 'ready'; data: T; runMs: number; at: number }
  | { kind: 'failed'; problem: Problem; previous: T | null }
  /** The text changed: tokens before `exactTokens` are still valid. */
  | { kind: 'stale'; data: T; exactTokens: number };

/** One selection for panel and editor. A hover never changes the locked token. */
export interface Selection {
  /** Token position. */
  locked: number | null;
  hover: number | null;
  layer: number | null;
  head: number | null;
  /** The head that the Attention tab draws, chosen or not; missing until it has drawn one. It is part of the copied command line. */
  drawnLayer?: number;
  drawnHead?: number;
}

/** The file whose text is shown, as the panel names it on every tab. */
export interface ShownFile {
  name: string;
  /** Its folder in the workspace; '' at the workspace's top and outside of it. */
  folder: string;
  /** How it is read, in the user's language; '' for a plain text file. */
  reading: string;
}

/** What the file's reader reported, as the panel shows it. */
export interface ShownReport {
  /** URI of the document that was read. */
  uri: string;
  /** Sentences in the user's language. */
  notes: string[];
  /** In the order of their first appearance. */
  variables: PromptVariable[];
}
