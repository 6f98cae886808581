/** The numbers of a command as a table, for `--csv` and `--html`. */
import type { Cell } from '../protocol/csvText';
import type { Figure } from './figure';

export type { Cell };

export interface Sheet {
  columns: string[];
  rows: Cell[][];
  /** The figure that `--svg` draws of the sheet; absent where there is nothing to draw. */
  figure?: Figure;
}
