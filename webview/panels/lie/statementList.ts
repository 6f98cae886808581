/**
 * The list of judged statements: verdict by shape and words, the probability on 0–1 with the abstain band through all rows, ≠
 * where the verdict contradicts the table's label. A list box: one tab stop, arrows move and choose.
 */

import { contradicts, type JudgedStatement, type LieData, unsureBetween } from '../../../src/analysis/truth/contract';
import { linkButton } from '../../base/controls';
import { el, fill, svgEl } from '../../base/dom';
import { fixed, grouped } from '../../base/format';
import { icon } from '../../base/icons';
import { t } from '../../base/strings';
import type { Theme } from '../../base/theme';
import { probabilityTrack, verdictGlyph } from '../../charts/lie/marks';
import { describeStatement, labelWords, outsideWords, probabilityText, verdictWords } from './words';

/** Rows drawn at first; more are drawn on request. */
const ROWS = 100;
/** In px; in a narrower list, verdicts are shapes only and labels stand behind the statements. */
const NARROW = 600;

export interface ListOptions {
  theme: Theme;
  /** Width of the list in px. */
  width: number;
  chosen: number | null;
  onChoose: (index: number) => void;
  announce: (text: string) => void;
}

export interface StatementList {
  element: HTMLElement;
  update(data: LieData, options: ListOptions): void;
  focus(): void;
}

export function statementList(): StatementList {
  const head = el('div', { class: 'lie-row lie-head', 'aria-hidden': 'true' });
  const rows = el('div', { class: 'lie-rows', role: 'listbox', tabindex: 0, 'aria-label': t('Statements') });
  const more = el('div', {});
  const element = el('div', { class: 'lie-list' }, head, rows, more);
  let shown = ROWS;
  let now: { data: LieData; options: ListOptions } | null = null;
  let drawn: { data: LieData; theme: Theme; width: number; shown: number } | null = null;

  function draw(): void {
    if (!now) return;
    const { data, options } = now;
    const { theme, width, chosen } = options;
    if (chosen !== null && chosen >= shown) shown = chosen + ROWS;
    const same = drawn?.data === data && drawn.theme === theme && drawn.width === width && drawn.shown === shown;
    if (!same) {
      const track = trackWidth(width);
      element.style.setProperty('--track', `${track}px`);
      unsureBetween.forEach((share, at) => {
        element.style.setProperty(at === 0 ? '--unsure-from' : '--unsure-to', `${share * 100}%`);
      });
      element.classList.toggle('narrow', width < NARROW);
      element.classList.toggle('labelled', extraColumn(data) !== null);
      fill(head, ...headCells(data, track));
      fill(
        rows,
        ...data.result.statements.slice(0, shown).map((statement, i) => row(data, statement, i, theme, track)),
      );
      const left = data.result.statements.length - shown;
      fill(more, left > 0 && linkButton(t('Show {0} More', grouped(Math.min(left, 10 * ROWS))), showMore));
      drawn = { data, theme, width, shown };
    }
    mark(chosen);
  }

  function showMore(): void {
    shown += 10 * ROWS;
    draw();
  }

  function mark(chosen: number | null): void {
    [...rows.children].forEach((child, i) => {
      child.setAttribute('aria-selected', String(i === chosen));
    });
    if (chosen === null) rows.removeAttribute('aria-activedescendant');
    else rows.setAttribute('aria-activedescendant', `statement-${chosen}`);
  }

  rows.addEventListener('click', (event) => {
    const child = (event.target as Element).closest('[role="option"]');
    const index = child ? [...rows.children].indexOf(child) : -1;
    if (index >= 0) now?.options.onChoose(index);
  });
  rows.addEventListener('keydown', (event) => {
    if (!now) return;
    const last = now.data.result.statements.length - 1;
    const { chosen, onChoose, announce } = now.options;
    const next = { ArrowDown: (chosen ?? -1) + 1, ArrowUp: (chosen ?? 1) - 1, Home: 0, End: last }[event.key];
    if (next === undefined || last < 0) return;
    event.preventDefault();
    event.stopPropagation();
    const index = Math.max(0, Math.min(last, next));
    onChoose(index);
    rows.children[index]?.scrollIntoView({ block: 'nearest' });
    announce(describeStatement(now.data.result.statements[index], now.data.labels[index] ?? null));
  });
  return {
    element,
    update(data, options) {
      now = { data, options };
      draw();
    },
    focus: () => rows.focus(),
  };
}

