/**
 * Every control of the page. This is the only file that imports @vscode/webview-ui-toolkit, so replacing the toolkit touches only
 * this file. Controls that the toolkit lacks (segmented switch, slider, menu) are built here on native elements.
 */
import {
  provideVSCodeDesignSystem,
  vsCodeButton,
  vsCodeCheckbox,
  vsCodeDropdown,
  vsCodeOption,
  vsCodeTextField,
} from '@vscode/webview-ui-toolkit';
import { el, fill } from './dom';
import { type IconName, icon } from './icons';

let registered = false;

function toolkit(tag: string, props: Parameters<typeof el>[1], ...children: Parameters<typeof el>[2][]): HTMLElement {
  if (!registered) {
    provideVSCodeDesignSystem().register(
      vsCodeButton(),
      vsCodeCheckbox(),
      vsCodeDropdown(),
      vsCodeOption(),
      vsCodeTextField(),
    );
    registered = true;
  }
  return el(tag as 'div', props, ...children);
}

export interface ButtonOptions {
  label: string;
  kind?: 'primary' | 'secondary';
  icon?: IconName;
  title?: string;
  onClick: () => void;
}

export type Button = HTMLElement & { disabled: boolean };

export function button(options: ButtonOptions): Button {
  return toolkit(
    'vscode-button',
    { appearance: options.kind ?? 'secondary', title: options.title, on: { click: options.onClick } },
    options.icon && icon(options.icon, 'start'),
    options.label,
  ) as Button;
}

/** A square of 24 px; `label` is its accessible name and tooltip. */
export function iconButton(name: IconName, label: string, onClick: () => void): HTMLButtonElement {
  return el(
    'button',
    { class: 'ib', type: 'button', title: label, 'aria-label': label, on: { click: onClick } },
    icon(name),
  );
}

export function linkButton(label: string, onClick: () => void): HTMLButtonElement {
  return el('button', { class: 'link', type: 'button', on: { click: onClick } }, label);
}

/** A control whose value can be set from outside without calling back. */
export interface Field<T> {
  element: HTMLElement;
  set(value: T): void;
}

export interface Option<T extends string> {
  value: T;
  label: string;
  title?: string;
}

/** One option for each member of a union type, in this order; a forgotten member does not compile. */
export function each<T extends string>(words: Record<T, Omit<Option<T>, 'value'>>): Option<T>[] {
  return Object.entries<Omit<Option<T>, 'value'>>(words).map(([value, said]) => ({ value: value as T, ...said }));
}

export interface DropdownOptions<T extends string> {
  label: string;
  options: readonly Option<T>[];
  value: T;
  onChange: (value: T) => void;
}

/** The label stands before the box; with `hideLabel` the caller shows it. */
export function dropdown<T extends string>(options: DropdownOptions<T> & { hideLabel?: boolean }): Field<T> {
  const box = toolkit(
    'vscode-dropdown',
    { 'aria-label': options.label },
    ...options.options.map((o) => toolkit('vscode-option', { value: o.value, title: o.title }, o.label)),
  ) as HTMLElement & { value: string };
  box.setAttribute('current-value', options.value);
  // The element upgrades its options after it is connected, so the value is set once they exist.
  const set = (value: T) => queueMicrotask(() => (box.value = value));
  set(options.value);
  box.addEventListener('change', () => options.onChange(box.value as T));
  return { element: options.hideLabel ? box : el('label', { class: 'field' }, options.label, box), set };
}

export function checkbox(options: {
  label: string;
  checked: boolean;
  onChange: (checked: boolean) => void;
}): Field<boolean> {
  const box = toolkit('vscode-checkbox', {}, options.label) as HTMLElement & { checked: boolean };
  box.checked = options.checked;
  box.addEventListener('change', () => options.onChange(box.checked));
  return { element: box, set: (checked) => (box.checked = checked) };
}

/** A shortcut of the surrounding editor (F1, Ctrl+P), which must also work from inside a field or a menu. */
export function isEditorKey({ key, ctrlKey, metaKey }: KeyboardEvent): boolean {
  return ctrlKey || metaKey || /^F\d+$/.test(key);
}

/** `onCommit` runs on Enter, but for the one that ends a composition of Chinese characters. */
export function textField(options: {
  label: string;
  value?: string;
  placeholder?: string;
  onInput?: (value: string) => void;
  onCommit: (value: string) => void;
}): Field<string> {
  const box = toolkit('vscode-text-field', {
    'aria-label': options.label,
    placeholder: options.placeholder,
    value: options.value,
  }) as HTMLElement & { value: string };
  // The toolkit overwrites the name when the element is connected.
  box.addEventListener('focusin', () => box.setAttribute('aria-label', options.label));
  box.addEventListener('input', () => options.onInput?.(box.value));
  box.addEventListener('keydown', (event) => {
    if (event.key === 'Enter' && !event.isComposing) {
      // A commit may move the focus to a button, which the rest of this key would press.
      event.preventDefault();
      options.onCommit(box.value);
    }
    // Arrow keys and letters typed here are text, not commands of the surrounding view; Esc belongs to the dialog around the field.
    if (!isEditorKey(event) && event.key !== 'Escape') event.stopPropagation();
  });
  return { element: box, set: (value) => (box.value = value) };
}

