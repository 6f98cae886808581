/**
 * The prompt as staves: under each line of text one lane per method, in which each bar is as wide as its word and aligned with
 * it; or the text itself tinted or underlined by the first method. Long prompts are drawn a window at a time, following the
 * locked token. One tab stop: arrows move over units and rows, Enter locks. Sends no messages.
 */
import type { SaliencyResult } from '../../../src/analysis/saliency/contract';
import type { Unit } from '../../../src/analysis/shared/contract';
import type { Prompt } from '../../../src/protocol/model';
import { el, svgEl } from '../../base/dom';
import { grouped } from '../../base/format';
import { t } from '../../base/strings';
import type { Theme } from '../../base/theme';
import { type Chart, mountChart, type Now, placeIn, sizeSvg, within } from '../chart';
import { type Stave, type Stretch, staves } from './layout';
import { hatching, unreadable } from './parts';
import { holders, type Lane, strongest, unitAt } from './scores';
import { drawLanes, drawTinted, type StaveGround, staveMetrics, textElements } from './staveParts';

export interface StavesData {
  prompt: Prompt;
  result: Pick<SaliencyResult, 'units'>;
  /** One for each method drawn; heat and underline show the first. */
  lanes: readonly Lane[];
  /** Stand-ins for occlusion scores that are not known yet; null where none is needed. */
  standIns: SaliencyResult['coarse'];
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

type StavesNow = Now<StavesData, StavesOptions, number>;

/** The prompt laid out in rows, of which a window is shown. */
interface Sheet {
  rows: Stave[];
  ground: StaveGround;
  /** The first row shown. */
  from: number;
  /** Top of each row shown, and the bottom of the last. */
  tops: number[];
}

const shown = ({ rows, from }: Sheet) => rows.slice(from, from + STAVE_WINDOW);
const rowOf = ({ rows }: Sheet, token: number) => rows.findIndex((row) => row.tokens.has(token));
const windowOf = (row: number) => Math.floor(Math.max(0, row) / STAVE_WINDOW) * STAVE_WINDOW;

function layout(data: StavesData, options: StavesOptions, from: number): Sheet {
  const ground = staveMetrics(options, data.lanes);
  const rows = staves(data.prompt, data.result.units, Math.floor((options.width - ground.gutter - 2) / ground.cell));
  const sheet = { rows, ground, from: from < rows.length ? from : 0, tops: [0] };
  for (const { units } of shown(sheet))
    sheet.tops.push((sheet.tops.at(-1) ?? 0) + (units.length > 0 ? ground.height : ground.bare));
  return sheet;
}

export function saliencyStaves(
  container: HTMLElement,
  first: StavesData,
  firstOptions: StavesOptions,
): Chart<StavesData, StavesOptions> {
  let sheet = layout(first, firstOptions, 0);
  if (firstOptions.locked !== null) sheet.from = windowOf(rowOf(sheet, firstOptions.locked));
  let { units } = first.result;
  const pages = el('div', { class: 'page-range m s' });
  const over = svgEl('g', { class: 'marks' });
  const svg = svgEl('svg', { class: 'saliency-staves' });
  const turnTo = (row: number) => {
    sheet.from = Math.max(0, row);
    chart.redraw();
  };
  /** Turns to the window with the token. */
  const follow = (token: number) => {
    const row = rowOf(sheet, token);
    if (row >= 0 && (row < sheet.from || row >= sheet.from + STAVE_WINDOW)) turnTo(windowOf(row));
  };
  const scroll = () => over.querySelector('.locked, .cursor')?.scrollIntoView?.({ block: 'nearest' });
  const reach = ({ data }: StavesNow, unit: number): number | null => {
    if (data.result.units.length === 0) return null;
    const next = within(unit, data.result.units.length);
    follow(data.result.units[next].tokens[0]);
    return next;
  };
  const chart = mountChart<StavesData, StavesOptions, number>(container, first, firstOptions, {
    root: svg,
    elements: [pages, svg],
    exists: (_, { data }) => data.result.units === units,
    inputs: ({ data: { prompt, result, lanes, standIns, stale }, options: { theme, width, style } }) => [
      ...[prompt, result.units, lanes, standIns, stale],
      ...[theme, width, style],
    ],
    draw({ data, options }) {
      units = data.result.units;
      sheet = layout(data, options, sheet.from);
      const { theme } = options;
      const below = [hatching(theme, HATCH), unreadable(theme, UNREADABLE), over];
      svg.replaceChildren(...below, ...drawnRows(sheet, data, options));
      sizeSvg(svg, options.width, Math.max(0, (sheet.tops.at(-1) ?? 0) - sheet.ground.gap));
      drawPages(pages, sheet, turnTo);
    },
    mark(now) {
      over.replaceChildren(...marks(sheet, now));
      return over.querySelector('.cursor');
    },
    under: (event) => unitUnder(sheet, ...placeIn(svg, event)),
    // Only the pointer itself moves the cursor, not the text that scrolls below it.
    point: (unit) => chart.show(unit, false),
    show({ options, cursor }, anchor, byKeyboard) {
      if (byKeyboard) scroll();
      options.onHover(cursor, anchor);
      if (byKeyboard && cursor !== null) options.announce(options.describe(cursor));
    },
    step(now, dx, dy) {
      if (dx) return reach(now, here(now) + (now.cursor === null && dx === 1 ? 0 : dx));
      const unit = beside(sheet, now.data, here(now), dy);
      return unit === null ? null : reach(now, unit);
    },
    edge: (now, end) => reach(now, end * now.data.result.units.length),
    choose(now, unit) {
      if (now.data.result.units.length > 0) now.options.onLock(unit ?? here(now));
    },
  });
  return {
    ...chart,
    update(data, options) {
      const { locked } = chart.now.options;
      chart.update(data, options);
      if (locked === options.locked || options.locked === null || rowOf(sheet, options.locked) < 0) return;
      follow(options.locked);
      scroll();
    },
  };
}

/** The unit under the cursor, else the locked one. */
function here({ data, options: { locked }, cursor }: StavesNow): number {
  return cursor ?? (locked === null ? null : unitAt(data.result.units, locked)) ?? 0;
}

function drawnRows(sheet: Sheet, data: StavesData, { theme, style }: StavesOptions): SVGElement[] {
  const { ground, tops } = sheet;
  const [first] = data.lanes;
  const coarse = data.standIns?.units ?? [];
  const occlusion = data.lanes.find(({ method }) => method === 'occlusion');
  const look = {
    theme,
    hatch: HATCH,
    unreadable: UNREADABLE,
    coarse,
    stale: data.stale,
    holders: holders(data.result.units, coarse).map((holder, unit) => (occlusion?.unscored.has(unit) ? null : holder)),
    best: first && !first.unreliable ? (strongest(first.scores, 1)[0] ?? null) : null,
  };
  return shown(sheet).map((row, index) => {
    const marks = style === 'bars' && row.units.length > 0 ? drawLanes(row, data.lanes, ground, look) : [];
    const tints = style === 'bars' || !first ? [] : drawTinted(row, first, style, ground, look);
    if (data.stale) for (const drawn of [...tints, ...marks]) fade(drawn);
    const transform = `translate(0,${tops[index]})`;
    return svgEl('g', { transform }, ...tints, ...textElements(row, ground, look), ...marks);
  });
}

/** Which rows are shown, and buttons to the windows before and after. */
function drawPages(pages: HTMLElement, { rows, from }: Sheet, turnTo: (row: number) => void): void {
  pages.hidden = rows.length <= STAVE_WINDOW;
  if (pages.hidden) return;
  const turn = (label: string, row: number) =>
    el('button', { type: 'button', class: 'link s page-turn', on: { click: () => turnTo(row) } }, label);
  const last = Math.min(rows.length, from + STAVE_WINDOW);
  pages.replaceChildren(t('lines {0}–{1} of {2}', grouped(from + 1), grouped(last), grouped(rows.length)));
  if (from > 0) pages.append(turn(t('Previous {0} lines', grouped(Math.min(STAVE_WINDOW, from))), from - STAVE_WINDOW));
  const after = rows.length - last;
  if (after > 0) pages.append(turn(t('Next {0} lines', grouped(Math.min(STAVE_WINDOW, after))), from + STAVE_WINDOW));
}

/** Boxes around the previewed and the locked unit. */
function marks(sheet: Sheet, { data, options: { theme, locked, hover }, cursor }: StavesNow): SVGElement[] {
  const { ground, tops } = sheet;
  const box = (kind: string, row: number, { from, to }: Stretch, look: Record<string, unknown>) => {
    const width = Math.max(3, (to - from) * ground.cell - 1) + 2;
    const x = ground.gutter + from * ground.cell - 1;
    return svgEl('rect', { class: kind, x, y: tops[row] + ground.box[0], width, ...look });
  };
  const height = ground.box[1] - ground.box[0];
  const column = (row: number) => tops[row + 1] - tops[row] - ground.gap - ground.box[0];
  const at = cursor === null ? hover : data.result.units[cursor].tokens[0];
  const previewed = at === null ? [] : boxes(sheet, data, at);
  const chosen = locked === null ? [] : boxes(sheet, data, locked);
  const outline = { height, fill: 'none', stroke: theme.focus, 'stroke-width': 2 };
  return [
    ...previewed.map(({ row, stretch }) => box('cursor', row, stretch, { height: column(row), fill: theme.band })),
    ...chosen.map(({ row, stretch }) => box('locked', row, stretch, outline)),
  ];
}

/** Boxes of a token's unit in the window, or of the token itself if it is in no unit. */
function boxes(sheet: Sheet, data: StavesData, token: number): { row: number; stretch: Stretch }[] {
  const unit = unitAt(data.result.units, token);
  return shown(sheet).flatMap((row, index) => {
    const own = unit === null ? row.tokens.get(token) : undefined;
    const found = own ? [own] : row.units.filter((stretch) => stretch.unit === unit);
    return found.map((stretch) => ({ row: index, stretch }));
  });
}

/** The nearest unit in the rows below or above. */
function beside(sheet: Sheet, data: StavesData, unit: number, step: number): number | null {
  const { rows } = sheet;
  const at = data.result.units[unit] ? rowOf(sheet, data.result.units[unit].tokens[0]) : -1;
  const middle = rows[at]?.units.find((stretch) => stretch.unit === unit);
  if (!middle) return null;
  const x = (middle.from + middle.to) / 2;
  for (let row = at + step; row >= 0 && row < rows.length; row += Math.sign(step)) {
    const near = rows[row].units
      .filter((stretch) => stretch.unit !== unit)
      .map((stretch) => ({ stretch, distance: Math.abs((stretch.from + stretch.to) / 2 - x) }))
      .sort((a, b) => a.distance - b.distance)[0];
    if (near) return near.stretch.unit;
  }
  return null;
}

function unitUnder(sheet: Sheet, x: number, y: number): number | null {
  const below = sheet.tops.findIndex((top) => top > y);
  const column = (x - sheet.ground.gutter) / sheet.ground.cell;
  const stretch = shown(sheet)[below - 1]?.units.find(({ from, to }) => column >= from && column < to);
  return stretch?.unit ?? null;
}

function fade(mark: SVGElement): void {
  if (mark.tagName !== 'text') mark.setAttribute('opacity', '0.5');
}
