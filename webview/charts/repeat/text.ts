/**
 * A continuation as running text in which every fragile step is underlined, with its runner-up below; the underline is double
 * where a way of computing gives another token. Tokens that share a character are one glyph. One tab stop over the glyphs. Sends
 * no messages.
 */
import { chartTabStop } from '../../base/a11y';
import { type Child, el, fill } from '../../base/dom';
import { running, visible } from '../../base/format';
import { t } from '../../base/strings';
import type { Theme } from '../../base/theme';
import { type RowGlyph, rowGlyphs } from '../probabilities/continuations';
import type { Chart } from '../shared/tokenText';
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
  data: RepeatTextData,
  options: RepeatTextOptions,
): Chart<RepeatTextData, RepeatTextOptions> {
  let cursor: number | null = null;
  let glyphs: RowGlyph[] = [];
  const spanAt = (index: number) => container.querySelector(`[data-glyph="${index}"]`);
  const draw = () => {
    glyphs = rowGlyphs(data.steps.map(({ text, bytes }) => ({ id: 0, text, bytes, logprob: null, rank: null })));
    fill(container, ...glyphs.flatMap((glyph, index) => glyphNodes(glyph, index, data, options.theme)));
  };
  const show = (index: number | null) => {
    if (index === cursor) return;
    if (cursor !== null) spanAt(cursor)?.classList.remove('at');
    cursor = index;
    const span = index === null ? null : spanAt(index);
    span?.classList.add('at');
    options.onHover(index === null ? null : glyphs[index].from, span);
  };
  const move = (index: number) => {
    if (glyphs.length === 0) return;
    show(Math.max(0, Math.min(glyphs.length - 1, index)));
    options.announce(glyphWords(glyphs[cursor ?? 0], data));
  };
  const under = (event: Event) => {
    const span = (event.target as Element).closest<HTMLElement>('.tok');
    show(span ? Number(span.dataset.glyph) : null);
  };
  const leave = () => show(null);
  container.classList.add('text', 'repeat-text');
  container.addEventListener('pointerover', under);
  container.addEventListener('pointerleave', leave);
  container.addEventListener('blur', leave);
  const stopKeys = chartTabStop(container, {
    label: options.label,
    onMove: (dx, dy) => move(cursor === null ? 0 : cursor + (dx || dy)),
    onEdge: (end) => move(end < 0 ? 0 : glyphs.length - 1),
  });
  draw();
  return {
    update(nextData, nextOptions) {
      data = nextData;
      options = nextOptions;
      container.setAttribute('aria-label', options.label);
      draw();
      const kept = cursor !== null && cursor < glyphs.length ? cursor : null;
      cursor = null;
      show(kept);
    },
    destroy() {
      stopKeys();
      container.removeEventListener('pointerover', under);
      container.removeEventListener('pointerleave', leave);
      container.removeEventListener('blur', leave);
      container.replaceChildren();
    },
  };
}

const within =
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
  return stepWords(shown, step, data.partings.some(within(glyph)));
}

const endToken = ({ to }: RowGlyph, { steps, ended }: RepeatTextData) => ended && to === steps.length;

/** Line ends show as ↵; the break itself stands after the span, so that no underline runs to the margin. */
function glyphNodes(glyph: RowGlyph, index: number, data: RepeatTextData, theme: Theme): Child[] {
  const { fragile, second } = data.steps[decisive(glyph, data)];
  const parted = data.partings.some(within(glyph));
  const end = endToken(glyph, data);
  const marked = fragile || parted;
  const classes = ['tok', fragile && 'fragile', parted && 'parted', end && 'm'].filter(Boolean).join(' ');
  const text = el('span', {}, end ? ` ${t('end of text')}` : running(glyph.text));
  if (marked) text.style.borderBottom = parted ? `4px double ${theme.negative}` : `2px solid ${theme.negative}`;
  const title = glyphWords(glyph, data);
  const below = marked && el('small', { class: 'm' }, visible(second.text));
  const span = el('span', { class: classes, title, data: { glyph: index } }, text, below);
  return [span, !end && glyph.text.endsWith('\n') && '\n'];
}
