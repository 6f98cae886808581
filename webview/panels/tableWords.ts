/** A sentence on how a table was read. */
import { readingSentence, type TableReading } from '../../src/protocol/tableReading';
import { t } from '../base/strings';

/** Empty if no table was read. */
export function tableWords(reading: TableReading | undefined): string {
  return reading ? readingSentence(reading, t) : '';
}
