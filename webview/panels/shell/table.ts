/** The table twin of a view, as the footer's Table and the HTML export show it. */
import { TABLE_ROWS, type TableTwin, tableElement } from '../../base/a11y';
import { el } from '../../base/dom';
import { fixed, grouped, visible } from '../../base/format';
import { t } from '../../base/strings';
import type { View } from '../../base/view';

/** Every twin of a view, in the order of its charts. */
export function tableTwins(view: View): TableTwin[] {
  return [...(view.table ? [view.table()] : []), ...(view.moreTables?.() ?? [])];
}

/** Whole numbers with thousands commas, but for ids, which are no quantities; other numbers to four digits; text with its spaces visible. */
export function cellText(value: string | number | null, column = ''): string {
  if (value === null) return '–';
  if (typeof value === 'string') return visible(value);
  if (Number.isInteger(value)) return column === t('id') ? String(value) : fixed(value, 0);
  return Math.abs(value) < 0.001 ? value.toExponential(2).replaceAll('-', '\u2212') : fixed(value, 4);
}

export function tableScreen(twin: TableTwin): HTMLElement {
  const left = twin.rows.length - TABLE_ROWS;
  return el(
    'section',
    { class: 'table-twin', tabindex: 0, role: 'region', 'aria-label': twin.caption },
    tableElement(twin, cellText),
    left > 0 && el('p', { class: 's m' }, t('{0} more rows are in the CSV export.', grouped(left))),
  );
}
