/**
 * A small form that opens under its trigger: a dialog that does not block the rest of the page. Esc closes it and returns the
 * focus; leaving it by Tab, by a click elsewhere or by scrolling closes it too.
 */
import { isEditorKey, place } from './controls';
import { el } from './dom';

export interface Popover {
  readonly open: boolean;
  close(): void;
  /** Closes it and returns the focus, after a choice. */
  done(): void;
  /** Places it at its trigger again after its content changed size. */
  settle(): void;
}

export interface PopoverOptions {
  trigger: HTMLElement;
  label: string;
  content: HTMLElement;
  /** Called just before it is shown. */
  onOpen?: () => void;
}

export function popover({ trigger, label, content, onOpen }: PopoverOptions): Popover {
  const box = el('div', { class: 'popover', role: 'dialog', 'aria-label': label, hidden: true }, content);
  const inside = (node: EventTarget | null) => node instanceof Node && (box.contains(node) || trigger.contains(node));
  const leave = (event: Event) => {
    if (!inside(event.target)) close(false);
  };
  const close = (refocus: boolean) => {
    if (box.hidden) return;
    box.hidden = true;
    box.remove();
    trigger.setAttribute('aria-expanded', 'false');
    document.removeEventListener('pointerdown', leave, true);
    document.removeEventListener('scroll', leave, true);
    if (refocus) trigger.focus();
  };
  const open = () => {
    onOpen?.();
    document.body.append(box);
    box.hidden = false;
    place(box, trigger);
    trigger.setAttribute('aria-expanded', 'true');
    document.addEventListener('pointerdown', leave, true);
    document.addEventListener('scroll', leave, true);
    firstStop(box)?.focus();
  };
  box.addEventListener('keydown', (event) => {
    // Keys typed here are not commands of the view behind.
    if (!isEditorKey(event)) event.stopPropagation();
    if (event.key === 'Escape') close(true);
  });
  box.addEventListener('focusout', (event) => {
    if (event.relatedTarget !== null && !inside(event.relatedTarget)) close(false);
  });
  trigger.setAttribute('aria-haspopup', 'dialog');
  trigger.setAttribute('aria-expanded', 'false');
  trigger.addEventListener('click', () => (box.hidden ? open() : close(true)));
  return {
    get open() {
      return !box.hidden;
    },
    close: () => close(false),
    done: () => close(true),
    settle() {
      if (!box.hidden) place(box, trigger);
    },
  };
}

function firstStop(box: HTMLElement): HTMLElement | null {
  return box.querySelector<HTMLElement>('[tabindex="0"], button:not([tabindex="-1"]), vscode-text-field');
}
