/** The values from which every section of the Embeddings tab draws. Types only. */
import type { EmbeddedLayer } from '../../../src/analysis/embeddings/contract';
import type { PanelState } from '../../../src/analysis/panel';
import type { Theme } from '../../base/theme';
import type { EmbeddingFacts } from './facts';

export interface EmbeddingScene {
  state: PanelState;
  theme: Theme;
  facts: EmbeddingFacts;
  /** The layer asked for, and the available picture for it (the nearest below while its own is loading). */
  layer: number;
  picture: EmbeddedLayer;
  exact: boolean;
  failed: boolean;
  /** All available pictures, in ascending order. */
  pictures: readonly EmbeddedLayer[];
  /** Points of the locked token, and those chosen in this tab. */
  locked: readonly number[];
  chosen: readonly number[];
}

/** The actions that the sections can request from the view. */
export interface EmbeddingActions {
  layer(layer: number): void;
  /** Locking the same point again unlocks it. */
  lock(point: number): void;
  choose(points: number[], more: boolean): void;
}
