/**
 * A continuation as running text in which every fragile step is underlined, with its runner-up below; the underline is double
 * where a way of computing gives another token. Tokens that share a character are one glyph. One tab stop over the glyphs. Sends
 * no messages.
 */

import { readable } from '../../../src/protocol/pieces';
import { type Child, el, fill } from '../../base/dom';
import { running, visible } from '../../base/format';
import { t } from '../../base/strings';
import type { Theme } from '../../base/theme';
import { type Chart, mountChart, nextIndex } from '../chart';
import { type RowGlyph, rowGlyphs } from '../probabilities/continuations';
import { type RepeatStep, stepWords } from './words';

export interface RepeatTextData {
  steps: readonly RepeatStep[];
  /** True if the model ended its answer: the last step is then the end token. */
  ended: boolean;
  /** Steps at which the text of another way departs from the first run's. */
  partings: readonly number[];
}

export interface RepeatTextOptions {
  theme: Theme;
  label: string;
  announce: (text: string) => void;
  /** The step under the pointer or the arrows, and the element for a card. */
  onHover: (step: number | null, anchor: Element | null) => void;
}

export function repeatText(
  container: HTMLElement,
  first: RepeatTextData,
  firstOptions: RepeatTextOptions,
): Chart<RepeatTextData, RepeatTextOptions> {
  let glyphs: RowGlyph[] = [];
  container.classList.add('text', 'repeat-text');
  return mountChart<RepeatTextData, RepeatTextOptions, number>(container, first, firstOptions, {
    root: container,
    moves: 'pointerover',
    layout({ data }) {
      glyphs = rowGlyphs(data.steps.map(({ text, bytes }) => ({ id: 0, text, bytes, logprob: null, rank: null })));
    },
    exists: (index) => index < glyphs.length,
    draw: ({ data, options: { theme } }) =>
      fill(container, ...glyphs.flatMap((glyph, index) => glyphNodes(glyph, index, data, theme))),
    mark({ cursor }) {
      container.querySelector('.at')?.classList.remove('at');
      const span = cursor === null ? null : container.querySelector(`[data-glyph="${cursor}"]`);
      span?.classList.add('at');
      return span;
    },
    under(event) {
      const span = (event.target as Element).closest<HTMLElement>('.tok');
      return span ? Number(span.dataset.glyph) : null;
    },
    show({ data, options, cursor }, anchor, byKeyboard) {
      options.onHover(cursor === null ? null : glyphs[cursor].from, anchor);
      if (byKeyboard && cursor !== null) options.announce(glyphWords(glyphs[cursor], data));
    },
    step: ({ cursor }, dx, dy) => nextIndex(cursor, dx || dy, glyphs.length),
    edge: (_, end) => nextIndex(0, end * glyphs.length, glyphs.length),
  });
}

const inside =
  ({ from, to }: RowGlyph) =>
  (step: number) =>
    step >= from && step < to;

/** The step that stands for a glyph of several steps: the first fragile one, else the first. */
function decisive(glyph: RowGlyph, { steps }: RepeatTextData): number {
  const inside = Array.from({ length: glyph.to - glyph.from }, (_, index) => glyph.from + index);
  return inside.find((step) => steps[step].fragile) ?? glyph.from;
}

function glyphWords(glyph: RowGlyph, data: RepeatTextData): string {
  const step = decisive(glyph, data);
  const shown = { ...data.steps[step], text: endToken(glyph, data) ? t('end of text') : glyph.text };
  return stepWords(shown, step, data.partings.some(inside(glyph)));
}

const endToken = ({ to }: RowGlyph, { steps, ended }: RepeatTextData) => ended && to === steps.length;

/** Line ends show as ↵; the break itself stands after the span, so that no underline runs to the margin. */
function glyphNodes(glyph: RowGlyph, index: number, data: RepeatTextData, theme: Theme): Child[] {
  const { fragile, second } = data.steps[decisive(glyph, data)];
  const parted = data.partings.some(inside(glyph));
  const end = endToken(glyph, data);
  const marked = fragile || parted;
  const classes = ['tok', fragile && 'fragile', parted && 'parted', end && 'm'].filter(Boolean).join(' ');
  const text = el('span', {}, end ? ` ${t('end of text')}` : running(glyph.text));
  if (marked) text.style.borderBottom = parted ? `4px double ${theme.negative}` : `2px solid ${theme.negative}`;
  const title = glyphWords(glyph, data);
  const below = marked && el('small', { class: 'm' }, visible(readable(second)));
  const span = el('span', { class: classes, title, data: { glyph: index } }, text, below);
  return [span, !end && glyph.text.endsWith('\n') && '\n'];
}
