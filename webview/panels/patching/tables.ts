/** The Patching tab's maps as rows, for the table twin and CSV. */
import type { TableTwin } from '../../base/a11y';
import { t } from '../../base/strings';
import { type PatchFacts, patchedValue } from './facts';
import { rowName } from './words';

export function residualTable({ map, names, start, blocks }: PatchFacts): TableTwin {
  return {
    caption: t('Residual stream of the second prompt put into this one'),
    columns: [
      t('position'),
      t('token'),
      t('second'),
      t('place'),
      t('row'),
      t('recovered'),
      t('preview'),
      t('target with this patch'),
    ],
    names: ['positionFrom1', 'token', 'second', 'place', 'row', 'recovery', 'preview', 'patchedTarget'],
    rows: names.slice(start).flatMap(({ first, second }, index) =>
      map.residual.map((shares, row) => {
        const position = start + index;
        const share = shares[position];
        const patched = share === null ? null : patchedValue(map, share);
        const preview = map.residualPreview?.[row][position] ?? null;
        return [position + 1, first, second, rowName(row, blocks), row, share, preview, patched];
      }),
    ),
  };
}

export function headsTable({ map }: PatchFacts): TableTwin {
  return {
    caption: t('One head’s output of the second prompt put into this one'),
    columns: [t('block'), t('head'), t('recovered'), t('preview'), t('target with this patch')],
    names: ['layer', 'head', 'recovery', 'preview', 'patchedTarget'],
    rows: map.heads.flatMap((shares, layer) =>
      shares.map((share, head) => [
        layer,
        head,
        share,
        map.headsPreview?.[layer][head] ?? null,
        share === null ? null : patchedValue(map, share),
      ]),
    ),
  };
}
