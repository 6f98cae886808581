/**
 * The two prompts of the Patching tab under one another, with differences marked and long equal stretches cut short; or the form
 * for writing the second prompt.
 */
import type { PanelState } from '../../../src/analysis/panel';
import type { PatchingData } from '../../../src/analysis/patching/contract';
import { linkButton } from '../../base/controls';
import { type Child, el, fill } from '../../base/dom';
import { running } from '../../base/format';
import { icon } from '../../base/icons';
import { t } from '../../base/strings';
import type { ViewContext } from '../../base/view';
import type { Section } from '../section';
import { promptForm } from './promptForm';
import { countWords, lengthSentences } from './words';

/** How many characters of an equal stretch stay on either side of a difference. */
const AROUND = 60;

export interface PromptsShown {
  state: PanelState;
  /** If it is null there is no result to show, and the form stands alone. */
  data: PatchingData | null;
}

export function promptsSection(context: ViewContext): Section<PromptsShown> {
  let editing = false;
  const title = el('h2');
  const words = el('p', { class: 'patch-intro' });
  const pair = el('div', { class: 'patch-pair' });
  const trouble = el('div', { class: 'with-icon patch-lengths' });
  const form = promptForm(context, {
    onRun(text) {
      editing = false;
      const { patching } = context.state().intent;
      if (patching.from === text) context.action('run');
      context.setIntent({ patching: { ...patching, from: text } });
    },
    onCancel() {
      editing = false;
      redraw();
    },
  });
  const element = el('section', { class: 'sec patch-prompts' }, title, words, pair, trouble, form.element);
  let shown: PromptsShown | null = null;
  let drawn: unknown[] = [];

  const edit = linkButton(t('Edit the Second Prompt'), () => {
    editing = true;
    redraw();
    form.focus();
  });
  const remove = linkButton(t('Remove'), () => {
    editing = false;
    context.setIntent({ patching: { ...context.state().intent.patching, from: null } });
  });
  const choose = linkButton(t('Choose a File…'), () => context.action('choosePatchFile'));

  function redraw(): void {
    if (!shown) return;
    const { state, data } = shown;
    const { from } = state.intent.patching;
    const alone = data === null || from === null;
    const open = alone || editing;
    // Redrawing loses the focus, so it is skipped for unchanged inputs.
    const inputs = [data, from, state.text, editing];
    if (inputs.every((input, i) => input === drawn[i])) return;
    drawn = inputs;
    const sentences = alone ? [] : lengthSentences(data);
    fill(
      title,
      ...heading(alone ? null : data),
      !open && el('span', { class: 'right acts no-export' }, sentences.length === 0 && edit, choose, remove),
    );
    words.hidden = !alone;
    fill(
      words,
      alone &&
        t(
          'Patching puts the model’s state for a second prompt into this one, place by place, and measures how far the target moves towards its value in the second prompt. Change a word of this copy, and keep the number of tokens.',
        ),
    );
    pair.hidden = alone;
    fill(pair, ...(alone ? [] : pairRows(data)));
    trouble.hidden = sentences.length === 0;
    fill(
      trouble,
      el('span', { class: 'error' }, icon('warning')),
      el(
        'div',
        {},
        el('b', { class: 'strong' }, t('The lengths differ, so the places of the two prompts do not correspond.')),
        ...sentences.map((sentence) => el('p', { class: 'm' }, sentence)),
      ),
    );
    // If the lengths differ, the form is shown at once as the remedy.
    const offered = open || sentences.length > 0;
    form.element.hidden = !offered;
    if (offered) form.update(state.text ?? '', from, editing && !alone);
  }

  return {
    element,
    update(next) {
      shown = next;
      redraw();
    },
    destroy() {},
  };
}

function heading(data: PatchingData | null): Child[] {
  if (!data) return [t('A second prompt')];
  const [first, second] = [data.prompt.tokens.length, data.result.from.tokens.length];
  return [
    t('The two prompts'),
    el(
      'small',
      {},
      first === second ? t('{0} each', countWords(first)) : t('{0} and {1}', countWords(first), countWords(second)),
    ),
  ];
}

function pairRows({ prompt, result }: PatchingData): HTMLElement[] {
  const line = (side: 'first' | 'second') => {
    const source = side === 'first' ? prompt : result.from;
    const parts = result.stretches.map((stretch, i) => {
      const [start, end] = stretch[side];
      const text = source.rendered.slice(source.tokens[start]?.start ?? 0, source.tokens[end - 1]?.end ?? 0);
      if (stretch.same) return [cut(running(text), i === 0, i === result.stretches.length - 1)];
      if (start === end) return [el('span', { class: 'patch-none' }, '∅')];
      // The mark covers only the word, not the space it begins with.
      const word = text.replace(/^ +(?=.)/, '');
      return [text.slice(0, text.length - word.length), el('mark', {}, running(word))];
    });
    return el('div', { class: 'patch-line mono' }, ...parts.flat());
  };
  return [
    el('span', { class: 's m' }, t('this prompt')),
    line('first'),
    el('span', { class: 's m' }, t('second')),
    line('second'),
  ];
}

/** An equal stretch, cut to its ends that touch a difference. */
function cut(text: string, first: boolean, last: boolean): string {
  const characters = [...text];
  const head = first ? 0 : AROUND;
  const tail = last ? 0 : AROUND;
  if (first && last) return text;
  if (characters.length <= head + tail + 10) return text;
  const before = characters.slice(0, head).join('');
  const after = tail ? characters.slice(-tail).join('') : '';
  return [before, '⋯', after].filter(Boolean).join(' ');
}
