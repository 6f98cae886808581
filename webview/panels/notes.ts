/** What is to be said of a picture, one statement a line; a check that did not hold stands as a warning. */
import { type Child, el } from '../base/dom';
import { icon } from '../base/icons';

export interface Note<T extends Child = Child> {
  text: T;
  warning: boolean;
}

export const plain = <T extends Child>(text: T): Note<T> => ({ text, warning: false });
export const warning = <T extends Child>(text: T): Note<T> => ({ text, warning: true });

export function notesList(notes: readonly Note[]): HTMLElement {
  return el(
    'ul',
    { class: 'picture-notes s m', hidden: notes.length === 0 },
    ...notes.map((note) =>
      el('li', { class: note.warning ? 'is-warning' : undefined }, note.warning && icon('warning'), note.text),
    ),
  );
}
