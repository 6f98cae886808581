/**
 * Notices about the end of a prompt: that it is scored with the target, that the last message of a chat can be left open. One line
 * each under the chips of every tab.
 */

import type { PanelState } from '../../../src/analysis/panel';
import type { Prompt } from '../../../src/protocol/model';
import { lastIsAssistants } from '../../../src/protocol/promptEnd';
import { checkbox } from '../../base/controls';
import { el } from '../../base/dom';
import { t } from '../../base/strings';
import type { ViewContext } from '../../base/view';
import { takenText } from '../promptEndWords';

export interface Notices {
  element: HTMLElement;
  /** `taken`: the end of the prompt that is scored with the target. */
  update(state: PanelState, prompt: Prompt | null, taken: string | null): void;
}

export function notices(context: ViewContext): Notices {
  const line = el('p', { class: 's m', role: 'status' });
  const open = checkbox({
    label: t('Leave the assistant’s last message open'),
    checked: false,
    onChange: (continueLast) => context.setIntent({ continueLast }),
  });
  open.element.title = t('The model continues the message; otherwise a new turn begins.');
  const element = el('div', { class: 'notices' }, line, open.element);
  return {
    element,
    update(state, prompt, taken) {
      const words = prompt && taken !== null ? takenText(taken) : '';
      // The screen reader announces a notice once, as long as it stays the same.
      if (line.textContent !== words) line.textContent = words;
      line.hidden = words === '';
      open.set(state.intent.continueLast);
      open.element.hidden = !prompt || !lastIsAssistants(prompt);
      element.hidden = line.hidden && open.element.hidden;
    },
  };
}