/** Shows another value, except while the user is typing in the field: then the typed text stays. */
export function setUnlessTyping({ element, set }: Field<string>, value: string): void {
  if (!element.contains(document.activeElement)) set(value);
}

/** A choice of one among a few: a radio group in one tab stop, in which arrows move and choose. */
export function segmented<T extends string>(options: DropdownOptions<T> & { hideLabel?: boolean }): Field<T> {
  let value = options.value;
  const buttons = options.options.map((o) =>
    el(
      'button',
      { type: 'button', role: 'radio', title: o.title, on: { click: () => choose(o.value) }, data: { value: o.value } },
      o.label,
    ),
  );
  const group = el('span', { class: 'seg', role: 'radiogroup', 'aria-label': options.label }, ...buttons);
  const show = () =>
    buttons.forEach((b, i) => {
      const on = options.options[i].value === value;
      b.setAttribute('aria-checked', String(on));
      b.tabIndex = on ? 0 : -1;
    });
  const choose = (next: T) => {
    if (next === value) return;
    value = next;
    show();
    options.onChange(next);
  };
  group.addEventListener('keydown', (event) => {
    const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
    if (!step) return;
    event.preventDefault();
    event.stopPropagation();
    const at = options.options.findIndex((o) => o.value === value);
    const next = (at + step + buttons.length) % buttons.length;
    choose(options.options[next].value);
    buttons[next].focus();
  });
  show();
  const element = options.hideLabel ? group : el('span', { class: 'field' }, options.label, group);
  return {
    element,
    set(next) {
      value = next;
      show();
    },
  };
}

export interface SliderOptions {
  label: string;
  min: number;
  max: number;
  step: number;
  value: number;
  /** The value in words, for the screen reader and the number beside the slider. */
  format: (value: number) => string;
  onInput: (value: number) => void;
}

/** A native range input, because the toolkit has none. The filled part of its track follows `--v`. */
export function slider(options: SliderOptions): Field<number> & { input: HTMLInputElement; output: HTMLElement } {
  const { min, max, step } = options;
  const input = el('input', { type: 'range', min, max, step, 'aria-label': options.label });
  const output = el('output', { class: 'num' });
  const show = () => {
    const value = Number(input.value);
    input.style.setProperty('--v', `${((value - min) / (max - min)) * 100}%`);
    input.setAttribute('aria-valuetext', options.format(value));
    output.textContent = options.format(value);
  };
  const set = (value: number) => {
    input.value = String(value);
    show();
  };
  input.addEventListener('input', () => {
    show();
    options.onInput(Number(input.value));
  });
  input.addEventListener('keydown', (event) => isEditorKey(event) || event.stopPropagation());
  set(options.value);
  return {
    element: el('label', { class: 'slider' }, el('span', {}, options.label), input, output),
    set,
    input,
    output,
  };
}

export interface MenuItem {
  label: string;
  onChoose: () => void;
}

/** Opens under (or over) its trigger; arrows move, Enter chooses, Esc and a click elsewhere close it. */
export function menu(trigger: HTMLElement, label: string, items: () => readonly MenuItem[]): void {
  const list = el('div', { class: 'menu', role: 'menu', 'aria-label': label, hidden: true });
  const close = (refocus: boolean) => {
    list.hidden = true;
    list.remove();
    trigger.setAttribute('aria-expanded', 'false');
    document.removeEventListener('pointerdown', outside, true);
    if (refocus) trigger.focus();
  };
  const outside = (event: Event) => {
    if (!list.contains(event.target as Node) && !trigger.contains(event.target as Node)) close(false);
  };
  const open = () => {
    fill(
      list,
      ...items().map((item) =>
        el(
          'button',
          {
            type: 'button',
            role: 'menuitem',
            tabindex: -1,
            on: {
              click: () => {
                close(true);
                item.onChoose();
              },
            },
          },
          item.label,
        ),
      ),
    );
    document.body.append(list);
    list.hidden = false;
    place(list, trigger);
    trigger.setAttribute('aria-expanded', 'true');
    document.addEventListener('pointerdown', outside, true);
    (list.firstElementChild as HTMLElement | null)?.focus();
  };
  trigger.setAttribute('aria-haspopup', 'menu');
  trigger.setAttribute('aria-expanded', 'false');
  trigger.addEventListener('click', () => (list.hidden ? open() : close(false)));
  list.addEventListener('keydown', (event) => {
    if (!isEditorKey(event)) event.stopPropagation();
    if (event.key === 'Escape' || event.key === 'Tab') close(event.key === 'Escape');
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!step) return;
    event.preventDefault();
    const buttons = [...list.children] as HTMLElement[];
    const at = buttons.indexOf(document.activeElement as HTMLElement);
    buttons[(at + step + buttons.length) % buttons.length].focus();
  });
}

/** Puts a floating box under its anchor, or above it where the window ends, always inside the window. */
export function place(box: HTMLElement, anchor: Element): void {
  const at = anchor.getBoundingClientRect();
  const { width, height } = box.getBoundingClientRect();
  const below = at.bottom + 4;
  box.style.left = `${Math.max(8, Math.min(at.left, innerWidth - width - 8))}px`;
  box.style.top = `${below + height <= innerHeight - 4 ? below : Math.max(4, at.top - height - 4)}px`;
}
