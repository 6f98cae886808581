/**
 * The target chip, shared by every tab: the explained target, how likely it is, where it comes from, and its contrast. A click
 * opens the choice: a likely next token, a typed text, the text selected in the editor, and the same for the contrast.
 */
import type { PanelState } from '../../../src/analysis/panel';
import type { Candidate, TargetSpec } from '../../../src/analysis/shared/contract';
import { isPiece, readable, typable } from '../../../src/protocol/pieces';
import type { ViewState } from '../../../src/protocol/view';
import { button, textField } from '../../base/controls';
import { type Child, el, fill } from '../../base/dom';
import { probability, visible } from '../../base/format';
import { popover } from '../../base/popover';
import { LatestSlice } from '../../base/slices';
import { t } from '../../base/strings';
import { type ViewContext, type ViewData, viewData } from '../../base/view';
import { chipClose, tokenValue } from './chips';
import { against, explained, isPlain, type TargetText, targetInFront } from './target';

/** How many next tokens are offered at once. */
const OFFERED = 6;

export interface TargetChip {
  /** Null while there is nothing to explain. */
  update(state: PanelState, now: ViewState<ViewData> | null): HTMLElement | null;
  close(): void;
}

export function targetChip(context: ViewContext): TargetChip {
  const face = el('button', { type: 'button', class: 'chip-open', title: t('Choose what is explained') });
  const back = el('span', { class: 'chip-back' });
  const element = el('span', { class: 'chip target' }, face, back);
  const form = targetForm(
    context,
    () => box.settle(),
    () => box.done(),
  );
  const box = popover({
    trigger: face,
    label: t('Target'),
    content: form.element,
    onOpen: () => form.update(context.state(), true),
  });
  return {
    close: box.close,
    update(state, now) {
      const target = targetInFront(state, now);
      if (!target) {
        box.close();
        return null;
      }
      fill(
        face,
        el('span', { class: 'k' }, t('Target')),
        ...textAndValue(target),
        ...(target.contrast
          ? [el('span', { class: 'k' }, t('against')), ...textAndValue(target.contrast)]
          : [el('span', { class: 'k' }, target.origin)]),
      );
      const undo = target.contrast
        ? chipClose(t('Remove the contrast'), () => setTarget(context, against(state.intent.target, null)))
        : chipClose(t('Back to the likeliest next token'), () => setTarget(context, {}));
      fill(back, !target.plain && undo);
      form.update(state, false);
      return element;
    },
  };
}

function textAndValue({ logprob, ...token }: TargetText): Child[] {
  return [...tokenValue(token), logprob !== null && el('span', {}, probability(Math.exp(logprob)))];
}

function setTarget(context: ViewContext, target: TargetSpec): void {
  context.setIntent({ target });
}

interface TargetForm {
  element: HTMLElement;
  /** `anew`: the form is about to be shown. */
  update(state: PanelState, anew: boolean): void;
}

/** Two columns of the same kind: the target and its contrast. */
function targetForm(context: ViewContext, onResize: () => void, onDone: () => void): TargetForm {
  const spec = () => context.state().intent.target;
  const explain = choiceColumn(context, onResize, {
    onDone,
    title: t('Explain'),
    none: t('likeliest next'),
    typed: t('Type a text that follows'),
    onChoose: (text) => setTarget(context, explained(spec(), text)),
  });
  const contrast = choiceColumn(context, onResize, {
    onDone,
    title: t('Against'),
    none: t('nothing'),
    typed: t('Type a text in its place'),
    onChoose: (text) => setTarget(context, against(spec(), text)),
  });
  const editor = button({
    label: t('Text Selected in the Editor'),
    icon: 'file',
    onClick: () => context.action('targetFromSelection'),
  });
  const clear = button({ label: t('Clear'), onClick: () => setTarget(context, {}) });
  return {
    element: el(
      'div',
      { class: 'target-form' },
      el('div', { class: 'target-columns' }, explain.element, contrast.element),
      el(
        'p',
        { class: 's m' },
        t('Start a new word with a space. With “Against”, the scores explain why the first rather than the second.'),
      ),
      el('div', { class: 'state-actions' }, editor, clear),
    ),
    update(state, anew) {
      const { target } = state.intent;
      const scores = viewData(state.probabilities)?.result;
      const next = scores?.next ?? [];
      explain.update(offered(next).slice(0, OFFERED), target.span ? undefined : (target.text ?? null), anew);
      // For tokens of the prompt itself, the contrasts offered are the tokens expected at that place.
      const others = target.span ? (scores?.top[target.span[0]] ?? []) : next;
      const own = target.span ? null : (target.text ?? (next[0] && typable(next[0])));
      const against = offered(others).filter(({ text }) => text !== own);
      contrast.update(against.slice(0, OFFERED), target.contrast ?? null, anew);
      clear.disabled = isPlain(target);
    },
  };
}

