/**
 * The distribution after the last token: one bar per candidate on 0 … 1 with the running total as a tick, all other tokens in one
 * row, and P(end) pinned under a rule. `p` is always the raw softmax; the probabilities after sampling settings are drawn as an
 * outline with their own column. One tab stop: up and down choose, Enter picks. D3, sends no messages.
 */
import { create, type Selection, scaleLinear } from 'd3';
import type { Candidate } from '../../../src/analysis/shared/contract';
import { readable, readableWithLikely } from '../../../src/protocol/pieces';
import { grouped, probability, total, visible } from '../../base/format';
import { likelyTitle, likelyWords } from '../../base/likely';
import { inClauses, t } from '../../base/strings';
import type { Theme } from '../../base/theme';
import { type Chart, mountChart, nextIndex, placeIn } from '../chart';

export interface NextTokensData {
  /** Best first. */
  next: readonly Candidate[];
  vocabulary: number;
  /** Null for a model without an end token. */
  end: Candidate | null;
  /** The sampled probability of each of `next`; null while sampling changes nothing, or always takes the likeliest token. */
  sampled: readonly number[] | null;
  /** Log-probabilities in the baseline, null where unknown: of each of `next`, and of the end; null without a baseline. */
  before?: { of: readonly (number | null)[]; end: number | null } | null;
}

export interface NextTokensOptions {
  theme: Theme;
  width: number;
  rows: number;
  label: string;
  announce: (text: string) => void;
  /** Index into `next`: continue from this candidate. */
  onPick: (index: number) => void;
}

const ROW = 20;
const BAR = 12;
const NUMBER = 52;
/** px from which there is room for more than the two columns of numbers. */
const LEAST_WIDE = 340;
/** Wide enough for the heading of the column, which is longer than its numbers. */
const SAMPLED = 96;

interface Columns {
  token: number;
  bar: [number, number];
  p: number;
  sampled: number | null;
  before: number | null;
  total: number;
}

type Drawing = Selection<SVGSVGElement, undefined, null, undefined>;

/** Right ends of the number columns, left edges of the other columns. */
function columns(width: number, labels: readonly string[], sampled: boolean, before: boolean): Columns {
  const widest = Math.max(...labels.map(displayWidth));
  const token = 28;
  const bar = token + Math.max(64, Math.min(160, widest)) + 8;
  const sums = width;
  // In a narrow panel the outlines and triangles stand without their columns.
  const room = width >= LEAST_WIDE;
  const draws = sampled && room ? sums - NUMBER : null;
  const p = draws === null ? sums - NUMBER : draws - SAMPLED;
  const then = before && room ? p - NUMBER : null;
  const end = Math.max(bar + 40, (then ?? p) - NUMBER);
  return { token, bar: [bar, end], p, sampled: draws, before: then, total: sums };
}

/** Text width at 12 px; wide characters take two cells. */
function displayWidth(text: string): number {
  return [...text].reduce((sum, c) => sum + (c.codePointAt(0)! > 0x2e7f ? 13 : 7.3), 0);
}

function clipped(text: string, width: number): string {
  if (displayWidth(text) <= width) return text;
  let kept = '';
  for (const c of text) {
    if (displayWidth(kept + c) > width - 8) break;
    kept += c;
  }
  return `${kept}…`;
}

export function nextTokens(
  container: HTMLElement,
  first: NextTokensData,
  firstOptions: NextTokensOptions,
): Chart<NextTokensData, NextTokensOptions> {
  const svg = create('svg').node() as SVGSVGElement;
  const count = (data: NextTokensData, options: NextTokensOptions) => Math.min(options.rows, data.next.length);
  return mountChart<NextTokensData, NextTokensOptions, number>(container, first, firstOptions, {
    root: svg,
    exists: (row, { data, options }) => row < count(data, options),
    draw: ({ data, options, cursor }) => drawRows(svg, data, options, cursor),
    under(event, { data, options }) {
      const row = Math.floor((placeIn(svg, event)[1] - ROW) / ROW);
      return row >= 0 && row < count(data, options) ? row : null;
    },
    show({ data, options, cursor }, _, byKeyboard) {
      if (!byKeyboard || cursor === null) return;
      const candidate = data.next[cursor];
      const name = visible(readableWithLikely(candidate));
      const said = t('{0}: {1}, probability {2}', cursor + 1, name, probability(Math.exp(candidate.logprob)));
      const then = data.before?.of[cursor] ?? null;
      options.announce(then === null ? said : inClauses([said, t('before {0}', probability(Math.exp(then)))]));
    },
    step: ({ data, options, cursor }, dx, dy) => nextIndex(cursor, dy || dx, count(data, options)),
    edge: ({ data, options }, end) => nextIndex(0, end * count(data, options), count(data, options)),
    choose: ({ options }, row) => options.onPick(row ?? 0),
  });
}

