/** The prompt with its scores: title and target, look and range, the staves, the meaning of the marks. */
import { type SaliencyIntent, type SaliencyMethod, saliencyMethods } from '../../../src/analysis/saliency/contract';
import { checkbox, dropdown, each, type Field, segmented, slider } from '../../base/controls';
import { el, fill } from '../../base/dom';
import { icon } from '../../base/icons';
import { t } from '../../base/strings';
import type { ViewContext } from '../../base/view';
import { swatch } from '../../charts/saliency/legend';
import { type StavesOptions, saliencyStaves } from '../../charts/saliency/staves';
import type { Section } from '../section';
import { heldChart } from '../sized';
import { unitCard, unitLine, unitSpoken } from './card';
import { changeSaliency } from './controls';
import { legendItems, legendNotes } from './legend';
import type { SaliencyShown } from './shown';
import { withFirst } from './shown';
import { methodName, targetFormula, unitsName } from './words';

export function lockUnit(context: ViewContext, shown: SaliencyShown, unit: number): void {
  const [token] = shown.result.units[unit].tokens;
  context.select({ locked: token });
  context.reveal(token);
}

/** Locks the unit and takes the user to its text in the editor. */
export function goToUnit(context: ViewContext, shown: SaliencyShown, unit: number): void {
  const [from, to] = shown.result.units[unit].tokens;
  context.select({ locked: from });
  context.channel.notify('goToTokens', { from, to });
}

export function hoverUnit(
  context: ViewContext,
  shown: SaliencyShown,
  unit: number | null,
  anchor: Element | null,
): void {
  const token = unit === null ? null : shown.result.units[unit].tokens[0];
  // The card comes first, because the new selection redraws the marks and with them its anchor.
  if (unit === null || !anchor) context.card(null);
  else context.card(anchor, ...unitCard(shown, unit));
  if (context.state().selection.hover !== token) context.select({ hover: token });
}

/** `onDrawn`: receives the height of the text in px each time it was drawn. */
export function saliencyTextSection(context: ViewContext, onDrawn: (height: number) => void): Section<SaliencyShown> {
  const title = el('span', {});
  const formula = el('small', { class: 'mono' });
  const look = lookControls(context);
  const holder = el('div', { class: 'saliency-text' });
  const line = el('div', { class: 'saliency-line s' });
  const legend = el('div', { class: 'legend' });
  const notes = el('ul', { class: 'saliency-notes s' });
  const element = el(
    'section',
    { class: 'sec' },
    el('h2', {}, title, formula),
    look.element,
    holder,
    line,
    legend,
    notes,
  );
  const inputs = (shown: SaliencyShown, width: number): [SaliencyShown, StavesOptions] => {
    const { result, theme, intent, locked, hover } = shown;
    const options: StavesOptions = {
      width,
      theme,
      style: intent.style,
      label: t('Scores of {0} {1} in the text', result.units.length, unitsName(result.by)),
      locked,
      hover,
      describe: (unit) => unitSpoken(shown, unit),
      announce: context.announce,
      onHover: (unit, anchor) => hoverUnit(context, shown, unit, anchor),
      onLock: (unit) => lockUnit(context, shown, unit),
    };
    return [shown, options];
  };
  const drawing = heldChart(context, holder, saliencyStaves, inputs, (shown) => {
    title.textContent = sectionTitle(shown);
    formula.textContent = targetFormula(shown.result.target);
    look.update(shown);
    onDrawn(holder.offsetHeight);
    const { lockedUnit, theme } = shown;
    fill(line, ...(lockedUnit === null ? [] : unitLine(shown, lockedUnit)));
    line.hidden = lockedUnit === null;
    fill(
      legend,
      ...legendItems(shown).map(({ swatch: kind, text }, i) =>
        el('span', { class: 'it' }, kind && swatch(theme, kind, `saliency-legend-${i}`), el('span', {}, text)),
      ),
    );
    fill(
      notes,
      ...legendNotes(shown).map(({ text, warning }) =>
        el('li', { class: warning ? 'warning' : undefined }, warning && icon('warning'), el('span', {}, text)),
      ),
    );
    notes.hidden = notes.childElementCount === 0;
  });
  return {
    element,
    update: drawing.update,
    destroy: drawing.stop,
  };
}

function sectionTitle({ methods, result, intent }: SaliencyShown): string {
  const [first] = methods;
  if (!first) return t('No method gives scores here');
  const units = unitsName(result.by);
  if (intent.style !== 'bars' || methods.length === 1)
    return t('{0} in the text, by {1}', methodName(first.method, result.operator), units);
  return t('{0} methods on the same {1}', methods.length, units);
}

/** Controls for the style, the method that tint and rule follow, the range, and the marks in the editor. */
function lookControls(context: ViewContext): { element: HTMLElement; update(shown: SaliencyShown): void } {
  const change = (part: Partial<SaliencyIntent>) => changeSaliency(context, part);
  const style = segmented<SaliencyIntent['style']>({
    label: t('Style'),
    options: each<SaliencyIntent['style']>({
      bars: { label: t('Bars'), title: t('One lane per method under each line') },
      heat: { label: t('Heat'), title: t('The first method as a tint behind the text') },
      underline: { label: t('Underline'), title: t('The first method as a line under the text') },
    }),
    value: 'bars',
    onChange: (value) => change({ style: value }),
  });
  const slot = el('span', { class: 'saliency-first' });
  let first: Field<SaliencyMethod> | null = null;
  let offered = '';
  const range = slider({
    label: t('Range'),
    min: 0.05,
    max: 1,
    step: 0.05,
    value: 0.6,
    format: (value) => `${Math.round(value * 100)} %`,
    onInput: (value) => change({ range: value }),
  });
  range.input.title = t('Share of the largest score at which a bar or tint is full');
  const editor = checkbox({
    label: t('Show in the editor'),
    checked: false,
    onChange: (checked) => change({ inEditor: checked }),
  });
  const ranged = el('span', { class: 'saliency-range' }, range.element);
  return {
    element: el('div', { class: 'ctl saliency-look' }, style.element, slot, ranged, editor.element),
    update({ intent, methods, result }) {
      style.set(intent.style);
      range.set(intent.range);
      editor.set(intent.inEditor);
      slot.hidden = methods.length < 2 || (intent.style === 'bars' && !intent.inEditor);
      const key = `${result.operator} ${methods.map(({ method }) => method).sort()}`;
      if (key !== offered) {
        offered = key;
        first = dropdown<SaliencyMethod>({
          label: t('Shown'),
          options: saliencyMethods
            .filter((method) => methods.some((scores) => scores.method === method))
            .map((value) => ({ value, label: methodName(value, result.operator) })),
          value: methods[0]?.method ?? 'occlusion',
          onChange: (value) =>
            change({ methods: withFirst(context.state().intent.saliency.methods, value, saliencyMethods) }),
        });
        fill(slot, first.element);
      }
      if (methods[0]) first?.set(methods[0].method);
    },
  };
}
