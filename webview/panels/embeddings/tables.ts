/** Table twins of the Embeddings tab: the points at the layer shown, their similarities, and the curves over the layers. */
import type { EmbeddedLayer } from '../../../src/analysis/embeddings/contract';
import type { TableTwin } from '../../base/a11y';
import { t } from '../../base/strings';
import type { EmbeddingFacts } from './facts';
import { layerName } from './words';

export function pointsTable({ points, names, data, drawn }: EmbeddingFacts, { layer, x, y }: EmbeddedLayer): TableTwin {
  return {
    caption: t('Points, {0}', layerName(layer)),
    columns: [t('name'), t('token'), t('text'), t('position'), t('group'), 'x', 'y', t('around it')],
    names: ['name', 'text', 'file', 'positionFrom1', 'group', 'x', 'y', 'context'],
    rows: points.map(({ text, source, position, group, context }, index) => [
      names[index],
      text,
      data.texts[source]?.label ?? '',
      position + 1,
      group,
      index < drawn ? x[index] : null,
      index < drawn ? y[index] : null,
      context,
    ]),
  };
}

export function cosineTable({ names, compared }: EmbeddingFacts, { layer, cosine }: EmbeddedLayer): TableTwin | null {
  if (!cosine) return null;
  const own = names.slice(0, compared);
  return {
    caption: t('Cosine of every pair, {0}', layerName(layer)),
    columns: ['', ...own],
    rows: cosine.map((row, index) => [own[index], ...row]),
  };
}

export function separationTable(layers: readonly EmbeddedLayer[]): TableTwin | null {
  const rows = layers.flatMap(({ layer, separation: s }) =>
    s ? [[layer, s.within, s.across, s.neighbours, s.chance, s.chanceSpread]] : [],
  );
  if (rows.length === 0) return null;
  return {
    caption: t('How far the groups lie apart, layer by layer'),
    columns: [
      t('layer'),
      t('cosine, same group'),
      t('cosine, across groups'),
      t('neighbours from the same group'),
      t('by chance'),
      t('spread of chance'),
    ],
    rows,
  };
}
