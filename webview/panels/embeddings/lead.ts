/** The answer of the Embeddings tab in one sentence: whether the groups lie together, or which two points lie closest. Pure. */
import { t } from '../../base/strings';
import { cosineText } from '../../charts/embeddings/cosineTriangle';
import type { EmbeddingScene } from './scene';
import { layerName } from './words';

export function embeddingsAnswer({ facts, picture }: Pick<EmbeddingScene, 'facts' | 'picture'>): string {
  const { cosine, separation } = picture;
  const where = layerName(picture.layer);
  if (separation) {
    const share = (value: number) => `${Math.round(100 * value)} %`;
    const { neighbours, chance, chanceSpread } = separation;
    const numbers = [share(neighbours), share(chance), where];
    const luck = chance + 2 * chanceSpread;
    // With so few points not even every neighbour in its own group would be more than luck.
    if (luck >= 1)
      return t(
        'Too few points to tell: {0} of the nearest neighbours are of the same group, {1} by chance, and luck alone may reach that ({2}).',
        ...numbers,
      );
    return neighbours > luck
      ? t(
          'Groups lie together: {0} of the nearest neighbours are of the same group, against {1} by chance ({2}).',
          ...numbers,
        )
      : t(
          'Groups do not lie together: {0} of the nearest neighbours are of the same group, against {1} by chance ({2}).',
          ...numbers,
        );
  }
  const pair = cosine && closest(cosine);
  if (!pair) return '';
  const names = pair.points.map((point) => t('“{0}”', facts.names[point]));
  return t('{0} and {1} lie closest, with a cosine of {2} ({3}).', names[0], names[1], cosineText(pair.cosine), where);
}

/** The pair with the highest cosine that are not the same vector; null for fewer than two points. */
function closest(cosine: readonly (readonly number[])[]): { points: [number, number]; cosine: number } | null {
  let best: { points: [number, number]; cosine: number } | null = null;
  cosine.forEach((row, a) => {
    for (let b = a + 1; b < row.length; b++)
      if (row[b] < SAME && (!best || row[b] > best.cosine)) best = { points: [a, b], cosine: row[b] };
  });
  return best;
}

/** From this cosine on, two states are one vector within rounding: the same token before any context reached it. */
const SAME = 0.999_99;
