/** The sentences of the layer × head map: measures, values, progress, one head in words. */
import type { HeadMap } from '../../../src/analysis/heads/contract';
import type { Option } from '../../base/controls';
import { el } from '../../base/dom';
import { fixed, probability, signed } from '../../base/format';
import { inProse, t } from '../../base/strings';
import type { HeadRef } from '../../charts/attention/ranking';
import {
  estimateAgreement,
  type HeadMeasure,
  headCell,
  headCells,
  headMeasures,
  isSigned,
  silenced,
  strongestHeads,
} from './headFacts';

export function measureOption(measure: HeadMeasure): Option<HeadMeasure> {
  switch (measure) {
    case 'knockout':
      return {
        value: measure,
        label: t('Knock-out'),
        title: t('How much the target loses, in nats, when the head’s output is set to zero'),
      };
    case 'attentionGradient':
      return {
        value: measure,
        label: t('Attention × gradient'),
        title: t('Attention weights times the target’s gradient, added up'),
      };
    case 'induction':
      return {
        value: measure,
        label: t('Induction'),
        title: t('Mean weight on the token that followed an earlier occurrence of the same token'),
      };
    case 'previousToken':
      return { value: measure, label: t('Previous token'), title: t('Mean weight on the previous token') };
    case 'sinkMass':
      return { value: measure, label: t('First token'), title: t('Mean weight on the first token') };
  }
}

/** `+1.20`, or `.85` for summaries; `≈` before an estimate. */
export function headValue(measure: HeadMeasure, value: number | null, estimate = false): string {
  if (value === null) return '–';
  const text = isSigned(measure) ? signed(value) : probability(value);
  return estimate ? `≈ ${text}` : text;
}

/** The line under the map's title on what it shows. */
export function mapWords(measure: HeadMeasure): string {
  return {
    knockout: t('how much the target loses when one head is silenced; column = block, row = head'),
    attentionGradient: t('attention times gradient of the target; column = block, row = head'),
    induction: t('weight on the token that followed the same token before; column = block, row = head'),
    previousToken: t('weight on the previous token; column = block, row = head'),
    sinkMass: t('weight on the first token; column = block, row = head'),
  }[measure];
}

/** The progress of the exact scores, and what stands in for the rest. */
export function progressWords(map: HeadMap, running: boolean): string {
  const { known, total } = silenced(map);
  const rest = map.preview
    ? t('hollow cells are first-order estimates from one gradient')
    : t('the others are not known yet');
  if (map.complete) {
    const r = estimateAgreement(map);
    const all = t('Each of the {0} heads was silenced once, alone.', total);
    return r === null ? all : inProse([all, t('The estimate from one gradient agrees with r = {0}.', fixed(r))]);
  }
  return running
    ? t('{0} of {1} heads silenced so far; {2}.', known, total, rest)
    : t('Partial: {0} of {1} heads were silenced; {2}.', known, total, rest);
}

/** Why a map is empty; null if it is not. */
export function emptyWords(map: HeadMap, measure: HeadMeasure): string | null {
  if (measure === 'induction' && map.summaries.every(({ induction }) => induction === null))
    return t('No token of this prompt repeats: there is nothing to induce from.');
  if (measure === 'attentionGradient' && !map.preview)
    return map.complete
      ? t('There was not enough memory for the gradient of the attention.')
      : t('The gradient is not computed yet.');
  return null;
}

export function headWords({ layer, head }: HeadRef): string {
  return t('block {0}, head {1}', layer, head);
}

/** The head that the answer loses most without; '' while some are not silenced yet. */
export function headsAnswer(map: HeadMap): string {
  if (!map.complete) return '';
  const [best] = [...strongestHeads(headCells(map, 'knockout'))].sort((a, b) => (b.value ?? 0) - (a.value ?? 0));
  if (!best) return '';
  if ((best.value ?? 0) <= 0) return t('Silencing any one head costs the answer nothing.');
  return t(
    'Silencing one head costs the answer at most {0} nats: block {1}, head {2}.',
    fixed(best.value ?? 0),
    best.layer,
    best.head,
  );
}

/** Every measure of a head, for its card. */
export function headCard(map: HeadMap, ref: HeadRef): Node[] {
  const estimate = map.preview?.[ref.layer]?.[ref.head] ?? null;
  const rows: [string, string][] = headMeasures.map((measure) => {
    const { value, estimate: guessed } = headCell(map, measure, ref);
    return [measureOption(measure).label, guessed ? '–' : headValue(measure, value)];
  });
  if (estimate !== null) rows.splice(1, 0, [t('its estimate'), headValue('knockout', estimate)]);
  return [
    el('div', { class: 'strong s' }, headWords(ref)),
    el('dl', { class: 'kv' }, ...rows.flatMap(([name, value]) => [el('dt', {}, name), el('dd', {}, value)])),
    el('div', { class: 'm s' }, t('Click: its attention')),
  ];
}

/** One line for the screen reader. */
export function describeHead(map: HeadMap, measure: HeadMeasure, ref: HeadRef): string {
  const { value, estimate } = headCell(map, measure, ref);
  const words = t('{0}: {1}', headWords(ref), `${measureOption(measure).label} ${headValue(measure, value)}`);
  return estimate && value !== null ? t('{0}, an estimate', words) : words;
}
