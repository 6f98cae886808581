/** A refused command, shown where the user looks; × removes it. */
import { iconButton } from '../../base/controls';
import { el, fill } from '../../base/dom';
import { failure } from '../../base/failure';
import { icon } from '../../base/icons';
import { t } from '../../base/strings';

export class Trouble {
  readonly element = el('div', { hidden: true });

  readonly report = (error: unknown): void => {
    const { problem } = failure(error);
    if (problem.code === 'cancelled') return;
    const { element } = this;
    const close = iconButton('close', t('Dismiss'), () => (element.hidden = true));
    const row = el(
      'div',
      { class: 'banner-row' },
      el('span', { class: 'error' }, icon('error')),
      el('span', {}, problem.message, ' ', el('span', { class: 'm' }, problem.remedy)),
      el('span', { class: 'sp' }),
      close,
    );
    fill(element, el('section', { class: 'banner', role: 'alert' }, row));
    element.hidden = false;
  };
}
