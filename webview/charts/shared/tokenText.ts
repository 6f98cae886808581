/**
 * The prompt as running text, one span per glyph, tinted by surprise. Long prompts are drawn a window at a time, following the
 * locked token. One tab stop: arrows move a cursor, Enter locks. Sends no messages.
 */
import type { Prompt } from '../../../src/protocol/model';
import { el } from '../../base/dom';
import { grouped, running } from '../../base/format';
import { type Glyph, glyphIndex, glyphs } from '../../base/glyphs';
import { t } from '../../base/strings';
import type { Theme } from '../../base/theme';
import { type Chart, mountChart, type Now, within } from '../chart';
import { DrawnGlyphs, type GlyphLook } from './drawnGlyphs';
import { CHANGE_NATS, glyphBackground, ownText, rankRule, type Scores, type TintMode, tint } from './tint';
import { turnsOf } from './turns';

export interface TokenTextData extends Scores {
  prompt: Prompt;
  /** Tokens before this one still hold after an edit. */
  exact: number;
  /** [T] change of log p against a baseline in nats, null without counterpart; absent without a baseline. */
  change?: readonly (number | null)[];
  /** [T] the token is not in the baseline; absent without one. */
  edited?: readonly boolean[];
}

export interface TokenTextOptions {
  theme: Theme;
  tint: TintMode;
  label: string;
  locked: number | null;
  /** The token pointed at in the editor or in another chart. */
  hover: number | null;
  /** The words for the token at the cursor, the same as on its hover card. */
  describe: (position: number) => string;
  announce: (text: string) => void;
  onHover: (position: number | null, anchor: Element | null) => void;
  onLock: (position: number) => void;
}

/** Tokens drawn at a time. */
export const WINDOW = 2000;
/** px from one line of text to the next. */
const LINE = 26;

type TextNow = Now<TokenTextData, TokenTextOptions, number>;

/** The token under the cursor here; or, of a place in the file, the tokens of all its turns. */
function pointedAt({ cursor, options: { hover }, data }: TextNow): number[] {
  if (cursor !== null) return [cursor];
  return hover === null ? [] : turnsOf(data.prompt, hover);
}

/** The first token of the window that shows a token. */
const windowOf = (position: number) => Math.floor(position / WINDOW) * WINDOW;

export function tokenText(
  container: HTMLElement,
  first: TokenTextData,
  firstOptions: TokenTextOptions,
): Chart<TokenTextData, TokenTextOptions> {
  let from = windowOf(firstOptions.locked ?? 0);
  const drawn = new DrawnGlyphs(container);
  let range: HTMLElement | null = null;
  /** The elements of the glyphs shown. */
  const spans = new Map<number, HTMLElement>();
  const spanOf = ({ data }: TextNow, position: number | null) =>
    position === null ? null : (spans.get(glyphIndex(glyphs(data.prompt), position)) ?? null);
  const here = ({ options, cursor }: TextNow) => cursor ?? options.locked ?? from;
  /** Turns to the window of a token. */
  const turnTo = (start: number) => {
    if (start === from) return;
    from = start;
    chart.redraw();
  };
  const reach = ({ data }: TextNow, index: number): number | null => {
    const all = glyphs(data.prompt);
    const position = all[within(index, all.length)]?.from ?? null;
    if (position !== null) turnTo(windowOf(position));
    return position;
  };
  const chart = mountChart<TokenTextData, TokenTextOptions, number>(container, first, firstOptions, {
    root: container,
    moves: 'pointerover',
    exists: (position, { data }) => position < data.prompt.tokens.length,
    inputs: ({ data, options: { theme, tint } }) => [data, theme, tint],
    draw({ data, options }) {
      if (from >= data.prompt.tokens.length) from = 0;
      range?.remove();
      range = pageRange(data.prompt.tokens.length, from, turnTo);
      if (range) container.prepend(range);
      const shown = glyphs(data.prompt).flatMap((glyph, index) => (isIn(glyph, from) ? [{ glyph, index }] : []));
      const own = ownText(data.prompt);
      const elements = drawn.update(shown.map(({ glyph }) => lookOf(glyph, data, options, own(glyph))));
      spans.clear();
      shown.forEach(({ index }, place) => {
        spans.set(index, elements[place]);
      });
    },
    mark(now) {
      for (const span of spans.values()) span.classList.remove('pick', 'at');
      spanOf(now, now.options.locked)?.classList.add('pick');
      for (const position of pointedAt(now)) spanOf(now, position)?.classList.add('at');
      return spanOf(now, now.cursor);
    },
    under(event) {
      const span = (event.target as Element).closest<HTMLElement>('.tok');
      return span && container.contains(span) ? Number(span.dataset.token) : null;
    },
    point: (position, now) => now.options.onHover(position, spanOf(now, position)),
    show({ options, cursor }, anchor, byKeyboard) {
      if (byKeyboard) anchor?.scrollIntoView?.({ block: 'nearest' });
      options.onHover(cursor, anchor);
      if (byKeyboard && cursor !== null) options.announce(options.describe(cursor));
    },
    step(now, dx, dy) {
      const all = glyphs(now.data.prompt);
      if (dx) return reach(now, glyphIndex(all, here(now)) + dx);
      const index = glyphBeside(spans, spanOf(now, here(now)), dy, LINE);
      return index === null ? null : all[index].from;
    },
    edge: (now, end) => reach(now, end * now.data.prompt.tokens.length),
    choose: (now, position) => now.options.onLock(position ?? here(now)),
  });
  container.classList.add('text');
  return {
    ...chart,
    update(data, options) {
      const { locked, hover } = chart.now.options;
      chart.update(data, options);
      // What is hovered here is on show already; elsewhere it is the token under the editor's cursor.
      const shown = options.locked !== locked ? options.locked : options.hover !== hover ? options.hover : null;
      if (shown === null || (shown === options.hover && windowOf(shown) === from)) return;
      turnTo(windowOf(shown));
      spanOf(chart.now, shown)?.scrollIntoView?.({ block: 'nearest' });
    },
  };
}

