/** The sentences of the Embeddings tab: what is drawn, on which axes, what is left out, and what may explain a grouping. */
import type { EmbeddedLayer, EmbeddingsIntent } from '../../../src/analysis/embeddings/contract';
import { fixed, grouped, visible } from '../../base/format';
import { inClauses, inList, inProse, t } from '../../base/strings';
import { type EmbeddingFacts, leftOut, meanTokens, unnamedGroups } from './facts';

/** `embedding table`, `after block 10`. */
export function layerName(layer: number): string {
  return layer === 0 ? t('embedding table') : t('after block {0}', layer);
}

/** The heading of the scatter. */
export function pictureTitle({ data }: EmbeddingFacts): string {
  const { plan, texts } = data;
  switch (plan.at) {
    case 'pattern':
      if (texts.length === 1) return t('“{0}” in this prompt', plan.pattern);
      return plan.source === 'open'
        ? t('“{0}” in {1} files', plan.pattern, texts.length)
        : t('“{0}” in {1} lines', plan.pattern, texts.length);
    case 'tokens':
      return texts.length === 1 ? t('Tokens of this prompt') : t('Tokens of {0} texts', texts.length);
    case 'last':
      return texts.length === 1 ? t('The last token') : t('{0} texts, each at its last token', texts.length);
  }
}

export function sourceWords({ data }: EmbeddingFacts, title: string | null): string {
  const { source } = data.plan;
  const count = grouped(data.texts.length);
  switch (source) {
    case 'prompt':
      return title ?? t('this prompt');
    case 'lines':
      return t('{0}, {1} lines', title ?? '', count);
    case 'table':
      return t('{0}, {1} rows', title ?? '', count);
    case 'open':
      return t('{0} open files', count);
  }
}

/** Names of the axes with the variance on each; null if the axes mean nothing. */
export function axisNames({ variance }: EmbeddedLayer, axis: boolean): [string, string] | null {
  if (!variance) return null;
  const [x, y] = variance.map((share) => (share * 100).toFixed(0));
  return [
    axis ? t('the probe’s direction · {0} % of variance', x) : t('PC 1 · {0} % of variance', x),
    axis ? t('PC 1 of the rest · {0} %', y) : t('PC 2 · {0} %', y),
  ];
}

const names = { pca: 'PCA', umap: 'UMAP', tsne: 't-SNE' } as const;

/** The meaning of the axes and how much of the variance they keep. */
export function basisSentence(layer: EmbeddedLayer, intent: EmbeddingsIntent): string {
  const { variance } = layer;
  if (!variance)
    return t(
      '{0}, seed {1}: only neighbourhoods have a meaning; axes, distances and sizes of clusters have none.',
      names[intent.method],
      intent.seed,
    );
  const share = fixed((variance[0] + variance[1]) * 100, 0);
  const frozen = intent.method === 'pca' && intent.basis === 'frozen' && intent.basisLayer !== layer.layer;
  const kept = t('The two axes keep {0} % of the variance.', share);
  const given = intent.method === 'pca' && intent.axis !== null;
  if (given)
    return inProse([
      kept,
      t('The first axis is a probe’s direction, the second the direction that varies most besides it.'),
      t('Both axes have the same unit.'),
    ]);
  const where = frozen
    ? t('They are fitted to block {0} and used for all blocks.', intent.basisLayer)
    : t('They are fitted to this block; signs follow the block before, so that points do not flip.');
  return inProse([kept, where, t('Both axes have the same unit.')]);
}

/** Says that PCA is shown instead of the chosen method, because there are fewer points than a neighbourhood method needs. */
export function fallbackSentence(layer: EmbeddedLayer, method: EmbeddingsIntent['method']): string {
  return method !== 'pca' && layer.variance !== null
    ? t('There are too few points for {0}, so this is PCA.', names[method])
    : '';
}

/** Equal tokens have the same vector until attention distinguishes their places. */
export function sameSentence({ compared }: EmbeddingFacts, { cosine }: EmbeddedLayer): string {
  const same = compared > 1 && cosine?.every((row) => row.every((value) => value > 0.9999));
  return same ? t('All {0} points are the same vector here: no context has reached them yet.', compared) : '';
}

/** Empty when nothing is left out. */
export function leftOutSentence(facts: EmbeddingFacts): string {
  const { first, others } = leftOut(facts);
  const parts = [
    ...(first === 1 ? [t('the first token')] : first > 1 ? [t('{0} first tokens', first)] : []),
    ...others.slice(0, 4).map(({ text, count }) => (count === 1 ? text : `${count} × ${text}`)),
    ...(others.length > 4 ? [t('{0} more', others.length - 4)] : []),
  ];
  return parts.length === 0 ? '' : t('Left out because of a massive norm: {0}.', inList(parts));
}

export function cutSentence({ data: { result } }: EmbeddingFacts): string {
  const { found, points } = result;
  return found > points.length
    ? t('{0} tokens match; the first {1} are drawn.', grouped(found), grouped(points.length))
    : '';
}

/** The control: whether the groups differ even in their number of tokens. Empty without groups. */
export function controlSentence(facts: EmbeddingFacts): string {
  const { groups, data } = facts;
  if (groups.length < 2 || data.texts.length < 2) return '';
  const means = meanTokens(facts).sort((a, b) => b.tokens - a.tokens);
  const [most, least] = [means[0], means[means.length - 1]];
  if (most.tokens - least.tokens < 0.05)
    return t(
      'Control: all groups have the same number of tokens before the point, {0} on average.',
      fixed(most.tokens, 1),
    );
  return t(
    'Control: the groups differ in their number of tokens, from {0} ({1}) to {2} ({3}). They may lie apart for that reason alone.',
    fixed(least.tokens, 1),
    groupName(least.group),
    fixed(most.tokens, 1),
    groupName(most.group),
  );
}

/** Paragraphs of a list are named by numbers. */
export function groupName(group: string): string {
  return /^\d+$/.test(group) ? t('group {0}', group) : group;
}

export function othersWords(facts: EmbeddingFacts): string {
  const count = unnamedGroups(facts);
  return count === 0 ? '' : t('{0} smaller groups', count);
}

/** One line about a point, for the screen reader and the card. */
export function pointLine(facts: EmbeddingFacts, index: number): string {
  const { group, text, position } = facts.points[index];
  const parts = [
    facts.names[index],
    group === null ? '' : groupName(group),
    t('token {0} {1}', position + 1, visible(text)),
  ];
  return inClauses(parts);
}
