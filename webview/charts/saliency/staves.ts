/**
 * The prompt as staves: under each line of text one lane per method, in which each bar is as wide as its word and aligned with
 * it; or the text itself tinted or underlined by the first method. Long prompts are drawn a window at a time, following the
 * locked token. One tab stop: arrows move over units and rows, Enter locks. Sends no messages.
 */
import type { StandIn } from '../../../src/analysis/saliency/contract';
import type { Unit } from '../../../src/analysis/shared/contract';
import type { Prompt } from '../../../src/protocol/model';
import { chartTabStop } from '../../base/a11y';
import { el, svgEl } from '../../base/dom';
import { grouped } from '../../base/format';
import { t } from '../../base/strings';
import type { Theme } from '../../base/theme';
import type { Chart } from '../shared/tokenText';
import { type Stave, type Stretch, staves } from './layout';
import { hatching, unreadable } from './parts';
import { holders, type Lane, strongest, unitAt } from './scores';
import { drawLanes, drawTinted, type StaveGround, staveMetrics, textElements } from './staveParts';

export interface StavesData {
  prompt: Prompt;
  units: readonly Unit[];
  /** Heat and underline show the first one. */
  lanes: readonly Lane[];
  /** Stand-ins for occlusion scores that are not known yet. */
  coarse: readonly StandIn[];
  /** True if the text has changed since. */
  stale: boolean;
}

export interface StavesOptions {
  theme: Theme;
  /** px. */
  width: number;
  style: 'bars' | 'heat' | 'underline';
  label: string;
  locked: number | null;
  /** The token pointed at elsewhere. */
  hover: number | null;
  describe: (unit: number) => string;
  announce: (text: string) => void;
  onHover: (unit: number | null, anchor: Element | null) => void;
  onLock: (unit: number) => void;
}

/** Rows drawn at a time. */
export const STAVE_WINDOW = 60;
const HATCH = 'saliency-against';
const UNREADABLE = 'saliency-unreadable';

