/** The legend under the saliency text: the meaning of the marks, where they are cut, which scores add up to which value. */
import type { Completeness } from '../../../src/analysis/saliency/contract';
import { fixed, probability } from '../../base/format';
import { t } from '../../base/strings';
import type { LegendItem } from '../../charts/saliency/legend';
import { pending } from '../../charts/saliency/scores';
import type { SaliencyShown } from './shown';
import { domain, methodName, unitsName } from './words';

/** Domains of the lanes drawn: `knock-out ±0.56 · attn 0.052`. */
function domains({ lanes, intent }: SaliencyShown): string {
  const drawn = intent.style === 'bars' ? lanes : lanes.slice(0, 1);
  const known = drawn.filter(({ full, unreliable }) => full > 0 && !unreliable);
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
  if (drawn.some((lane) => !lane.signed)) items.push({ swatch: 'grey', text: t('grey: strength without direction') });
  if (intent.style === 'bars' && domains(shown)) items.push({ swatch: 'cut', text: t('cut at {0}', domains(shown)) });
  if (intent.style !== 'bars' && domains(shown)) items.push({ swatch: null, text: t('full at {0}', domains(shown)) });
  if (standIns && drawn[0].method === 'occlusion')
    items.push(
      intent.style === 'bars'
        ? { swatch: 'hollow', text: t('hollow: score of the whole, by {0}', unitsName(standIns.by)) }
        : { swatch: null, text: t('pale: score of the whole, by {0}', unitsName(standIns.by)) },
    );
  if (drawn.some((lane) => pending(lane) > 0)) items.push({ swatch: 'unknown', text: t('dotted: not known yet') });
  if (drawn.some((lane) => lane.unscored.size > 0))
    items.push({
      swatch: 'unscored',
      text: t('no score: the target is read inside it, where knock-out hides nothing'),
    });
  if (drawn.some((lane) => lane.unreliable)) items.push({ swatch: 'unreadable', text: t('crossed out: not reliable') });
  return items;
}

export interface LegendNote {
  text: string;
  /** True if something is wrong with the scores. */
  warning: boolean;
}

/** Sentences after the marks, one per line; warnings first. */
export function legendNotes({ methods, result, running }: SaliencyShown): LegendNote[] {
  const warnings: string[] = [];
  const notes: string[] = [];
  for (const { method, completeness } of methods) {
    if (!completeness) continue;
    if (completeness.reliable) notes.push(completeWords(completeness));
    else warnings.push(unreliableWords(methodName(method, result.operator), completeness, running));
  }
  const summed = methods.some(({ method }) => method !== 'occlusion');
  if (summed && result.by !== 'token') notes.push(t('gradients and attention: a unit is the sum of its tokens'));
  if (methods.some(({ method }) => method === 'attention')) notes.push(t('attention leaves the first token out'));
  if (!result.target.contrast && methods.length > 0)
    notes.push(t('target’s probability {0}', probability(Math.exp(result.target.logprob))));
  return [...warnings.map((text) => ({ text, warning: true })), ...notes.map((text) => ({ text, warning: false }))];
}

function completeWords({ sum, difference, steps }: Completeness): string {
  const numbers = [fixed(sum), fixed(difference), steps];
  return t('integrated gradients of all tokens add up to {0}; exact would be {1} ({2} points)', ...numbers);
}

/** The words include by how much of the difference the sum misses it: `−151 %`. */
function unreliableWords(name: string, { sum, difference, steps }: Completeness, running: boolean): string {
  const numbers = [fixed(sum), fixed(difference), steps];
  if (Math.abs(difference) < LEAST_SHARED)
    return t(
      '{0}: not reliable here: the scores add up to {1}, exact would be {2}, at {3} points. Do not read its lane; it is in no ranking, comparison or verdict.',
      name,
      ...numbers,
    );
  const off = Math.round((100 * (sum - difference)) / difference);
  const share = `${off > 0 ? '+' : ''}${fixed(off, 0)} %`;
  return running
    ? t(
        '{0}: not reliable so far (completeness {1}): the scores add up to {2}, exact would be {3}, at {4} points. Do not read its lane yet.',
        name,
        share,
        ...numbers,
      )
    : t(
        '{0}: not reliable here (completeness {1}): the scores add up to {2}, exact would be {3}, at {4} points. Do not read its lane; it is in no ranking, comparison or verdict.',
        name,
        share,
        ...numbers,
      );
}

/** In nats; no share is given for a smaller difference. */
const LEAST_SHARED = 0.1;
