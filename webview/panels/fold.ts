/** A part of a tab that is closed until it is wanted: a heading with one line of words, and the sections behind it. */
import { el } from '../base/dom';

export interface Fold {
  element: HTMLDetailsElement;
  /** The line beside the heading, which says the most important thing behind it. */
  say(words: string): void;
}

export function fold(title: string, ...content: HTMLElement[]): Fold {
  const small = el('small', {});
  const heading = el('h2', {}, title, small);
  return {
    element: el('details', { class: 'fold sec' }, el('summary', {}, heading), ...content),
    say(words) {
      small.textContent = words;
    },
  };
}
