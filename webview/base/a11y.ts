/** Keyboard and screen-reader support for charts: one tab stop with arrows inside, one polite live region, and the table twin. */
import { type Child, el } from './dom';
import { t } from './strings';

export interface ChartKeys {
  /** The words that say what the chart is, read when it takes the focus. */
  label: string;
  /** Called on every key before the others; true if it was handled. */
  onKey?: (event: KeyboardEvent) => boolean;
  /** Called on arrow keys with the step; Shift multiplies it by ten. */
  onMove: (dx: number, dy: number) => void;
  /** Enter or space: locks the step that the cursor is on. */
  onActivate?: () => void;
  /** Called on Home with −1, on End with +1. */
  onEdge?: (end: -1 | 1) => void;
}

/** Makes the element one tab stop. Returns a function that removes the listener. */
export function chartTabStop(element: HTMLElement | SVGElement, keys: ChartKeys): () => void {
  element.setAttribute('tabindex', '0');
  element.setAttribute('role', 'application');
  element.setAttribute('aria-label', keys.label);
  const onKey = (event: Event) => {
    const { key, shiftKey, altKey, ctrlKey, metaKey } = event as KeyboardEvent;
    if (event.target !== element) return;
    const own = keys.onKey?.(event as KeyboardEvent);
    if (!own && (altKey || ctrlKey || metaKey)) return;
    const size = shiftKey ? 10 : 1;
    if (own) event.stopImmediatePropagation();
    else if (key === 'ArrowLeft') keys.onMove(-size, 0);
    else if (key === 'ArrowRight') keys.onMove(size, 0);
    else if (key === 'ArrowUp') keys.onMove(0, -size);
    else if (key === 'ArrowDown') keys.onMove(0, size);
    else if ((key === 'Enter' || key === ' ') && keys.onActivate) keys.onActivate();
    else if ((key === 'Home' || key === 'End') && keys.onEdge) keys.onEdge(key === 'Home' ? -1 : 1);
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  element.addEventListener('keydown', onKey);
  return () => element.removeEventListener('keydown', onKey);
}

let region: HTMLElement | null = null;

/** Announces the text through the one polite live region of the page; '' empties it. */
export function announce(text: string): void {
  if (!region?.isConnected) {
    region = el('div', { class: 'hidden-text', role: 'status', 'aria-live': 'polite' });
    document.body.append(region);
  }
  region.textContent = spokenText(text);
}

/** As a screen reader should say it: the dots that stand for spaces at a word's ends are silent, and a line end is a word. */
export function spokenText(text: string): string {
  const words = text
    .replace(/(^|[\s("“：:，,、|])·+(?=[^\s·])/g, '$1')
    .replace(/([^\s·])·+(?=$|[\s,，.:：)"”|])/g, '$1');
  return words
    .replaceAll('↵', ` ${t('line end')} `)
    .replace(/ {2,}/g, ' ')
    .trim();
}

/** A token as standing text: the dots that stand for its spaces are shown and not spoken. */
export function silentDots(text: string): Child[] {
  const [, before, words, after] = /^(·*)(.*?)(·*)$/s.exec(text) ?? ['', '', text, ''];
  if (words === '') return [text];
  const dots = (shown: string) => shown && el('span', { 'aria-hidden': 'true' }, shown);
  return [dots(before), words, dots(after)];
}

/** Names each heading by its own words: without its caption, its figures and its buttons. */
export function nameHeadings(root: HTMLElement): void {
  for (const heading of root.querySelectorAll('h2')) {
    const own = [...heading.childNodes].filter(
      (node) => !(node instanceof Element) || !node.matches('small, .right, button:not(.term)'),
    );
    const name = own
      .map(({ textContent }) => textContent)
      .join('')
      .trim();
    if (name === '' || own.length === heading.childNodes.length) heading.removeAttribute('aria-label');
    else if (heading.getAttribute('aria-label') !== name) heading.setAttribute('aria-label', name);
  }
}

/** The content of a chart as rows, shown by the footer's Table and written to CSV. */
export interface TableTwin {
  caption: string;
  columns: string[];
  /** Column headings of the CSV, untranslated as on the command line; `columns` where missing. */
  names?: string[];
  /** Numbers stay numbers, so that CSV keeps every digit; null is an empty cell. */
  rows: (string | number | null)[][];
}

/** At most this many rows are drawn; the CSV has them all. */
export const TABLE_ROWS = 2000;

/** `cell`: the words of a value, given the heading of its column. */
export function tableElement(
  twin: TableTwin,
  cell: (value: string | number | null, column: string) => string,
): HTMLTableElement {
  return el(
    'table',
    { class: 't' },
    el('caption', {}, twin.caption),
    el(
      'thead',
      {},
      el(
        'tr',
        {},
        ...twin.columns.map((name, i) => el('th', { scope: 'col', class: numeric(twin, i) ? 'num' : undefined }, name)),
      ),
    ),
    el(
      'tbody',
      {},
      ...twin.rows
        .slice(0, TABLE_ROWS)
        .map((row) =>
          el(
            'tr',
            {},
            ...row.map((v, i) =>
              el(
                'td',
                { class: typeof v === 'number' || (v === '\u2013' && numeric(twin, i)) ? 'num' : 'mono' },
                cell(v, twin.columns[i]),
              ),
            ),
          ),
        ),
    ),
  );
}

/** True if the first cell that is neither empty nor a dash is a number. */
function numeric(twin: TableTwin, column: number): boolean {
  return typeof twin.rows.find((row) => row[column] !== null && row[column] !== '\u2013')?.[column] === 'number';
}