export function saliencyStaves(
  container: HTMLElement,
  data: StavesData,
  options: StavesOptions,
): Chart<StavesData, StavesOptions> {
  let rows: Stave[] = [];
  let ground: StaveGround;
  /** Top of each row shown, and the bottom of the last. */
  let tops: number[] = [0];
  let cursor: number | null = null;
  let from = 0;
  let pointed: number | null = null;
  const pages = el('div', { class: 'page-range m s' });
  const over = svgEl('g', { class: 'marks' });
  const svg = svgEl('svg', { class: 'saliency-staves' });
  container.append(pages, svg);
  const shown = () => rows.slice(from, from + STAVE_WINDOW);
  const rowOf = (token: number) => rows.findIndex((row) => row.tokens.has(token));

  const layout = () => {
    ground = staveMetrics(options, data.lanes);
    rows = staves(data.prompt, data.units, Math.floor((options.width - ground.gutter - 2) / ground.cell));
    if (from >= rows.length) from = 0;
  };

  const draw = () => {
    const { theme, style } = options;
    const visible = shown();
    const [first] = data.lanes;
    const occlusion = data.lanes.find(({ method }) => method === 'occlusion');
    const look = {
      theme,
      hatch: HATCH,
      unreadable: UNREADABLE,
      coarse: data.coarse,
      stale: data.stale,
      holders: holders(data.units, data.coarse).map((holder, unit) => (occlusion?.unscored.has(unit) ? null : holder)),
      best: first && !first.unreliable ? (strongest(first.scores, 1)[0] ?? null) : null,
    };
    const children: SVGElement[] = [hatching(theme, HATCH), unreadable(theme, UNREADABLE), over];
    tops = [0];
    visible.forEach((row, index) => {
      tops.push(tops[index] + (row.units.length > 0 ? ground.height : ground.bare));
      const group = svgEl('g', { transform: `translate(0,${tops[index]})` });
      const marks = style === 'bars' && row.units.length > 0 ? drawLanes(row, data.lanes, ground, look) : [];
      const tints = style === 'bars' || !data.lanes[0] ? [] : drawTinted(row, data.lanes[0], style, ground, look);
      if (data.stale) for (const drawn of [...tints, ...marks]) fade(drawn);
      group.append(...tints, ...textElements(row, ground, look), ...marks);
      children.push(group);
    });
    svg.replaceChildren(...children);
    svg.setAttribute('width', String(options.width));
    svg.setAttribute('height', String(Math.max(0, tops[visible.length] - ground.gap)));
    drawPages();
    mark();
  };

  const drawPages = () => {
    pages.hidden = rows.length <= STAVE_WINDOW;
    if (pages.hidden) return;
    const turn = (label: string, start: number) =>
      el('button', { type: 'button', class: 'link s page-turn', on: { click: () => page(start) } }, label);
    const last = Math.min(rows.length, from + STAVE_WINDOW);
    pages.replaceChildren(t('lines {0}–{1} of {2}', grouped(from + 1), grouped(last), grouped(rows.length)));
    if (from > 0) pages.append(turn(t('Earlier'), from - STAVE_WINDOW));
    if (last < rows.length) pages.append(turn(t('Later'), from + STAVE_WINDOW));
  };
  const page = (start: number) => {
    from = Math.max(0, start);
    draw();
  };

  /** Boxes of a token's unit in the window, or of the token itself if it is in no unit. */
  const boxes = (token: number): { row: number; stretch: Stretch }[] => {
    const unit = unitAt(data.units, token);
    return shown().flatMap((row, index) => {
      const own = unit === null ? row.tokens.get(token) : undefined;
      const found = own ? [own] : row.units.filter((stretch) => stretch.unit === unit);
      return found.map((stretch) => ({ row: index, stretch }));
    });
  };

  const mark = () => {
    const { theme, locked, hover } = options;
    const marks: SVGElement[] = [];
    const box = (kind: string, row: number, { from: x0, to: x1 }: Stretch, look: Record<string, unknown>) => {
      const x = ground.gutter + x0 * ground.cell;
      const width = Math.max(3, (x1 - x0) * ground.cell - 1);
      const y = tops[row];
      marks.push(svgEl('rect', { class: kind, x: x - 1, y: y + ground.box[0], width: width + 2, ...look }));
    };
    const text = ground.box[1] - ground.box[0];
    const column = (row: number) => tops[row + 1] - tops[row] - ground.gap - ground.box[0];
    const at = cursor === null ? hover : data.units[cursor].tokens[0];
    if (at !== null)
      for (const { row, stretch } of boxes(at)) box('cursor', row, stretch, { height: column(row), fill: theme.band });
    if (locked !== null)
      for (const { row, stretch } of boxes(locked))
        box('locked', row, stretch, { height: text, fill: 'none', stroke: theme.focus, 'stroke-width': 2 });
    over.replaceChildren(...marks);
  };

  const follow = (token: number) => {
    const row = rowOf(token);
    if (row < 0) return;
    if (row < from || row >= from + STAVE_WINDOW) {
      from = Math.floor(row / STAVE_WINDOW) * STAVE_WINDOW;
      draw();
    } else mark();
    over.querySelector('.locked, .cursor')?.scrollIntoView?.({ block: 'nearest' });
  };

  const moveTo = (unit: number) => {
    if (data.units.length === 0) return;
    cursor = Math.max(0, Math.min(data.units.length - 1, unit));
    follow(data.units[cursor].tokens[0]);
    options.onHover(cursor, over.querySelector('.cursor'));
    options.announce(options.describe(cursor));
  };
  const here = () => cursor ?? (options.locked === null ? null : unitAt(data.units, options.locked)) ?? 0;
  /** The nearest unit in the rows below or above. */
  const vertical = (step: number) => {
    const unit = data.units[here()];
    const at = unit ? rowOf(unit.tokens[0]) : -1;
    const middle = rows[at]?.units.find((stretch) => stretch.unit === here());
    if (!middle) return;
    const x = (middle.from + middle.to) / 2;
    for (let row = at + step; row >= 0 && row < rows.length; row += Math.sign(step)) {
      const near = rows[row].units
        .filter((stretch) => stretch.unit !== here())
        .map((stretch) => ({ stretch, distance: Math.abs((stretch.from + stretch.to) / 2 - x) }))
        .sort((a, b) => a.distance - b.distance)[0];
      if (near) return moveTo(near.stretch.unit);
    }
  };

  const unitUnder = (event: MouseEvent): number | null => {
    const frame = svg.getBoundingClientRect();
    const below = tops.findIndex((top) => top > event.clientY - frame.top);
    const row = shown()[below - 1];
    const x = (event.clientX - frame.left - ground.gutter) / ground.cell;
    return row?.units.find((stretch) => x >= stretch.from && x < stretch.to)?.unit ?? null;
  };
  const point = (unit: number | null) => {
    if (unit === pointed) return;
    pointed = unit;
    cursor = unit;
    mark();
    options.onHover(unit, unit === null ? null : over.querySelector('.cursor'));
  };
  svg.addEventListener('pointermove', (event) => point(unitUnder(event)));
  svg.addEventListener('pointerleave', () => point(null));
  svg.addEventListener('blur', () => {
    cursor = null;
    pointed = null;
    options.onHover(null, null);
    mark();
  });
  svg.addEventListener('click', (event) => {
    const unit = unitUnder(event);
    if (unit !== null) options.onLock(unit);
  });
  const stopKeys = chartTabStop(svg, {
    label: options.label,
    onMove: (dx, dy) => (dx ? moveTo(here() + (cursor === null && dx === 1 ? 0 : dx)) : vertical(dy)),
    onEdge: (end) => moveTo(end < 0 ? 0 : data.units.length - 1),
    onActivate: () => data.units.length > 0 && options.onLock(here()),
  });
  layout();
  if (options.locked !== null) from = Math.floor(Math.max(0, rowOf(options.locked)) / STAVE_WINDOW) * STAVE_WINDOW;
  draw();

  return {
    update(nextData, nextOptions) {
      const sameData = (Object.keys(data) as (keyof StavesData)[]).every((key) => data[key] === nextData[key]);
      const { theme, width, style, locked } = options;
      const same = theme === nextOptions.theme && width === nextOptions.width && style === nextOptions.style;
      if (data.units !== nextData.units) cursor = pointed = null;
      data = nextData;
      options = nextOptions;
      svg.setAttribute('aria-label', options.label);
      if (!sameData || !same) {
        layout();
        draw();
      }
      if (locked !== options.locked && options.locked !== null) follow(options.locked);
      else mark();
    },
    destroy() {
      stopKeys();
      pages.remove();
      svg.remove();
    },
  };
}

function fade(mark: SVGElement): void {
  if (mark.tagName !== 'text') mark.setAttribute('opacity', '0.5');
}