interface Offered {
  text: string;
  logprob: number;
}

/** Candidates that can be written down: the whole tokens, and the likeliest characters of those that are a piece of one. */
function offered(next: readonly Candidate[]): Offered[] {
  const all = next.flatMap((candidate): Offered[] => {
    if (isPiece(candidate)) return [...(candidate.likely ?? [])];
    return candidate.text.includes('\ufffd') ? [] : [{ text: candidate.text, logprob: candidate.logprob }];
  });
  return all.sort((a, b) => b.logprob - a.logprob);
}

interface ChoiceColumn {
  element: HTMLElement;
  /** `chosen`: a text, null = the first row, undefined = none of the rows. */
  update(next: readonly Offered[], chosen: string | null | undefined, anew: boolean): void;
}

interface ColumnOptions {
  title: string;
  /** Label of the first row. */
  none: string;
  typed: string;
  /** Called after Enter in the field: the choice is made. */
  onDone: () => void;
  onChoose: (text: string | null) => void;
}

function choiceColumn(context: ViewContext, onResize: () => void, options: ColumnOptions): ChoiceColumn {
  const list = el('div', { class: 'target-list', role: 'radiogroup', 'aria-label': options.title });
  const cut = el('p', { class: 's m', role: 'status' });
  const field = textField({
    label: options.typed,
    placeholder: options.typed,
    onCommit: (text) => {
      if (text) options.onChoose(text);
      options.onDone();
    },
  });
  const pieces = new LatestSlice<string[]>(
    (texts) => texts.length,
    () => {
      const { state } = pieces;
      cut.textContent = state.kind === 'ready' ? pieceWords(state.value) : '';
      onResize();
    },
  );
  field.element.addEventListener('input', () => {
    const text = (field.element as HTMLElement & { value: string }).value;
    if (!text) {
      pieces.clear();
      cut.textContent = '';
      return;
    }
    pieces.ask(text, async () => {
      const { tokens } = await context.channel.request('follow', { prefix: [], keep: null, text });
      return tokens.map(readable);
    });
  });
  let rows: { text: string | null; button: HTMLElement }[] = [];
  let drawn = '';
  list.addEventListener('keydown', (event) =>
    moveFocus(
      event,
      rows.map((each) => each.button),
    ),
  );

  const update = (next: readonly Offered[], chosen: string | null | undefined, anew: boolean) => {
    const key = JSON.stringify(next.map(({ text, logprob }) => [text, logprob]));
    // Rows are kept while their content stays the same, so that they do not lose the focus.
    if (key !== drawn) {
      drawn = key;
      rows = [
        row(null, options.none),
        ...next.map(({ text, logprob }) => row(text, visible(text), probability(Math.exp(logprob)))),
      ];
      fill(list, ...rows.map(({ button }) => button));
    }
    const at = Math.max(
      0,
      rows.findIndex(({ text }) => text === chosen),
    );
    rows.forEach(({ text, button }, i) => {
      button.setAttribute('aria-checked', String(text === chosen));
      button.tabIndex = i === at ? 0 : -1;
    });
    const listed = rows.some(({ text }) => text === chosen);
    if (anew) {
      field.set(listed || !chosen ? '' : chosen);
      cut.textContent = '';
    }
  };
  return {
    element: el('div', { class: 'target-column' }, el('b', {}, options.title), list, field.element, cut),
    update,
  };

  function row(text: string | null, label: string, value = ''): { text: string | null; button: HTMLElement } {
    const props = { type: 'button', role: 'radio', on: { click: () => options.onChoose(text) } };
    const words = el('span', { class: text === null ? 'm' : 'mono' }, label);
    return { text, button: el('button', props, words, el('span', { class: 'num m' }, value)) };
  }
}

/** `2 tokens: ·pos|itive`. */
function pieceWords(texts: readonly string[]): string {
  const joined = texts.map(visible).join('|');
  return texts.length === 1 ? t('1 token: {0}', joined) : t('{0} tokens: {1}', texts.length, joined);
}

/** Arrows move along the rows; Enter or a click chooses. */
function moveFocus(event: KeyboardEvent, buttons: readonly HTMLElement[]): void {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  const at = buttons.indexOf(document.activeElement as HTMLElement);
  if (!step || at < 0) return;
  event.preventDefault();
  const next = (at + step + buttons.length) % buttons.length;
  for (const each of buttons) each.tabIndex = each === buttons[next] ? 0 : -1;
  buttons[next].focus();
}
