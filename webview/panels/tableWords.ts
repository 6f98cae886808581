/** What was read of a table, in one sentence. For the views that read tables. */
import { readingSentence, type TableReading } from '../../src/protocol/tableReading';
import { t } from '../base/strings';

/** Empty where nothing was a table. */
export function tableWords(reading: TableReading | undefined): string {
  return reading ? readingSentence(reading, t) : '';
}
