/** The last line of every tab: the words of the glossary that help to read it. */
import { el, fill } from '../../base/dom';
import type { Term } from '../../base/glossary';
import { t } from '../../base/strings';
import { term } from '../../base/term';

export class WordsLine {
  readonly element = el('p', { class: 'words s m no-export' });
  private drawn: readonly Term[] | null = null;

  update(keys: readonly Term[]): void {
    if (keys === this.drawn) return;
    this.drawn = keys;
    fill(this.element, el('b', {}, t('Words used here')), ...keys.flatMap((key) => [' ', term(key)]));
  }
}