/** Whether the glyph stands in the window that begins with this token. */
const isIn = (glyph: Glyph, from: number) => glyph.from >= from && glyph.from < from + WINDOW;

/** The line above a long text: which tokens are shown, and buttons to the windows before and after. */
function pageRange(count: number, from: number, onTurn: (start: number) => void): HTMLElement | null {
  if (count <= WINDOW) return null;
  const button = (label: string, start: number) =>
    el('button', { type: 'button', class: 'link s page-turn', on: { click: () => onTurn(start) } }, label);
  const last = Math.min(count, from + WINDOW);
  const range = t('tokens {0}–{1} of {2}', grouped(from + 1), grouped(last), grouped(count));
  const less = from > 0 && button(t('Previous {0} tokens', grouped(Math.min(WINDOW, from))), from - WINDOW);
  const more = last < count && button(t('Next {0} tokens', grouped(Math.min(WINDOW, count - last))), from + WINDOW);
  return el('div', { class: 'page-range m s' }, range, less, more);
}

/** The glyph some lines of `height` px below (or, negative, above) another whose middle is nearest to its own. */
export function glyphBeside(
  spans: ReadonlyMap<number, HTMLElement>,
  of: HTMLElement | null,
  lines: number,
  height: number,
): number | null {
  const here = of?.getClientRects()[0];
  if (!here) return null;
  const middle = here.left + here.width / 2;
  let best: { index: number; distance: number } | null = null;
  for (const [index, span] of spans) {
    const box = span.getClientRects()[0];
    if (!box || Math.round((box.top - here.top) / height) !== lines) continue;
    const distance = Math.abs(box.left + box.width / 2 - middle);
    if (!best || distance < best.distance) best = { index, distance };
  }
  return best && best.index;
}

/** Line ends show as ↵; the break itself stands after the span, so that no tint runs to the margin. */
function lookOf(glyph: Glyph, data: TokenTextData, { theme, tint: mode }: TokenTextOptions, own: boolean): GlyphLook {
  const lines = glyph.text.split('\n');
  const text = lines.map(running).join('↵\n').replace(/\n$/, '');
  const stale = glyph.from >= data.exact;
  const edited = data.edited?.slice(glyph.from, glyph.to).includes(true);
  const classes = ['tok', !own && 'dim', stale && 'old', edited && 'edited', changeClass(glyph, data)];
  const look = { text, classes: classes.filter(Boolean).join(' '), token: glyph.from, ends: glyph.text.endsWith('\n') };
  if (!own || stale) return { ...look, tint: null };
  const { logprob, rank } = data;
  // With a baseline, the line under a token shows the change, not the rank.
  const rules = data.change ? [] : rank;
  const tokens = Array.from({ length: glyph.to - glyph.from }, (_, i) => glyph.from + i);
  return {
    ...look,
    tint: {
      background: glyphBackground(theme, mode, glyph, { logprob, rank, rules }),
      strips: tokens.map((i) => tint(theme, mode, logprob[i], rank[i])).join(';'),
      rules: tokens.map((i) => rankRule(rules[i] ?? 0)).join(';'),
    },
  };
}

/** The class for the largest change among the glyph's tokens. */
function changeClass(glyph: Glyph, data: TokenTextData): string | false {
  if (!data.change) return false;
  const values = data.change.slice(glyph.from, glyph.to).filter((v) => v !== null);
  const largest = values.reduce((a, b) => (Math.abs(b) > Math.abs(a) ? b : a), 0);
  return Math.abs(largest) >= CHANGE_NATS && (largest > 0 ? 'up' : 'down');
}
