/**
 * Notices about the end of a prompt: that it is scored with the target, that it is white space, that the last message of a chat
 * can be left open. One line each under the chips of every tab.
 */

import type { PanelState } from '../../../src/analysis/panel';
import type { Prompt } from '../../../src/protocol/model';
import { lastIsAssistants } from '../../../src/protocol/promptEnd';
import { checkbox } from '../../base/controls';
import { el, fill } from '../../base/dom';
import { t } from '../../base/strings';
import type { ViewContext } from '../../base/view';
import { noticeTexts } from '../promptEndWords';

export interface Notices {
  element: HTMLElement;
  /** `taken`: the end of the prompt that is scored with the target. */
  update(state: PanelState, prompt: Prompt | null, taken: string | null): void;
}

export function notices(context: ViewContext): Notices {
  const lines = el('div');
  const open = checkbox({
    label: t('Leave the assistant’s last message open'),
    checked: false,
    onChange: (continueLast) => context.setIntent({ continueLast }),
  });
  open.element.title = t('What follows goes on from the message’s end; else a new turn begins.');
  const element = el('div', { class: 'notices' }, lines, open.element);
  let drawn = '';
  return {
    element,
    update(state, prompt, taken) {
      const texts = prompt ? noticeTexts(prompt, taken) : [];
      const key = JSON.stringify(texts);
      // The screen reader announces a notice once, as long as it stays the same.
      if (key !== drawn) fill(lines, ...texts.map((text) => el('p', { class: 's m', role: 'status' }, text)));
      drawn = key;
      open.set(state.intent.continueLast);
      open.element.hidden = !prompt || !lastIsAssistants(prompt);
      element.hidden = texts.length === 0 && open.element.hidden;
    },
  };
}
