/** The text under the table: the scale of its tint with the domain, and how to read and use it. */
import { el } from '../../base/dom';
import { t } from '../../base/strings';
import { rampCss, type Theme } from '../../base/theme';
import { fullEntropy, type LensTint, tintColour } from '../../charts/lens/cells';
import type { LensFacts } from './lensFacts';

/** Name and ends of the scale. */
export function scaleWords(tint: LensTint): [string, string, string] {
  return {
    top: [t('probability'), '0', '1'] as [string, string, string],
    entropy: [t('entropy'), '0', t('{0}+ nats', fullEntropy)] as [string, string, string],
    change: [t('change by the block, total variation'), '0', '1'] as [string, string, string],
  }[tint];
}

export function lensScale(theme: Theme, tint: LensTint, facts: Pick<LensFacts, 'rows'>): Node[] {
  const stops = Array.from({ length: 11 }, (_, step) => tintColour(theme, tint, step / 10));
  const [name, from, to] = scaleWords(tint);
  const item = (...content: (Node | string)[]) => el('span', { class: 'it' }, ...content);
  return [
    item(
      name,
      el('span', { class: 'mono' }, from),
      el('span', { class: 'ramp', style: { background: rampCss(stops) } }),
      el('span', { class: 'mono' }, to),
    ),
    item(el('b', { class: 'lens-hit' }, t('bold, underlined')), t('the token that actually follows')),
    item(t('0 = embeddings, {0} = the answer', facts.rows - 1)),
    item(t('right: rank of the followed tokens, logarithmic')),
    el(
      'span',
      { class: 'no-export' },
      t(
        'Click a token to follow it, a heading to lock its position. Keys: arrows, Enter, space; [ and ] choose a row.',
      ),
    ),
  ];
}
