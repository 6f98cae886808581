/** The field of one variable: its name, its value to type, where the value comes from, and the way back to the file's own value. */
import type { PromptVariable } from '../../../src/protocol/model';
import { iconButton, isEditorKey } from '../../base/controls';
import { el, fill } from '../../base/dom';
import { icon } from '../../base/icons';
import { t } from '../../base/strings';

export interface VariableField {
  /** The cells of its row. */
  parts: HTMLElement[];
  update(variable: PromptVariable): void;
}

let count = 0;

/** `onSet` receives what was typed, or null for the file's own value. */
export function variableField(name: string, onSet: (value: string | null) => void): VariableField {
  let shown = '';
  const id = `variable-${++count}`;
  const box = el('textarea', { id, rows: 1, spellcheck: 'false', 'aria-describedby': `${id}-from` });
  const from = el('span', { id: `${id}-from`, class: 'report-from s m' });
  const back = iconButton('close', t('Back to the file’s own value of {0}', name), () => {
    box.value = shown;
    box.focus();
    onSet(null);
  });
  const use = () => {
    if (box.value === shown) return;
    shown = box.value;
    onSet(shown);
  };
  box.addEventListener('blur', use);
  box.addEventListener('keydown', (event) => {
    if (event.key === 'Enter' && !event.shiftKey && !event.isComposing) {
      event.preventDefault();
      use();
    }
    if (event.key === 'Escape') box.value = shown;
    // Arrow keys and letters typed here are text, not commands of the surrounding view.
    if (!isEditorKey(event)) event.stopPropagation();
  });
  return {
    parts: [el('label', { for: id, class: 'report-name mono', title: name }, name), box, el('span', {}, from, back)],
    update(variable) {
      const value = variable.value ?? '';
      // What is being typed stays until it is used or dropped.
      if (box.value === shown) box.value = value;
      shown = value;
      back.hidden = variable.from !== 'given';
      box.classList.toggle('report-empty', variable.value === null);
      fill(from, ...origin(variable));
    },
  };
}

function origin({ value, from }: PromptVariable): (HTMLElement | string)[] {
  if (value === null) return [icon('warning'), t('no value')];
  const words = { file: t('in the file'), beside: t('in a file beside it'), given: t('typed here') };
  const said = from === null ? '' : words[from];
  return [value === '' ? `${t('empty')} · ${said}` : said];
}
