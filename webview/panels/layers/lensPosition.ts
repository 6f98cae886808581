/** The likeliest tokens at one position after chosen numbers of blocks, each a click from being followed. For the lens section. */
import type { LensCell } from '../../../src/protocol/explain';
import { el, fill } from '../../base/dom';
import { probability, visible } from '../../base/format';
import { t } from '../../base/strings';

export interface PositionTable {
  element: HTMLElement;
  /** `rows`: numbers of blocks. */
  update(cells: readonly LensCell[] | null, rows: readonly number[], chosen: number | null): void;
}

const places = 5;

export function positionTable(pin: (token: { id: number; text: string }) => void): PositionTable {
  const table = el('table', { class: 't lens-position' });
  const token = (cell: LensCell, place: number) => {
    const candidate = cell.top[place];
    if (!candidate) return el('td', {});
    return el(
      'td',
      {},
      el(
        'button',
        {
          type: 'button',
          class: 'mono lens-token',
          title: t('Follow this token'),
          on: { click: () => pin({ id: candidate.id, text: candidate.text }) },
        },
        visible(candidate.text),
      ),
      el('span', { class: 'm s' }, probability(Math.exp(candidate.logprob))),
    );
  };
  return {
    element: el('div', { class: 'lens-scroll' }, table),
    update(cells, rows, chosen) {
      if (!cells) return fill(table);
      const heading = (row: number) =>
        el(
          'th',
          { scope: 'col', class: row === chosen ? 'lens-chosen' : undefined },
          row === 0 ? t('embeddings') : t('after {0}', row),
        );
      fill(
        table,
        el('thead', {}, el('tr', {}, ...rows.map(heading))),
        el(
          'tbody',
          {},
          ...Array.from({ length: places }, (_, place) => el('tr', {}, ...rows.map((row) => token(cells[row], place)))),
        ),
      );
    },
  };
}
