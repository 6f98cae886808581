/** The first lines of every tab: its one question, and the answer in one computed sentence. */
import { el } from '../../base/dom';
import { t } from '../../base/strings';
import type { Lead } from '../../base/view';

export class LeadLine {
  private readonly question = el('h1', { class: 'lead-question' });
  private readonly answer = el('p', { class: 'lead-answer' });
  readonly element = el('div', { class: 'lead' }, this.question, this.answer);

  /** `old`: the answer is of a text that was edited since. */
  update({ question, answer }: Lead, old: boolean): void {
    // An unchanged sentence stays, and with it the marks on its words.
    if (this.question.textContent !== question) this.question.textContent = question;
    if (this.answer.textContent !== answer) this.answer.textContent = answer;
    this.answer.hidden = answer === '';
    this.answer.classList.toggle('m', old);
    this.answer.title = old ? t('results before your edit') : '';
  }
}
