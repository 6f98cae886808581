/** The strongest heads by name, each with every measure and a link to its attention. */
import type { HeadMap } from '../../../src/analysis/heads/contract';
import { el, fill } from '../../base/dom';
import { t } from '../../base/strings';
import type { HeadRef } from '../../charts/attention/ranking';
import { headName } from '../attention/choice';
import { type HeadMeasure, headCell, headMeasures } from './headFacts';
import { headValue, headWords, measureOption } from './headWords';
import { signedBar } from './signedBar';

export interface HeadsList {
  element: HTMLElement;
  update(map: HeadMap, measure: HeadMeasure, heads: readonly HeadRef[], largest: number): void;
}

export function headsList(open: (ref: HeadRef) => void): HeadsList {
  const table = el('table', { class: 't heads-list' });
  const row = (map: HeadMap, measure: HeadMeasure, ref: HeadRef, largest: number) => {
    const { value, estimate } = headCell(map, 'knockout', ref);
    const name = el(
      'button',
      {
        type: 'button',
        class: 'link',
        title: t('Open the attention of {0}', headWords(ref)),
        on: { click: () => open(ref) },
      },
      headName(ref),
    );
    const others = headMeasures
      .filter((other) => other !== 'knockout')
      .map((other) =>
        el(
          'td',
          { class: other === measure ? 'num strong' : 'num' },
          headValue(other, headCell(map, other, ref).value),
        ),
      );
    return el(
      'tr',
      {},
      el('td', {}, name),
      el('td', { class: 'heads-bar' }, signedBar(value, largest, estimate)),
      el('td', { class: measure === 'knockout' ? 'num strong' : 'num' }, headValue('knockout', value, estimate)),
      ...others,
    );
  };
  return {
    element: el('div', { class: 'lens-scroll' }, table),
    update(map, measure, heads, largest) {
      const columns = headMeasures.filter((other) => other !== 'knockout').map((other) => measureOption(other).label);
      fill(
        table,
        el(
          'thead',
          {},
          el(
            'tr',
            {},
            el('th', { scope: 'col' }, t('block.head')),
            el('th', { scope: 'col', colspan: 2 }, t('Knock-out, nats')),
            ...columns.map((name) => el('th', { scope: 'col', class: 'num' }, name)),
          ),
        ),
        el('tbody', {}, ...heads.map((ref) => row(map, measure, ref, largest))),
      );
    },
  };
}