function drawRows(node: SVGSVGElement, data: NextTokensData, options: NextTokensOptions, cursor: number | null): void {
  const { theme, width } = options;
  const rows = data.next.slice(0, options.rows);
  const at = columns(
    width,
    [...rows.map((c) => visible(readableWithLikely(c))), moreWords(data, rows.length)],
    data.sampled !== null,
    (data.before ?? null) !== null,
  );
  const x = scaleLinear([0, 1], at.bar).clamp(true);
  const svg = create('svg') as Drawing;
  header(svg, theme, at);
  let sum = 0;
  rows.forEach((candidate, i) => {
    const p = Math.exp(candidate.logprob);
    sum += p;
    const row = svg
      .append('g')
      .attr('class', 'row')
      .attr('transform', `translate(0,${ROW * (i + 1)})`);
    if (cursor === i)
      row
        .append('rect')
        .attr('class', 'cursor')
        .attr('x', 0)
        .attr('width', width)
        .attr('height', ROW)
        .attr('fill', theme.band);
    candidateLabel(row, theme, candidate, i + 1, at);
    bar(row, theme, x, p, theme.positive);
    const q = data.sampled?.[i];
    if (q !== undefined) {
      row
        .append('rect')
        .attr('class', 'sampled')
        .attr('x', x(0))
        .attr('y', 2.5)
        .attr('width', Math.max(0, x(q) - x(0)))
        .attr('height', BAR + 3)
        .attr('fill', 'none')
        .attr('stroke', theme.foreground);
      if (at.sampled !== null) number(row, theme, at.sampled, q === 0 ? t('excluded') : probability(q), q > 0);
    }
    const tick = x(Math.min(1, sum));
    row
      .append('line')
      .attr('class', 'total')
      .attr('x1', tick)
      .attr('x2', tick)
      .attr('y1', 0)
      .attr('y2', ROW)
      .attr('stroke', theme.foreground);
    if (data.before) earlier(row, theme, x, at, data.before.of[i]);
    number(row, theme, at.p, probability(p), true);
    number(row, theme, at.total, total(sum), false);
  });
  rest(svg, data, theme, { x, at, row: rows.length + 1, mass: Math.max(0, 1 - sum) });
  pinned(svg, data, theme, { x, at, width, row: rows.length + 2 });
  node.replaceChildren(...(svg.node() as SVGSVGElement).childNodes);
  node.setAttribute('width', String(width));
  node.setAttribute('height', String(ROW * (rows.length + 2) + (data.end ? ROW + 8 : 0)));
}

type Row = Selection<SVGGElement, undefined, null, undefined>;

function header(svg: Drawing, theme: Theme, at: Columns): void {
  const head = (x: number, anchor: string, text: string) =>
    svg
      .append('text')
      .attr('class', 'm')
      .attr('fill', theme.muted)
      .attr('x', x)
      .attr('y', 13)
      .attr('text-anchor', anchor)
      .text(text);
  head(at.token, 'start', t('token'));
  head(at.bar[0], 'start', '0');
  head((at.bar[0] + at.bar[1]) / 2, 'middle', t('probability'));
  head(at.bar[1], 'end', '1');
  head(at.p, 'end', t('p'));
  if (at.before !== null) head(at.before, 'end', t('before'));
  if (at.sampled !== null) head(at.sampled, 'end', t('p when sampled'));
  head(at.total, 'end', t('total'));
}

function label(row: Row, theme: Theme, rank: number | null, text: string, at: Columns): void {
  if (rank !== null)
    row
      .append('text')
      .attr('class', 'm')
      .attr('fill', theme.muted)
      .attr('x', 20)
      .attr('y', 14)
      .attr('text-anchor', 'end')
      .text(rank);
  row
    .append('text')
    .attr('class', 'mono tk')
    .attr('font-family', theme.fonts.token)
    .attr('font-size', 12)
    .attr('fill', theme.foreground)
    .attr('x', at.token)
    .attr('y', 14)
    .attr('xml:space', 'preserve')
    .text(text);
}

