/**
 * One token in the running text: solid arcs above to the tokens it reads, dashed arcs below from the tokens that read it. Long
 * texts are folded around the ends of the arcs. One tab stop: arrows move a cursor, Enter locks. Sends no messages.
 */
import { interpolateRgb } from 'd3';
import type { Prompt } from '../../../src/protocol/model';
import { chartTabStop } from '../../base/a11y';
import { type Child, el, fill, svgEl } from '../../base/dom';
import { grouped, running } from '../../base/format';
import { type Glyph, glyphIndex, glyphs } from '../../base/glyphs';
import { t } from '../../base/strings';
import type { Theme } from '../../base/theme';
import { ownText } from '../shared/tint';
import { shownRanges } from './text';
import type { Link } from './weights';

export interface AttentionArcsData {
  prompt: Prompt;
  /** Token the arcs belong to: the locked one, or a preview. */
  origin: number | null;
  locked: number | null;
  /** Token previewed anywhere on the page. */
  hover: number | null;
  reads: readonly Link[];
  readBy: readonly Link[];
  /** Tokens before this one still hold after an edit. */
  exact: number;
}

export interface AttentionArcsOptions {
  /** Content width in CSS pixels; a change moves the arcs. */
  width: number;
  theme: Theme;
  label: string;
  describe: (token: number) => string;
  announce: (text: string) => void;
  onHover: (token: number | null) => void;
  onLock: (token: number) => void;
}

export interface AttentionArcs {
  update(data: AttentionArcsData, options: AttentionArcsOptions): void;
  destroy(): void;
}

interface Spot {
  x: number;
  top: number;
  bottom: number;
}

/** Marks a token in the text: shaded when it is read (the darker, the more), underlined with dashes when it reads. */
function dress(span: HTMLElement, glyph: Glyph, { reads, readBy }: AttentionArcsData, theme: Theme): void {
  const read = reads.find((link) => link.from === glyph.from);
  const reader = readBy.find((link) => link.from === glyph.from);
  const tint = interpolateRgb(theme.background, theme.positive);
  span.style.background = read ? tint(0.12 + 0.4 * Math.min(1, read.weight)) : '';
  span.style.borderBottom = reader ? `${Math.max(1, Math.round(3 * reader.weight))}px dashed ${theme.negative}` : '';
}

/**
 * Arcs to read tokens leave the top of the locked token, arcs from its readers its bottom; on one line the arc bows away from the
 * text.
 */
function arcPath(me: Spot, other: Spot, above: boolean): { d: string; end: number } {
  const sameLine = Math.abs(other.top - me.top) < 4;
  const start = above ? me.top : me.bottom;
  const facing = other.top > me.top ? other.top : other.bottom;
  const end = sameLine ? (above ? other.top : other.bottom) : facing;
  const bow = above ? -14 : 14;
  const d = sameLine
    ? `M${me.x},${start}C${me.x},${start + bow} ${other.x},${end + bow} ${other.x},${end}`
    : `M${me.x},${start}C${me.x},${(start * 2 + end) / 3} ${other.x},${(start + end * 2) / 3} ${other.x},${end}`;
  return { d, end };
}

