/**
 * Every unit of a long prompt as a row: rank, the whole text in as many lines as it needs, a bar around one axis, the score. An estimate is
 * a hollow bar with the word beside it. One tab stop: up and down choose, Enter goes to the text. Sends no messages.
 */
import { svgEl } from '../../base/dom';
import { grouped, running, signed } from '../../base/format';
import type { Theme } from '../../base/theme';
import { type Chart, mountChart, nextIndex, placeIn, sizeSvg } from '../chart';
import { cellsOf } from './layout';
import { hatching } from './parts';

export interface RankedUnit {
  /** Index of the unit. */
  unit: number;
  text: string;
  /** Null where there is none and will be none. */
  score: number | null;
  estimated: boolean;
  /** From 1; null for an estimate and without a score. */
  rank: number | null;
}

export interface RankedGroup {
  /** Null for a single group. */
  title: string | null;
  rows: readonly RankedUnit[];
}

export interface UnitRankingData {
  groups: readonly RankedGroup[];
  /** The scores at which a bar is full: of known ones, and of estimates. */
  full: { known: number; estimated: number };
  /** False where estimates have no sign. */
  estimateSigned: boolean;
}

export interface UnitRankingOptions {
  theme: Theme;
  /** px. */
  width: number;
  label: string;
  /** The locked unit. */
  locked: number | null;
  /** The word beside an estimate, and the mark in place of a score. */
  words: { estimate: string; none: string };
  describe: (unit: number) => string;
  announce: (text: string) => void;
  onHover: (unit: number | null, anchor: Element | null) => void;
  onChoose: (unit: number) => void;
}

const CHARACTER = 7.25;
const LINE = 17;
const PADDING = 5;
const TITLE = 28;
const RANK = 34;
const NUMBER = 58;
const HATCH = 'ranking-against';

interface Row extends RankedUnit {
  y: number;
  height: number;
  lines: string[];
}

interface Layout {
  rows: Row[];
  titles: { text: string; y: number }[];
  height: number;
  bars: Bars;
}

/** Left and right end of the bars, and their common axis, in px. */
interface Bars {
  left: number;
  right: number;
  axis: number;
}

export function unitRanking(
  container: HTMLElement,
  first: UnitRankingData,
  firstOptions: UnitRankingOptions,
): Chart<UnitRankingData, UnitRankingOptions> {
  const svg = svgEl('svg', { class: 'unit-ranking' });
  let layout: Layout = { rows: [], titles: [], height: 0, bars: { left: 0, right: 0, axis: 0 } };
  /** Rows as drawn before, by all that they show: while scores arrive, most of them only move. */
  let drawn = new Map<string, SVGElement>();
  return mountChart<UnitRankingData, UnitRankingOptions, number>(container, first, firstOptions, {
    root: svg,
    layout({ data, options }) {
      layout = layOut(data, options);
    },
    exists: (row) => row < layout.rows.length,
    draw({ data, options, cursor }) {
      const now = new Map<string, SVGElement>();
      const groups = layout.rows.map((row, index) => {
        const key = JSON.stringify([{ ...row, y: 0 }, layout.bars, data.full, options.locked === row.unit]);
        const group = drawn.get(key) ?? rowParts(row, layout, data, options);
        group.setAttribute('transform', `translate(0 ${row.y})`);
        group.setAttribute('class', cursor === index ? 'row cursor' : 'row');
        now.set(key, group);
        return group;
      });
      drawn = now;
      const band = cursor === null ? [] : [bandOf(layout.rows[cursor], options)];
      svg.replaceChildren(hatching(options.theme, HATCH), ...band, ...titleParts(layout, options), ...groups);
      sizeSvg(svg, options.width, layout.height);
    },
    under(event) {
      const y = placeIn(svg, event)[1];
      const row = layout.rows.findIndex((each) => y >= each.y && y < each.y + each.height);
      return row < 0 ? null : row;
    },
    show({ options, cursor }, anchor, byKeyboard) {
      const unit = cursor === null ? null : layout.rows[cursor].unit;
      if (byKeyboard) anchor?.scrollIntoView?.({ block: 'nearest' });
      options.onHover(unit, anchor);
      if (byKeyboard && unit !== null) options.announce(options.describe(unit));
    },
    step: ({ cursor }, dx, dy) => nextIndex(cursor, dy || dx, layout.rows.length),
    edge: (_, end) => nextIndex(0, end * layout.rows.length, layout.rows.length),
    choose({ options }, row) {
      if (layout.rows.length > 0) options.onChoose(layout.rows[row ?? 0].unit);
    },
  });
}

function layOut(data: UnitRankingData, { width, words }: UnitRankingOptions): Layout {
  const { groups } = data;
  const bars = Math.max(72, Math.min(260, width * 0.24));
  const number = NUMBER + (groups.some(({ rows }) => rows.some(({ estimated }) => estimated)) ? wordWidth(words) : 0);
  const right = width - number;
  const columns = Math.max(12, Math.floor((right - bars - 12 - RANK) / CHARACTER));
  const layout: Layout = { rows: [], titles: [], height: 0, bars: barsWithin(right - bars, right - 4, data) };
  for (const { title, rows } of groups) {
    if (title !== null) {
      layout.titles.push({ text: title, y: layout.height });
      layout.height += TITLE;
    }
    for (const row of rows) {
      const lines = wrapped(row.text, columns);
      const height = lines.length * LINE + 2 * PADDING;
      layout.rows.push({ ...row, y: layout.height, height, lines });
      layout.height += height;
    }
  }
  return layout;
}

