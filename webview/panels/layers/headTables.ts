/** Every head with all of its values as rows, the strongest first. */
import type { HeadMap } from '../../../src/analysis/heads/contract';
import type { TableTwin } from '../../base/a11y';
import { t } from '../../base/strings';
import type { HeadRef } from '../../charts/attention/ranking';
import { type HeadMeasure, headCell, headCells, headMeasures, strongestHeads } from './headFacts';
import { measureOption } from './headWords';

export function headsTwin(map: HeadMap | null, measure: HeadMeasure): TableTwin {
  const rows = map
    ? everyHead(map, measure).map(({ layer, head }) => {
        const ref = { layer, head };
        const values = headMeasures.filter((other) => other !== 'knockout').map((m) => headCell(map, m, ref).value);
        const estimate = map.preview?.[layer]?.[head] ?? null;
        return [layer, head, map.knockout[layer][head], estimate, ...values];
      })
    : [];
  return {
    caption: t('All heads, the strongest by {0} first', measureOption(measure).label),
    columns: [
      t('block'),
      t('head'),
      t('Knock-out, nats'),
      t('its estimate'),
      ...headMeasures.filter((other) => other !== 'knockout').map((other) => measureOption(other).label),
    ],
    rows,
  };
}

/** The strongest come first, heads without a value last. */
function everyHead(map: HeadMap, measure: HeadMeasure): HeadRef[] {
  const cells = headCells(map, measure);
  const unknown = cells.flatMap((row, layer) =>
    row.flatMap(({ value }, head) => (value === null ? [{ layer, head }] : [])),
  );
  return [...strongestHeads(cells), ...unknown];
}
