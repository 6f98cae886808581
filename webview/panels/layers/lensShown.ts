/** The values for one drawing of the lens, which the section passes to its parts. Types only. */
import type { LayersData } from '../../../src/analysis/logitLens/contract';
import type { LensData } from '../../charts/lens/table';
import type { Followed } from './lensColumns';
import type { LensFacts, Line } from './lensFacts';

export interface LensShown {
  data: LayersData;
  facts: LensFacts;
  positions: readonly number[];
  /** The position whose trajectories are drawn. */
  origin: number;
  chart: LensData;
  lines: readonly Line[];
  follow: readonly (readonly Followed[] | null)[];
}
