/** What every panel has in common, whatever it shows: the state of a view, the selection, the file, the actions. Leaf: types only. */

import type { Problem } from './problem';
import type { Progress } from './request';

/** Each is drawn: no blank page, ever. */
export type ViewState<T> =
  | { kind: 'empty' }
  | { kind: 'loadingModel'; progress: Progress | null; elapsedMs: number }
  | { kind: 'running'; previous: T | null; progress: Progress | null; elapsedMs: number }
  | { kind: 'ready'; data: T; runMs: number; at: number }
  | { kind: 'failed'; problem: Problem; previous: T | null }
  /** The text changed: tokens before `exactTokens` still hold. */
  | { kind: 'stale'; data: T; exactTokens: number };

/** One selection for panel and editor. A hover never changes what is locked. */
export interface Selection {
  /** Token position. */
  locked: number | null;
  hover: number | null;
  layer: number | null;
  head: number | null;
  /** The head that the Attention tab draws, chosen or not; missing until it has drawn one. For the copied command line. */
  drawnLayer?: number;
  drawnHead?: number;
}

/** By its format; plain = of no format that is read, and so taken as it stands; selection = a part of it, as it stands. */
export type Reading = 'text' | 'promptMd' | 'prompty' | 'dotprompt' | 'chatJson' | 'table' | 'plain' | 'selection';

/** The file whose text is shown, as the panel names it on every tab. */
export interface ShownFile {
  name: string;
  /** In the workspace; '' at its top and outside of it. */
  folder: string;
  reading: Reading;
}
