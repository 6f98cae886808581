/** One picture of the lens: everything its parts draw, put together by the section. Types only. */
import type { LayersData } from '../../../src/analysis/logitLens/contract';
import type { LensData } from '../../charts/lens/table';
import type { Followed } from './lensColumns';
import type { LensFacts, Line } from './lensFacts';

export interface LensShown {
  data: LayersData;
  facts: LensFacts;
  positions: readonly number[];
  /** Position whose trajectories are drawn. */
  origin: number;
  chart: LensData;
  lines: readonly Line[];
  follow: readonly (readonly Followed[] | null)[];
}
