/**
 * A multiple choice behind one button: a list of check marks that stays open while it is used. Esc, Tab and a click elsewhere
 * close it.
 */

import { type Field, isEditorKey, type Option, place } from './controls';
import { el } from './dom';
import { icon } from './icons';
import { inClauses, inList } from './strings';

export interface MultiChoiceOptions<T extends string> {
  label: string;
  options: readonly Option<T>[];
  values: readonly T[];
  /** The button's text for the current choice. */
  summary: (values: readonly T[]) => string;
  /** Called when one option was switched; the new choice comes back through `set`. */
  onToggle: (value: T) => void;
}

export function multiChoice<T extends string>(options: MultiChoiceOptions<T>): Field<readonly T[]> {
  const words = el('span', {});
  const trigger = el(
    'button',
    { type: 'button', class: 'choice', 'aria-label': options.label, 'aria-haspopup': 'menu', 'aria-expanded': 'false' },
    words,
    icon('down'),
  );
  const items = options.options.map(({ value, label, title }) =>
    el(
      'button',
      {
        type: 'button',
        role: 'menuitemcheckbox',
        tabindex: -1,
        title,
        data: { value },
        on: { click: () => options.onToggle(value) },
      },
      icon('check'),
      label,
    ),
  );
  const list = el('div', { class: 'menu checks', role: 'menu', 'aria-label': options.label }, ...items);
  const show = (values: readonly T[]) => {
    words.textContent = options.summary(values);
    trigger.setAttribute('aria-label', inClauses([options.label, words.textContent]));
    const chosen = options.options.filter(({ value }) => values.includes(value));
    trigger.title = inList(chosen.map(({ label }) => label));
    items.forEach((item, i) => {
      item.setAttribute('aria-checked', String(values.includes(options.options[i].value)));
    });
  };
  const outside = (event: Event) => {
    if (!list.contains(event.target as Node) && !trigger.contains(event.target as Node)) close(false);
  };
  const close = (refocus: boolean) => {
    list.remove();
    trigger.setAttribute('aria-expanded', 'false');
    document.removeEventListener('pointerdown', outside, true);
    if (refocus) trigger.focus();
  };
  const open = () => {
    document.body.append(list);
    place(list, trigger);
    trigger.setAttribute('aria-expanded', 'true');
    document.addEventListener('pointerdown', outside, true);
    items[0]?.focus();
  };
  trigger.addEventListener('click', () => (list.isConnected ? close(false) : open()));
  list.addEventListener('keydown', (event) => {
    if (!isEditorKey(event)) event.stopPropagation();
    if (event.key === 'Escape' || event.key === 'Tab') close(event.key === 'Escape');
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!step) return;
    event.preventDefault();
    const at = items.indexOf(document.activeElement as HTMLButtonElement);
    items[(at + step + items.length) % items.length].focus();
  });
  show(options.values);
  return { element: el('span', { class: 'field' }, options.label, trigger), set: show };
}