/** The axis stands as far from the left as the longest bar against needs. */
function barsWithin(left: number, right: number, data: UnitRankingData): Bars {
  const shares = data.groups.flatMap(({ rows }) => rows.map((row) => shareOf(row, data)));
  const down = Math.max(0, ...shares.map((share) => -share));
  const up = Math.max(0, ...shares);
  return { left, right, axis: left + ((right - left) * down) / (down + up || 1) };
}

/** −1 … 1, of a full bar. */
function shareOf({ score, estimated }: RankedUnit, { full, estimateSigned }: UnitRankingData): number {
  const end = estimated ? full.estimated : full.known;
  if (score === null || end <= 0) return 0;
  const share = Math.max(-1, Math.min(1, score / end));
  return estimated && !estimateSigned ? Math.abs(share) : share;
}

const wordWidth = ({ estimate }: UnitRankingOptions['words']): number =>
  8 + [...estimate].reduce((sum, letter) => sum + 6.2 * cellsOf(letter), 0);

const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' });

/** The text in lines of at most so many cells, broken at spaces where there are any. */
export function wrapped(text: string, columns: number): string[] {
  const lines: string[] = [];
  let line: string[] = [];
  let cells = 0;
  const width = (letters: readonly string[]) => letters.reduce((sum, letter) => sum + cellsOf(letter), 0);
  for (const { segment } of graphemes.segment(running(text.trim() || text))) {
    if (cells + cellsOf(segment) > columns && line.length > 0) {
      const space = segment === ' ' ? -1 : line.lastIndexOf(' ');
      const rest = space > 0 ? line.splice(space + 1) : [];
      lines.push(line.join('').trimEnd());
      line = rest;
      cells = width(rest);
      if (segment === ' ') continue;
    }
    line.push(segment);
    cells += cellsOf(segment);
  }
  return line.length > 0 || lines.length === 0 ? [...lines, line.join('')] : lines;
}

function bandOf({ y, height }: Row, { width, theme }: UnitRankingOptions): SVGElement {
  return svgEl('rect', { class: 'band', y, width, height, fill: theme.band });
}

function titleParts({ titles }: Layout, { theme, width }: UnitRankingOptions): SVGElement[] {
  return titles.flatMap(({ text, y }) => [
    svgEl('text', { class: 'group', x: 4, y: y + 18, 'font-size': 12, fill: theme.muted }, text),
    svgEl('line', { x1: 0, x2: width, y1: y + TITLE - 3, y2: y + TITLE - 3, stroke: theme.rule }),
  ]);
}

function rowParts(row: Row, { bars }: Layout, data: UnitRankingData, options: UnitRankingOptions) {
  const { theme, width, words, locked } = options;
  const { rank, score, estimated, lines, height } = row;
  const { left } = bars;
  const middle = PADDING + LINE / 2;
  const token = { 'font-family': theme.fonts.token, 'font-size': 12, fill: theme.foreground };
  const parts: (SVGElement | false)[] = [
    locked === row.unit &&
      svgEl('rect', {
        class: 'locked',
        ...{ x: 1, y: 1, width: left - 6, height: height - 2 },
        ...{ fill: 'none', stroke: theme.focus, 'stroke-width': 2 },
      }),
    rank !== null &&
      svgEl(
        'text',
        {
          class: 'rank',
          x: RANK - 10,
          y: middle,
          dy: '.34em',
          'text-anchor': 'end',
          'font-size': 12,
          fill: theme.muted,
        },
        grouped(rank),
      ),
    ...lines.map((line, index) => {
      const place = { x: RANK, y: middle + index * LINE, dy: '.34em', style: { 'white-space': 'pre' } };
      return svgEl('text', { class: 'mono', ...place, ...token }, line);
    }),
    ...(score === null ? [] : bar(row, bars, middle, data, theme)),
    svgEl(
      'text',
      {
        class: 'n',
        x: width - 4,
        y: middle,
        dy: '.34em',
        'text-anchor': 'end',
        'font-size': 12,
        fill: theme.foreground,
      },
      score === null ? words.none : `${estimated ? `${words.estimate} ` : ''}${shownScore(score, estimated, data)}`,
    ),
  ];
  return svgEl('g', {}, ...parts.filter((part) => part !== false));
}

function shownScore(score: number, estimated: boolean, { estimateSigned }: UnitRankingData): string {
  if (estimated && !estimateSigned) return score.toPrecision(2);
  return signed(score);
}

/** To the right for support, hatched to the left against; hollow for an estimate; with an end stroke where it was cut. */
function bar(row: Row, { left, right, axis }: Bars, middle: number, data: UnitRankingData, theme: Theme): SVGElement[] {
  const { score, estimated } = row;
  const share = shareOf(row, data);
  const against = share < 0;
  const length = Math.max(1, against ? -share * (axis - left) : share * (right - axis));
  const color = estimated && !data.estimateSigned ? theme.muted : against ? theme.negative : theme.positive;
  const place = { x: against ? axis - length : axis, y: middle - 5, width: length, height: 10 };
  const marks = [
    svgEl('line', { x1: axis, x2: axis, y1: middle - 8, y2: middle + 8, stroke: theme.faint }),
    svgEl('rect', {
      class: estimated ? 'bar hollow' : against ? 'bar down' : 'bar up',
      ...place,
      fill: estimated ? 'none' : against ? `url(#${HATCH})` : color,
      stroke: estimated || against ? color : 'none',
      'stroke-width': 0.75,
      'stroke-dasharray': estimated ? '3 2' : undefined,
    }),
  ];
  const end = estimated ? data.full.estimated : data.full.known;
  if (Math.abs(score ?? 0) <= end * 1.001) return marks;
  const at = against ? axis - length - 3 : axis + length + 1.5;
  return [
    ...marks,
    svgEl('rect', { class: 'cap', x: at, y: middle - 7, width: 1.5, height: 14, fill: theme.foreground }),
  ];
}