function trackWidth(width: number): number {
  return width < NARROW ? 96 : width < 900 ? 128 : 200;
}

/** The content of the last column. */
function extraColumn({ answer, labels }: LieData): 'label' | 'logprob' | null {
  if (answer) return 'logprob';
  return labels.some((label) => label !== null) ? 'label' : null;
}

function headCells(data: LieData, track: number): HTMLElement[] {
  const extra = extraColumn(data);
  // In a narrow list the ends would touch the thresholds, which are what the rows are read by.
  const shown = track < 160 ? unsureBetween : [0, ...unsureBetween, 1];
  const marks = shown.map((value) =>
    svgEl(
      'text',
      {
        class: 'm',
        x: value * track,
        y: 12,
        'text-anchor': value === 0 ? 'start' : value === 1 ? 'end' : 'middle',
      },
      value > 0 && value < 1 ? probabilityText(value).replace(/0$/, '') : String(value),
    ),
  );
  return [
    el('span', {}, el('span', { class: 'lie-words' }, t('verdict'))),
    el('span', {}, t('statement')),
    el('span', {}, svgEl('svg', { width: track, height: 16 }, ...marks)),
    el('span', { class: 'num' }, t('p')),
    el(
      'span',
      { class: 'lie-extra' },
      extra === 'label' ? t('your label') : extra === 'logprob' ? t('mean log p') : '',
    ),
  ];
}

function row(data: LieData, statement: JudgedStatement, index: number, theme: Theme, track: number): HTMLElement {
  const label = data.labels[index] ?? null;
  const { text, verdict, probability, outside, trained } = statement;
  const differs = contradicts(verdict, label);
  const unequal = () =>
    el('span', { class: 'lie-unequal', title: t('Verdict and label differ') }, differs ? '\u00a0≠' : '');
  const place = el(
    'span',
    { class: 'lie-place' },
    outside
      ? el(
          'span',
          { class: 'lie-outside s m', title: outsideWords(statement) },
          statement.doubt === null ? t('untested') : t('negation unclear'),
        )
      : probabilityTrack(theme, verdict, probability, track),
  );
  const written = data.answer?.statements[index];
  return el(
    'div',
    {
      class: 'lie-row',
      role: 'option',
      id: `statement-${index}`,
      'aria-description': describeStatement(statement, label),
    },
    el(
      'span',
      { class: 'lie-verdict nw' },
      verdictGlyph(theme, verdict),
      el('span', { class: 'lie-words' }, verdictWords(statement)),
    ),
    el(
      'span',
      { class: 'lie-text', title: text },
      trained && el('span', { class: 'lie-trained m', title: t('The probe was trained on this sentence') }, '● '),
      text,
      el('span', { class: 'lie-narrow' }, unequal()),
    ),
    place,
    el('span', { class: 'num' }, probability === null ? '' : probabilityText(probability)),
    el(
      'span',
      { class: 'lie-extra nw' },
      written === undefined ? (label === null ? '' : labelWords(label)) : fixed(written),
      unequal(),
    ),
  );
}

/** The meaning of the marks. */
export function listLegend(theme: Theme, data: LieData): HTMLElement[] {
  const item = (...content: (Node | string)[]) => el('span', { class: 'it' }, ...content);
  const [low, high] = unsureBetween.map((value) => probabilityText(value).replace(/0$/, ''));
  const all = [
    item(verdictGlyph(theme, 'true'), t('looks true, above {0}', high)),
    item(verdictGlyph(theme, 'false'), t('looks false, below {0}', low)),
    item(verdictGlyph(theme, 'unsure'), t('can’t tell, shaded')),
  ];
  if (data.labels.some((label) => label !== null)) all.push(item(t('≠ verdict and your label differ')));
  all.push(item(t('shown between .05 and .95')));
  if (data.result.statements.some(({ outside }) => outside))
    all.push(
      item(icon('info'), t('outside: unlike every training statement, or with an unclear negation; no probability')),
    );
  if (data.result.statements.some(({ trained }) => trained))
    all.push(item(t('● the probe was trained on this sentence: a right verdict proves nothing')));
  return all;
}
