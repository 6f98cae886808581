/** The legend under the saliency text: what marks mean, where they are cut, what adds up to what. For the saliency tab. */
import { fixed, probability } from '../../base/format';
import { t } from '../../base/strings';
import type { LegendItem } from '../../charts/saliencyLegend';
import type { SaliencyShown } from './shown';
import { domain, unitsName } from './words';

/** Domains of the lanes drawn: `knock-out ±0.56 · attn 0.052`. */
function domains({ lanes, intent }: SaliencyShown): string {
  const drawn = intent.style === 'bars' ? lanes : lanes.slice(0, 1);
  const known = drawn.filter(({ full }) => full > 0);
  return known.map(({ label, full, signed }) => `${label} ${signed ? '±' : ''}${domain(full)}`).join(' · ');
}

export function legendItems(shown: SaliencyShown): LegendItem[] {
  const { lanes, intent, standIns } = shown;
  const drawn = intent.style === 'bars' ? lanes : lanes.slice(0, 1);
  if (drawn.length === 0) return [];
  const hasSigned = drawn.some((lane) => lane.signed);
  const items: LegendItem[] = [];
  if (hasSigned && intent.style === 'bars')
    items.push(
      { swatch: 'up', text: t('up: supports the target') },
      { swatch: 'down', text: t('down, hatched: works against it') },
    );
  if (hasSigned && intent.style === 'heat')
    items.push(
      { swatch: 'tintUp', text: t('▲ supports the target') },
      { swatch: 'tintDown', text: t('▽ works against it') },
    );
  if (hasSigned && intent.style === 'underline')
    items.push(
      { swatch: 'ruleUp', text: t('solid: supports the target') },
      { swatch: 'ruleDown', text: t('dashed: works against it') },
    );
  if (drawn.some((lane) => !lane.signed)) items.push({ swatch: 'grey', text: t('grey: how much, not which way') });
  if (intent.style === 'bars' && domains(shown)) items.push({ swatch: 'cut', text: t('cut at {0}', domains(shown)) });
  if (intent.style !== 'bars' && domains(shown)) items.push({ swatch: null, text: t('full at {0}', domains(shown)) });
  if (standIns && drawn[0].method === 'occlusion')
    items.push(
      intent.style === 'bars'
        ? { swatch: 'hollow', text: t('hollow: score of the whole, by {0}', unitsName(standIns.by)) }
        : { swatch: null, text: t('pale: score of the whole, by {0}', unitsName(standIns.by)) },
    );
  if (drawn.some((lane) => lane.scores.includes(null)))
    items.push({ swatch: 'unknown', text: t('dotted: not known yet') });
  return items;
}

/** Sentences after the marks. */
export function legendNotes({ methods, result }: SaliencyShown): string[] {
  const notes: string[] = [];
  const summed = methods.some(({ method }) => method !== 'occlusion');
  if (summed && result.by !== 'token') notes.push(t('gradients and attention: a unit is the sum of its tokens'));
  if (methods.some(({ method }) => method === 'attention')) notes.push(t('attention leaves the first token out'));
  for (const { completeness } of methods) {
    if (!completeness) continue;
    const { sum, difference } = completeness;
    notes.push(
      t('integrated gradients of all tokens add up to {0}; exact would be {1}', fixed(sum), fixed(difference)),
    );
  }
  if (!result.target.contrast && methods.length > 0)
    notes.push(t('target’s probability {0}', probability(Math.exp(result.target.logprob))));
  return notes;
}