/** A piece of a character: its bytes, and in grey the character that it most likely begins. */
function candidateLabel(row: Row, theme: Theme, candidate: Candidate, rank: number, at: Columns): void {
  const room = at.bar[0] - 8 - at.token;
  label(row, theme, rank, clipped(visible(readable(candidate)), room), at);
  const guess = likelyWords(candidate);
  if (guess === null) return;
  row.select('text.tk').append('tspan').attr('fill', theme.muted).text(` ${guess}`);
  row.append('title').text(likelyTitle(candidate));
}

function bar(row: Row, theme: Theme, x: (p: number) => number, p: number, colour: string): void {
  row
    .append('rect')
    .attr('class', 'track')
    .attr('x', x(0))
    .attr('y', 4)
    .attr('width', x(1) - x(0))
    .attr('height', BAR)
    .attr('fill', theme.track);
  row
    .append('rect')
    .attr('class', 'bar')
    .attr('x', x(0))
    .attr('y', 4)
    .attr('width', x(p) - x(0))
    .attr('height', BAR)
    .attr('fill', colour);
}

function number(row: Row, theme: Theme, x: number, text: string, strong: boolean): void {
  row
    .append('text')
    .attr('class', strong ? 'n' : 'n m')
    .attr('font-size', 12)
    .attr('fill', strong ? theme.foreground : theme.muted)
    .attr('x', x)
    .attr('y', 14)
    .attr('text-anchor', 'end')
    .text(text);
}

/** The probability in the baseline: a triangle over its place on the bar, and its number. */
function earlier(row: Row, theme: Theme, x: (p: number) => number, at: Columns, logprob: number | null): void {
  if (at.before !== null) number(row, theme, at.before, logprob === null ? '–' : probability(Math.exp(logprob)), false);
  if (logprob === null) return;
  const place = x(Math.exp(logprob));
  row
    .append('path')
    .attr('class', 'before')
    .attr('d', `M${place - 4} 0h8l-4 6z`)
    .attr('fill', theme.foreground)
    .attr('stroke', theme.background)
    .attr('stroke-width', 0.75);
}

interface Place {
  x: (p: number) => number;
  at: Columns;
  row: number;
}

const moreWords = ({ vocabulary }: NextTokensData, listed: number) => t('{0} more', grouped(vocabulary - listed));

/** All tokens that are not listed, in one row. */
function rest(svg: Drawing, data: NextTokensData, theme: Theme, { x, at, row, mass }: Place & { mass: number }): void {
  const g = svg
    .append('g')
    .attr('class', 'rest')
    .attr('transform', `translate(0,${ROW * row})`);
  g.append('text')
    .attr('class', 'm')
    .attr('fill', theme.muted)
    .attr('x', at.token)
    .attr('y', 14)
    .text(moreWords(data, row - 1));
  bar(g, theme, x, mass, theme.faint);
  number(g, theme, at.p, probability(mass), true);
  number(g, theme, at.total, '1', false);
}

/** The row for the end of the answer, always in the same place. */
function pinned(
  svg: Drawing,
  data: NextTokensData,
  theme: Theme,
  { x, at, row, width }: Place & { width: number },
): void {
  const { end } = data;
  if (!end) return;
  const y = ROW * row + 4;
  svg
    .append('line')
    .attr('x1', 0)
    .attr('x2', width)
    .attr('y1', y)
    .attr('y2', y)
    .attr('stroke', theme.rule)
    .attr('shape-rendering', 'crispEdges');
  const g = svg
    .append('g')
    .attr('class', 'end')
    .attr('transform', `translate(0,${y + 4})`);
  const pin = g.append('g').attr('transform', 'translate(6,4)').attr('stroke', theme.muted).attr('fill', 'none');
  pin.append('path').attr('d', 'M8 1 13 6 9 8 7 12 2 7 6 5zM4.500 9.500 1 13');
  label(g, theme, null, t('P(end)'), at);
  g.append('title').text(visible(end.text));
  const p = Math.exp(end.logprob);
  bar(g, theme, x, p, theme.positive);
  if (data.before) earlier(g, theme, x, at, data.before.end);
  number(g, theme, at.p, probability(p), true);
}
