/** The attention tab as rows: head summaries, and the weights of the chosen heads. */
import type { HeadSummary } from '../../../src/analysis/attention/contract';
import type { TableTwin } from '../../base/a11y';
import { t } from '../../base/strings';
import type { HeadRef, Measure, RankedHead } from '../../charts/attention/ranking';
import { headName } from './choice';
import type { ShownWeights } from './heads';
import { headTitle, measureOption } from './words';

/** Every head with its summaries, best first under the measure in use. */
export function headsTable(
  summaries: readonly HeadSummary[],
  best: readonly RankedHead[],
  measure: Measure,
): TableTwin {
  const between = measure === 'answers' || measure === 'locked';
  const rows = best.map(({ layer, head, value }) => {
    const own = summaries.find((summary) => summary.layer === layer && summary.head === head);
    const numbers = own ? [own.sinkMass, own.previousToken, own.induction, own.diagonal, own.entropy] : [];
    return [layer, head, ...(between ? [value] : []), ...numbers];
  });
  return {
    caption: t('All {0} heads, by {1}', summaries.length, measureOption(measure).label),
    columns: [
      t('block'),
      t('head'),
      ...(between ? [measureOption(measure).label] : []),
      t('first token'),
      t('previous token'),
      t('induction'),
      t('itself'),
      t('entropy in nats'),
    ],
    names: [
      ...['layer', 'head', ...(between ? [measure] : [])],
      ...['sinkMass', 'previousToken', 'induction', 'diagonal', 'entropy'],
    ],
    rows,
  };
}

/** The drawn weights, one row for each pair that has one, queries ascending. */
export function weightsTable(shown: ShownWeights, names: readonly string[], heads: readonly HeadRef[]): TableTwin {
  const tokens = names.length;
  const rows: TableTwin['rows'] = [];
  for (let query = 0; query < tokens; query++)
    for (let key = 0; key <= query; key++) {
      const cell = query * tokens + key;
      const weight = shown.weights[cell];
      if (!(weight > 0)) continue;
      const head = shown.winner ? headName(heads[shown.winner[cell]] ?? heads[0]) : headName(heads[0]);
      rows.push([query + 1, names[query], key + 1, names[key], weight, head]);
    }
  return {
    caption: headTitle(heads),
    columns: [t('query'), t('query token'), t('key'), t('key token'), t('weight'), t('block.head')],
    names: ['queryFrom1', 'queryText', 'keyFrom1', 'keyText', 'weight', 'head'],
    rows,
  };
}
