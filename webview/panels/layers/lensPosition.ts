/** The likeliest tokens at one position after chosen numbers of blocks; a click on one follows it. */
import type { LensCell } from '../../../src/analysis/logitLens/contract';
import { readable } from '../../../src/protocol/pieces';
import { el, fill } from '../../base/dom';
import { probability, visible } from '../../base/format';
import { t } from '../../base/strings';

export interface PositionTable {
  element: HTMLElement;
  /** `rows`: numbers of blocks. */
  update(cells: readonly LensCell[] | null, rows: readonly number[], chosen: number | null): void;
}

const places = 5;

/** One tab stop: arrows move from token to token, Home and End to the ends of a row. */
function moveInside(table: HTMLTableElement, event: KeyboardEvent): void {
  const rows = [...table.querySelectorAll('tbody tr')].map((row) => [...row.querySelectorAll('button')]);
  const from = rows.findIndex((row) => row.some((button) => button === document.activeElement));
  if (from < 0) return;
  const at = rows[from].indexOf(document.activeElement as HTMLButtonElement);
  const [row, column] = {
    ArrowLeft: [from, at - 1],
    ArrowRight: [from, at + 1],
    ArrowUp: [from - 1, at],
    ArrowDown: [from + 1, at],
    Home: [from, 0],
    End: [from, rows[from].length - 1],
  }[event.key] ?? [-1, -1];
  const next = rows[row]?.[column];
  if (!(event.key.startsWith('Arrow') || event.key === 'Home' || event.key === 'End')) return;
  event.preventDefault();
  event.stopPropagation();
  if (!next) return;
  for (const button of rows.flat()) button.tabIndex = button === next ? 0 : -1;
  next.focus();
}

export function positionTable(pin: (token: { id: number; text: string }) => void): PositionTable {
  const table = el('table', { class: 't lens-position' });
  table.addEventListener('keydown', (event) => moveInside(table, event));
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
          tabindex: -1,
          title: t('Follow this token'),
          on: { click: () => pin({ id: candidate.id, text: candidate.text }) },
        },
        visible(readable(candidate)),
      ),
      el('span', { class: 'm s' }, probability(Math.exp(candidate.logprob))),
    );
  };
  return {
    element: el('div', { class: 'lens-scroll' }, table),
    update(cells, rows, chosen) {
      if (!cells) return fill(table);
      const buttons = [...table.querySelectorAll('button')];
      const focused = buttons.indexOf(document.activeElement as HTMLButtonElement);
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
      // Following a token redraws the table while it has the focus.
      const stops = [...table.querySelectorAll('button')];
      const stop = stops[Math.min(Math.max(0, focused), stops.length - 1)];
      if (stop) stop.tabIndex = 0;
      if (focused >= 0) stop?.focus();
    },
  };
}