/** Draws into `container`; call `update` for anything that changes, `destroy` before the container goes. */
export function attentionArcs(
  container: HTMLElement,
  first: AttentionArcsData,
  firstOptions: AttentionArcsOptions,
): AttentionArcs {
  let data = first;
  let options = firstOptions;
  let cursor: number | null = null;
  /** Tokens around which the user unfolded the text. */
  let unfolded: number[] = [];
  /** Stretches of the text that are drawn. */
  let drawn: [from: number, to: number][] = [];
  const spans = new Map<number, HTMLElement>();
  const text = el('div', { class: 'text' });
  const over = svgEl('svg', { 'aria-hidden': 'true', class: 'attention-over' });
  const root = el('div', { class: 'attention-arcs' }, text, over);
  container.append(root);
  const all = () => glyphs(data.prompt);
  const spanOf = (token: number | null) => (token === null ? undefined : spans.get(glyphIndex(all(), token)));

  const ranges = () => {
    const ends = [...data.reads, ...data.readBy].map((link) => link.from);
    const points = data.origin === null ? ends : [data.origin, ...ends];
    return shownRanges(data.prompt.tokens.length, [...points, ...unfolded]);
  };

  const fold = (from: number, to: number): HTMLElement => {
    const unfold = () => {
      unfolded = [...unfolded, from + 40, Math.floor((from + to) / 2), to - 41];
      drawText();
      drawMarks();
    };
    const label = t('… {0} tokens …', grouped(to - from));
    return el('button', { type: 'button', class: 'link s attention-fold', on: { click: unfold } }, label);
  };

  const drawText = () => {
    spans.clear();
    const own = ownText(data.prompt);
    drawn = ranges();
    const shown: Child[] = [];
    let next = 0;
    for (const [from, to] of drawn) {
      if (from > next) shown.push(fold(next, from));
      next = to;
      for (let index = glyphIndex(all(), from); index < all().length && all()[index].from < to; index++) {
        const glyph = all()[index];
        const classes = [
          'tok',
          /^\n+$/.test(glyph.text) && 'nl',
          !own(glyph) && 'dim',
          glyph.from >= data.exact && 'old',
        ];
        const words = glyph.text.split('\n').map(running).join('↵\n').replace(/\n$/, '');
        const props = { class: classes.filter(Boolean).join(' '), data: { token: glyph.from } };
        const span = el('span', props, words);
        spans.set(index, span);
        shown.push(span, glyph.text.endsWith('\n') && '\n');
      }
    }
    fill(text, ...shown);
  };

  const spot = (token: number): Spot | null => {
    const box = spanOf(token)?.getClientRects()[0];
    if (!box) return null;
    const origin = root.getBoundingClientRect();
    const x = box.left - origin.left + box.width / 2;
    return { x, top: box.top - origin.top + 2, bottom: box.bottom - origin.top - 1 };
  };

  const arc = (me: Spot, link: Link, above: boolean): SVGElement[] => {
    const other = spot(link.from);
    if (!other || glyphIndex(all(), link.from) === glyphIndex(all(), data.origin ?? -1)) return [];
    const colour = above ? options.theme.positive : options.theme.negative;
    const { d, end } = arcPath(me, other, above);
    const path = svgEl('path', {
      d,
      fill: 'none',
      stroke: colour,
      'stroke-width': 0.75 + 2.5 * Math.min(1, link.weight),
      'stroke-dasharray': above ? undefined : '4 3',
      'stroke-opacity': 0.9,
    });
    return [path, svgEl('circle', { cx: other.x, cy: end, r: 2, fill: colour })];
  };

  const drawMarks = () => {
    const glyphList = all();
    for (const [index, span] of spans) {
      span.classList.remove('pick', 'at');
      dress(span, glyphList[index], data, options.theme);
    }
    const locked = spanOf(data.locked);
    // A preview of the locked token must not hide the lock.
    for (const span of [spanOf(data.hover), spanOf(cursor)]) if (span !== locked) span?.classList.add('at');
    locked?.classList.add('pick');
    const me = data.origin === null ? null : spot(data.origin);
    over.setAttribute('width', String(options.width));
    over.setAttribute('height', String(root.offsetHeight));
    const arcs = me && [
      ...data.reads.flatMap((link) => arc(me, link, true)),
      ...data.readBy.flatMap((link) => arc(me, link, false)),
    ];
    fill(over, ...(arcs ?? []));
  };

  const moveTo = (index: number) => {
    const glyph = all()[Math.max(0, Math.min(all().length - 1, index))];
    if (!glyph) return;
    cursor = glyph.from;
    if (!spanOf(cursor)) {
      unfolded = [...unfolded, cursor];
      drawText();
    }
    drawMarks();
    spanOf(cursor)?.scrollIntoView?.({ block: 'nearest' });
    options.onHover(cursor);
    options.announce(options.describe(cursor));
  };
  const here = () => glyphIndex(all(), cursor ?? data.origin ?? 0);
  /** The glyph one line above or below whose middle is nearest. */
  const vertical = (step: number) => {
    const at = spot(cursor ?? data.origin ?? 0);
    if (!at) return;
    let best: { index: number; far: number } | null = null;
    for (const [index] of spans) {
      const place = spot(all()[index].from);
      if (!place || Math.round((place.top - at.top) / 30) !== step) continue;
      const far = Math.abs(place.x - at.x);
      if (!best || far < best.far) best = { index, far };
    }
    if (best) moveTo(best.index);
  };

  const tokenUnder = (event: Event): number | null => {
    const span = (event.target as Element).closest<HTMLElement>('.tok');
    return span ? Number(span.dataset.token) : null;
  };
  text.addEventListener('pointerover', (event) => options.onHover(tokenUnder(event)));
  text.addEventListener('pointerleave', () => options.onHover(null));
  text.addEventListener('click', (event) => {
    const token = tokenUnder(event);
    if (token !== null) options.onLock(token);
  });
  text.addEventListener('blur', () => {
    cursor = null;
    options.onHover(null);
    drawMarks();
  });
  const release = chartTabStop(text, {
    label: options.label,
    onMove: (dx, dy) => (dx ? moveTo(here() + dx) : vertical(dy)),
    onEdge: (end) => moveTo(end < 0 ? 0 : all().length - 1),
    onActivate: () => options.onLock(cursor ?? data.origin ?? 0),
  });
  drawText();
  drawMarks();

  return {
    update(next, nextOptions) {
      const sameText = data.prompt === next.prompt && data.exact === next.exact;
      if (data.prompt !== next.prompt) {
        cursor = null;
        unfolded = [];
      }
      data = next;
      options = nextOptions;
      text.setAttribute('aria-label', options.label);
      // A preview redraws the text only when other stretches of it are wanted.
      if (!sameText || ranges().join() !== drawn.join()) drawText();
      drawMarks();
    },
    destroy() {
      release();
      root.remove();
    },
  };
}
