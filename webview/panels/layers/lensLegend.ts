/** The followed tokens with their line, final rank and ×, and the field for following another. */

import { readable } from '../../../src/protocol/pieces';
import { textField } from '../../base/controls';
import { el, fill } from '../../base/dom';
import { failure } from '../../base/failure';
import { rank, visible } from '../../base/format';
import { icon } from '../../base/icons';
import { inProse, t } from '../../base/strings';
import type { ViewContext } from '../../base/view';
import { lineSwatch } from '../../charts/lens/lines';
import type { Followed } from './lensColumns';
import type { Line } from './lensFacts';
import { roleWords } from './lensWords';

export interface LensLegend {
  element: HTMLElement;
  update(lines: readonly Line[], follow: readonly (readonly Followed[] | null)[]): void;
}

/** `pin`: adds the token to those followed, or removes it. */
export function lensLegend(context: ViewContext, pin: (token: { id: number; text: string }) => void): LensLegend {
  const items = el('div', { class: 'legend lens-lines', role: 'group', 'aria-label': t('Followed tokens') });
  const message = el('span', { class: 's m', role: 'status' });
  const field = textField({
    label: t('Follow a token'),
    placeholder: t('follow a token'),
    onCommit: (text) => void add(text),
  });
  field.element.title = t('Type a token and press Enter. A space before it counts; · stands for one.');
  const say = (text: string) => {
    message.textContent = text;
  };
  const add = async (typed: string) => {
    const text = typed.replaceAll('·', ' ');
    if (text === '') return;
    try {
      const tokens = await context.channel.request('vocabulary', { text });
      const [first] = tokens;
      if (!first) return say(t('{0} is not a token.', visible(text)));
      say(
        tokens.length > 1 ? t('{0} is {1} tokens: only the first one is followed.', visible(text), tokens.length) : '',
      );
      field.set('');
      pin({ id: first.id, text: readable(first) });
    } catch (error) {
      const { problem } = failure(error);
      if (problem.code !== 'cancelled') say(inProse([problem.message, problem.remedy]));
    }
  };
  return {
    element: el('div', { class: 'lens-legend' }, items, el('span', { class: 'lens-add' }, field.element, message)),
    update(lines, follow) {
      const theme = context.theme();
      fill(
        items,
        ...lines.map((line, index) => {
          const last = follow[index]?.at(-1);
          const role = roleWords(line.role);
          const name = visible(line.text);
          return el(
            'span',
            { class: 'it' },
            lineSwatch(theme, index),
            el('span', { class: 'mono lens-name' }, name),
            el('span', { class: 'strong' }, last ? rank(last.rank) : '…'),
            role && el('span', {}, role),
            line.role === 'pin' &&
              el(
                'button',
                {
                  type: 'button',
                  class: 'x',
                  title: t('No longer follow {0}', name),
                  'aria-label': t('No longer follow {0}', name),
                  on: { click: () => pin(line) },
                },
                icon('close'),
              ),
          );
        }),
      );
    },
  };
}
