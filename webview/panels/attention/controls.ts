/** The controls above the heads: the treatment of the first token, the ranking, the order in a column. */

import type { SinkMode } from '../../../src/analysis/attention/contract';
import type { Intent } from '../../../src/analysis/panel';
import { dropdown, each, type Field, segmented } from '../../base/controls';
import { el, fill } from '../../base/dom';
import { t } from '../../base/strings';
import { chosen, type ViewContext } from '../../base/view';
import type { Measure } from '../../charts/attention/ranking';
import { measures } from './choice';
import type { AttentionShown } from './shown';
import { measureOption } from './words';

export interface AttentionControls {
  element: HTMLElement;
  update(shown: AttentionShown): void;
}

export function attentionControls(context: ViewContext): AttentionControls {
  const sink = segmented<SinkMode>({
    label: t('First token'),
    options: each<Intent['attention']['sink']>({
      raw: { label: t('Show'), title: t('Shows every weight as it is') },
      hide: { label: t('Hide'), title: t('Leaves out the weight on the first token') },
      renormalise: { label: t('Renormalise'), title: t('Leaves it out and makes each row sum to 1 again') },
    }),
    value: 'raw',
    onChange: (value) => context.setIntent(chosen(context, 'attention', { sink: value })),
  });
  const order = segmented<'number' | 'strongest'>({
    label: t('Order in a column'),
    options: each<Intent['attention']['headOrder']>({
      number: { label: t('by head number') },
      strongest: { label: t('strongest first') },
    }),
    value: 'number',
    onChange: (value) => context.setIntent(chosen(context, 'attention', { headOrder: value })),
  });
  const slot = el('span', { class: 'attention-ranking' });
  let ranking: Field<Measure> | null = null;
  let offered = '';
  return {
    element: el('div', { class: 'ctl' }, sink.element, slot, order.element),
    update(shown) {
      sink.set(shown.sink);
      order.set(shown.order);
      const options = measures(shown.facts.answers, shown.locked);
      if (options.join() !== offered) {
        offered = options.join();
        ranking = dropdown<Measure>({
          label: t('Rank heads by'),
          options: options.map(measureOption),
          value: shown.ranking.measure,
          onChange: (measure) => context.setIntent(chosen(context, 'attention', { headSort: measure })),
        });
        fill(slot, ranking.element);
      }
      ranking?.set(shown.ranking.measure);
    },
  };
}
