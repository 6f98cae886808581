/**
 * The prompt as running text, one span per glyph, tinted by surprise. Long prompts are drawn a window at a time, following the
 * locked token. One tab stop: arrows move a cursor, Enter locks. Sends no messages.
 */
import type { Prompt } from '../../../src/protocol/model';
import { chartTabStop } from '../../base/a11y';
import { type Child, el, fill } from '../../base/dom';
import { grouped, running } from '../../base/format';
import { type Glyph, glyphIndex, glyphs } from '../../base/glyphs';
import { t } from '../../base/strings';
import type { Theme } from '../../base/theme';
import { CHANGE_NATS, glyphBackground, ownText, rankRule, type Scores, type TintMode, tint } from './tint';

export interface TokenTextData extends Scores {
  prompt: Prompt;
  /** Tokens before this one still hold after an edit. */
  exact: number;
  /** [T] change of log p against a baseline in nats, null without counterpart; absent without a baseline. */
  change?: readonly (number | null)[];
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

export interface Chart<Data, Options> {
  update(data: Data, options: Options): void;
  destroy(): void;
}

/** Tokens drawn at a time. */
export const WINDOW = 2000;

export function tokenText(
  container: HTMLElement,
  data: TokenTextData,
  options: TokenTextOptions,
): Chart<TokenTextData, TokenTextOptions> {
  let cursor: number | null = null;
  /** First token of the window shown. */
  let from = 0;
  const spans = new Map<number, HTMLElement>();
  const all = () => glyphs(data.prompt);
  const spanOf = (position: number | null) => (position === null ? undefined : spans.get(glyphIndex(all(), position)));

  const draw = () => {
    spans.clear();
    const own = ownText(data.prompt);
    const shown: Child[] = [];
    const count = data.prompt.tokens.length;
    all().forEach((glyph, i) => {
      if (glyph.from < from || glyph.from >= from + WINDOW) return;
      const span = tokenSpan(glyph, data, options, own(glyph));
      spans.set(i, span);
      shown.push(span, glyph.text.endsWith('\n') && '\n');
    });
    fill(container, ...shown);
    if (count > WINDOW) {
      const less = from > 0 && pageButton(t('Earlier'), from - WINDOW);
      const more = from + WINDOW < count && pageButton(t('Later'), from + WINDOW);
      const range = t(
        'tokens {0}–{1} of {2}',
        grouped(from + 1),
        grouped(Math.min(count, from + WINDOW)),
        grouped(count),
      );
      container.prepend(el('div', { class: 'page-range m s' }, range, less, more));
    }
    mark();
  };

  const pageButton = (label: string, start: number) => {
    const go = () => {
      from = start;
      draw();
    };
    return el('button', { type: 'button', class: 'link s page-turn', on: { click: go } }, label);
  };

  const mark = () => {
    for (const span of spans.values()) span.classList.remove('pick', 'at');
    spanOf(options.locked)?.classList.add('pick');
    spanOf(cursor ?? options.hover)?.classList.add('at');
  };

  const follow = (position: number | null) => {
    const start = position === null ? from : Math.floor(position / WINDOW) * WINDOW;
    if (start !== from) {
      from = start;
      draw();
    } else mark();
    spanOf(position)?.scrollIntoView?.({ block: 'nearest' });
  };

  const moveTo = (index: number) => {
    const glyph = all()[Math.max(0, Math.min(all().length - 1, index))];
    if (!glyph) return;
    cursor = glyph.from;
    follow(cursor);
    options.onHover(cursor, spanOf(cursor) ?? null);
    options.announce(options.describe(cursor));
  };
  const here = () => glyphIndex(all(), cursor ?? options.locked ?? from);
  /** The glyph one line above or below whose middle is nearest. */
  const vertical = (step: number) => {
    const at = spanOf(cursor ?? options.locked ?? from)?.getBoundingClientRect();
    if (!at) return;
    const middle = at.left + at.width / 2;
    let best: [number, number] | null = null;
    for (const [i, span] of spans) {
      const box = span.getBoundingClientRect();
      const rows = Math.round((box.top - at.top) / 26);
      const distance = Math.abs(box.left + box.width / 2 - middle);
      if (rows === step && (!best || distance < best[1])) best = [i, distance];
    }
    if (best) moveTo(best[0]);
  };

  const positionAt = (event: Event) => {
    const span = (event.target as Element).closest<HTMLElement>('.tok');
    return span && container.contains(span) ? { span, position: Number(span.dataset.token) } : null;
  };
  const listeners: [string, (event: Event) => void][] = [
    ['pointerover', (event) => hover(positionAt(event))],
    ['pointerleave', () => hover(null)],
    ['click', (event) => lock(positionAt(event))],
    ['blur', () => setCursor(null)],
  ];
  const hover = (hit: ReturnType<typeof positionAt>) => options.onHover(hit?.position ?? null, hit?.span ?? null);
  const lock = (hit: ReturnType<typeof positionAt>) => hit && options.onLock(hit.position);
  const setCursor = (position: number | null) => {
    cursor = position;
    options.onHover(null, null);
    mark();
  };
  for (const [name, listener] of listeners) container.addEventListener(name, listener);
  const stopKeys = chartTabStop(container, {
    label: options.label,
    onMove: (dx, dy) => (dx ? moveTo(here() + dx) : vertical(dy)),
    onEdge: (end) => moveTo(end < 0 ? 0 : all().length - 1),
    onActivate: () => options.onLock(cursor ?? options.locked ?? from),
  });
  container.classList.add('text');
  from = Math.floor((options.locked ?? 0) / WINDOW) * WINDOW;
  draw();

  return {
    update(nextData, nextOptions) {
      const same = data === nextData && options.theme === nextOptions.theme && options.tint === nextOptions.tint;
      const moved = options.locked !== nextOptions.locked;
      data = nextData;
      options = nextOptions;
      container.setAttribute('aria-label', options.label);
      if (!same) {
        if (from >= data.prompt.tokens.length) from = 0;
        if (cursor !== null && cursor >= data.prompt.tokens.length) cursor = null;
        draw();
      }
      if (moved) follow(options.locked);
      else mark();
    },
    destroy() {
      stopKeys();
      for (const [name, listener] of listeners) container.removeEventListener(name, listener);
      container.replaceChildren();
    },
  };
}

/** Line ends show as ↵; the break itself stands after the span, so that no tint runs to the margin. */
function tokenSpan(glyph: Glyph, data: TokenTextData, options: TokenTextOptions, own: boolean): HTMLElement {
  const lines = glyph.text.split('\n');
  const text = lines.map(running).join('↵\n').replace(/\n$/, '');
  const stale = glyph.from >= data.exact;
  const classes = ['tok', /^\n+$/.test(glyph.text) && 'nl', !own && 'dim', stale && 'old', changeClass(glyph, data)];
  const span = el('span', { class: classes.filter(Boolean).join(' '), data: { token: glyph.from } }, text);
  if (!own || stale) return span;
  // With a baseline, the line under a token shows the change, not the rank.
  const rank = data.change ? [] : data.rank;
  span.style.background = glyphBackground(options.theme, options.tint, glyph, {
    logprob: data.logprob,
    rank: data.rank,
    rules: rank,
  });
  // The same values are stored as data too, for the exported picture.
  const tokens = Array.from({ length: glyph.to - glyph.from }, (_, i) => glyph.from + i);
  span.dataset.strips = tokens.map((i) => tint(options.theme, options.tint, data.logprob[i], data.rank[i])).join(';');
  span.dataset.rules = tokens.map((i) => rankRule(rank[i] ?? 0)).join(';');
  return span;
}

/** The class for the largest change among the glyph's tokens. */
function changeClass(glyph: Glyph, data: TokenTextData): string | false {
  if (!data.change) return false;
  const values = data.change.slice(glyph.from, glyph.to).filter((v) => v !== null);
  const largest = values.reduce((a, b) => (Math.abs(b) > Math.abs(a) ? b : a), 0);
  return Math.abs(largest) >= CHANGE_NATS && (largest > 0 ? 'up' : 'down');
}
