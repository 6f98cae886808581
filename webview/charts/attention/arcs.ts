/**
 * One token in the running text: solid arcs above to the tokens it reads, dashed arcs below from the tokens that read it. Long
 * texts are folded around the ends of the arcs. One tab stop: arrows move a cursor, Enter locks. Sends no messages.
 */
import { interpolateRgb } from 'd3';
import type { Prompt } from '../../../src/protocol/model';
import { type Child, el, fill, svgEl } from '../../base/dom';
import { grouped, running } from '../../base/format';
import { type Glyph, glyphIndex, glyphs } from '../../base/glyphs';
import { t } from '../../base/strings';
import type { Theme } from '../../base/theme';
import { type Chart, mountChart, type Now, within } from '../chart';
import { ownText } from '../shared/tint';
import { glyphBeside } from '../shared/tokenText';
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

export type AttentionArcs = Chart<AttentionArcsData, AttentionArcsOptions>;

/** px from one line of text to the next. */
const LINE = 30;

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

type ArcsNow = Now<AttentionArcsData, AttentionArcsOptions, number>;
type Spans = Map<number, HTMLElement>;

const spanOf = (spans: Spans, { prompt }: AttentionArcsData, token: number | null): HTMLElement | null =>
  token === null ? null : (spans.get(glyphIndex(glyphs(prompt), token)) ?? null);

/** The token under the cursor, else that of the arcs. */
const here = ({ data, cursor }: ArcsNow): number => cursor ?? data.origin ?? 0;

/** The stretches of the text to draw; `unfolded`: tokens around which the user unfolded it. */
function stretches(data: AttentionArcsData, unfolded: readonly number[]): [from: number, to: number][] {
  const ends = [...data.reads, ...data.readBy].map((link) => link.from);
  const points = data.origin === null ? ends : [data.origin, ...ends];
  return shownRanges(data.prompt.tokens.length, [...points, ...unfolded]);
}

export function attentionArcs(
  container: HTMLElement,
  first: AttentionArcsData,
  firstOptions: AttentionArcsOptions,
): AttentionArcs {
  let { prompt } = first;
  let unfolded: number[] = [];
  const spans: Spans = new Map();
  const text = el('div', { class: 'text' });
  const over = svgEl('svg', { 'aria-hidden': 'true', class: 'attention-over' });
  const root = el('div', { class: 'attention-arcs' }, text, over);
  const unfold = (...around: number[]) => {
    unfolded = [...unfolded, ...around];
    chart.redraw();
  };
  const reach = ({ data }: ArcsNow, index: number): number | null => {
    const all = glyphs(data.prompt);
    const token = all[within(index, all.length)]?.from ?? null;
    if (token !== null && !spanOf(spans, data, token)) unfold(token);
    return token;
  };
  const chart = mountChart<AttentionArcsData, AttentionArcsOptions, number>(container, first, firstOptions, {
    root: text,
    elements: [root],
    moves: 'pointerover',
    exists: (_, { data }) => data.prompt === prompt,
    inputs({ data }) {
      if (data.prompt !== prompt) unfolded = [];
      prompt = data.prompt;
      // A preview redraws the text only when other stretches of it are wanted.
      return [prompt, data.exact, stretches(data, unfolded).join()];
    },
    draw: ({ data }) => fill(text, ...textParts(data, stretches(data, unfolded), spans, unfold)),
    mark(now) {
      dressAll(spans, now);
      over.setAttribute('width', String(now.options.width));
      over.setAttribute('height', String(root.offsetHeight));
      fill(over, ...arcs(root, spans, now));
      return spanOf(spans, now.data, now.cursor);
    },
    under(event) {
      const span = (event.target as Element).closest<HTMLElement>('.tok');
      return span ? Number(span.dataset.token) : null;
    },
    point: (token, { options }) => options.onHover(token),
    show({ options, cursor }, anchor, byKeyboard) {
      if (byKeyboard) anchor?.scrollIntoView?.({ block: 'nearest' });
      options.onHover(cursor);
      if (byKeyboard && cursor !== null) options.announce(options.describe(cursor));
    },
    step(now, dx, dy) {
      const all = glyphs(now.data.prompt);
      if (dx) return reach(now, glyphIndex(all, here(now)) + dx);
      const index = glyphBeside(spans, spanOf(spans, now.data, here(now)), dy, LINE);
      return index === null ? null : all[index].from;
    },
    edge: (now, end) => reach(now, end * now.data.prompt.tokens.length),
    choose: (now, token) => now.options.onLock(token ?? here(now)),
  });
  return chart;
}

/** The glyphs of the stretches, and a button for each part folded between them; `spans` receives the elements. */
function textParts(
  { prompt, exact }: AttentionArcsData,
  ranges: readonly [from: number, to: number][],
  spans: Spans,
  unfold: (...around: number[]) => void,
): Child[] {
  const all = glyphs(prompt);
  const own = ownText(prompt);
  const fold = (from: number, to: number) => {
    const click = () => unfold(from + 40, Math.floor((from + to) / 2), to - 41);
    const label = t('… {0} tokens …', grouped(to - from));
    return el('button', { type: 'button', class: 'link s attention-fold', on: { click } }, label);
  };
  spans.clear();
  return ranges.flatMap(([from, to], range) => {
    const before = range === 0 ? 0 : ranges[range - 1][1];
    const parts: Child[] = from > before ? [fold(before, from)] : [];
    for (let index = glyphIndex(all, from); index < all.length && all[index].from < to; index++) {
      const glyph = all[index];
      const span = glyphSpan(glyph, !own(glyph), glyph.from >= exact);
      spans.set(index, span);
      parts.push(span, glyph.text.endsWith('\n') && '\n');
    }
    return parts;
  });
}

function glyphSpan({ from, text }: Glyph, dim: boolean, old: boolean): HTMLElement {
  const classes = ['tok', dim && 'dim', old && 'old'].filter(Boolean).join(' ');
  const words = text.split('\n').map(running).join('↵\n').replace(/\n$/, '');
  return el('span', { class: classes, data: { token: from } }, words);
}

/** Marks read tokens and readers, the lock and the previews. */
function dressAll(spans: Spans, { data, options, cursor }: ArcsNow): void {
  const all = glyphs(data.prompt);
  for (const [index, span] of spans) {
    span.classList.remove('pick', 'at');
    dress(span, all[index], data, options.theme);
  }
  const locked = spanOf(spans, data, data.locked);
  // A preview of the locked token must not hide the lock.
  for (const token of [data.hover, cursor]) {
    const span = spanOf(spans, data, token);
    if (span !== locked) span?.classList.add('at');
  }
  locked?.classList.add('pick');
}

function arcs(root: HTMLElement, spans: Spans, { data, options: { theme } }: ArcsNow): SVGElement[] {
  const spot = (token: number): Spot | null => {
    const box = spanOf(spans, data, token)?.getClientRects()[0];
    if (!box) return null;
    const origin = root.getBoundingClientRect();
    const x = box.left - origin.left + box.width / 2;
    return { x, top: box.top - origin.top + 2, bottom: box.bottom - origin.top - 1 };
  };
  const me = data.origin === null ? null : spot(data.origin);
  if (!me) return [];
  const all = glyphs(data.prompt);
  const arc = (link: Link, above: boolean): SVGElement[] => {
    const other = spot(link.from);
    if (!other || glyphIndex(all, link.from) === glyphIndex(all, data.origin ?? -1)) return [];
    const colour = above ? theme.positive : theme.negative;
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
  return [...data.reads.flatMap((link) => arc(link, true)), ...data.readBy.flatMap((link) => arc(link, false))];
}
