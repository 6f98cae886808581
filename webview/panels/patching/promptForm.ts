/**
 * The form for the second prompt: a copy of this one to change, with a live message on whether the token counts agree. Ctrl+Enter
 * runs it.
 */

import { readable } from '../../../src/protocol/pieces';
import { button, isEditorKey } from '../../base/controls';
import { el, fill } from '../../base/dom';
import { visible } from '../../base/format';
import { LatestSlice } from '../../base/slices';
import { t } from '../../base/strings';
import type { ViewContext } from '../../base/view';
import { difference } from './facts';
import { countWords } from './words';

/** Pause after the last key before the tokens are counted. */
const PAUSE_MS = 150;
/** Longer texts are not counted on every key. */
const COUNTED_CHARACTERS = 20_000;

type Pieces = { id: number; text: string }[];

export interface PromptForm {
  element: HTMLElement;
  /** `text`: this prompt's text; `from`: the second prompt's, null while none is chosen. */
  update(text: string, from: string | null, canCancel: boolean): void;
  focus(): void;
}

export interface PromptFormOptions {
  onRun: (text: string) => void;
  onCancel: () => void;
}

export function promptForm(context: ViewContext, { onRun, onCancel }: PromptFormOptions): PromptForm {
  const area = el('textarea', {
    class: 'patch-area',
    rows: 6,
    spellcheck: 'false',
    'aria-label': t('Second prompt'),
    'aria-describedby': 'patch-count',
  });
  const count = el('p', { class: 's m', id: 'patch-count', role: 'status' });
  const run = button({ label: t('Run'), kind: 'primary', icon: 'play', title: t('Ctrl+Enter'), onClick: apply });
  const file = button({ label: t('Choose a File…'), icon: 'file', onClick: () => context.action('choosePatchFile') });
  const cancel = button({ label: t('Cancel'), onClick: onCancel });
  const element = el(
    'div',
    { class: 'patch-form no-export' },
    area,
    count,
    el('div', { class: 'state-actions' }, run, file, cancel),
  );
  let own = '';
  /** The text last put into the box; while it stays the same, typed text is kept. */
  let filled: string | null = null;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const counted = new LatestSlice<[Pieces, Pieces]>(([first, second]) => first.length + second.length, say);

  area.addEventListener('input', () => {
    allow();
    clearTimeout(timer);
    timer = setTimeout(say, PAUSE_MS);
  });
  area.addEventListener('keydown', (event) => {
    // Keys typed here are text, not commands of the surrounding view.
    if (!isEditorKey(event)) event.stopPropagation();
    if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      event.stopPropagation();
      apply();
    }
    if (event.key === 'Escape' && !cancel.hidden) onCancel();
  });

  return {
    element,
    focus: () => area.focus(),
    update(text, from, canCancel) {
      cancel.hidden = !canCancel;
      const wanted = from ?? text;
      const changed = wanted !== filled || text !== own;
      own = text;
      if (wanted !== filled) {
        area.value = filled = wanted;
        area.rows = Math.max(3, Math.min(14, wanted.split('\n').length + 1));
      }
      if (changed) say();
    },
  };

  function apply(): void {
    filled = area.value;
    onRun(area.value);
  }

  function allow(): void {
    run.disabled = area.value === own || area.value.trim() === '';
  }

  function say(): void {
    allow();
    fill(count, words(area.value));
  }

  function words(text: string): string {
    if (text === own) return t('Change at least one word: two equal prompts cannot be compared.');
    if (text.length > COUNTED_CHARACTERS) return '';
    counted.ask(JSON.stringify([own, text]), async () => {
      const ask = (each: string) => context.channel.request('vocabulary', { text: each });
      return [await ask(own), await ask(text)];
    });
    const { state } = counted;
    return state.kind === 'ready' ? countSentence(...state.value) : '';
  }
}

/** Says whether the lengths agree, and which parts correspond. */
function countSentence(first: Pieces, second: Pieces): string {
  const parts = difference(first, second);
  const side = (pieces: Pieces) =>
    pieces.length === 0
      ? t('nothing')
      : `${pieces.map((piece) => visible(readable(piece))).join('|')} (${pieces.length})`;
  const change = t('{0} in place of {1}', side(parts.second), side(parts.first));
  const more = second.length - first.length;
  if (more === 0) return t('It has as many tokens as this prompt: {0}.', change);
  return more > 0
    ? t('{0} too many: {1}.', countWords(more), change)
    : t('{0} too few: {1}.', countWords(-more), change);
}
