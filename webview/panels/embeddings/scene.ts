/** What every section of the Embeddings tab draws from. Types only. */
import type { EmbeddedLayer } from '../../../src/analysis/embeddings/contract';
import type { PanelState } from '../../../src/analysis/panel';
import type { Theme } from '../../base/theme';
import type { EmbeddingFacts } from './facts';

export interface EmbeddingScene {
  state: PanelState;
  theme: Theme;
  facts: EmbeddingFacts;
  /** The layer asked for, and the picture at hand for it (the nearest below while its own is on the way). */
  layer: number;
  picture: EmbeddedLayer;
  exact: boolean;
  failed: boolean;
  /** All pictures at hand, ascending. */
  pictures: readonly EmbeddedLayer[];
  /** Points of the locked token, and those chosen here. */
  locked: readonly number[];
  chosen: readonly number[];
}

/** What the sections ask of the view. */
export interface EmbeddingActions {
  layer(layer: number): void;
  /** The same point again gives it up. */
  lock(point: number): void;
  choose(points: number[], more: boolean): void;
}
