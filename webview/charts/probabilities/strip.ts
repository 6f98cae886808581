/**
 * Surprisal bars and the entropy before each token, along the prompt. Line ends are dotted, the locked token carries ▲. Bars that
 * would be thinner than two pixels are joined within a line: mean height, a tick at the largest. D3, sends no messages.
 */
import { create, curveStep, line as d3line, max, mean, range, type Selection, scaleLinear } from 'd3';
import type { Prompt } from '../../../src/protocol/model';
import { grouped, visible } from '../../base/format';
import { glyphIndex, glyphs } from '../../base/glyphs';
import { t } from '../../base/strings';
import type { Theme } from '../../base/theme';
import { type Chart, mountChart, placeIn, within } from '../chart';
import { ownText } from '../shared/tint';

export interface StripData {
  prompt: Prompt;
  logprob: readonly (number | null)[];
  entropy: readonly number[];
  exact: number;
}

export interface StripOptions {
  theme: Theme;
  /** px. */
  width: number;
  label: string;
  locked: number | null;
  /** The token pointed at in the editor or in another chart. */
  hover: number | null;
  describe: (position: number) => string;
  announce: (text: string) => void;
  onHover: (position: number | null, anchor: Element | null) => void;
  onLock: (position: number) => void;
}

export interface Bin {
  /** Tokens [from, to). */
  from: number;
  to: number;
  mean: number;
  largest: number;
}

const HEIGHT = 60;
const LEFT = 24;
/** From this width on the legend stands beside the bars, else below them. */
const WIDE = 720;
const LEGEND = 88;

/** The most tokens that one bar of a strip of this width stands for. */
export function tokensPerBar(count: number, width: number): number {
  const perToken = (width - LEFT - (width >= WIDE ? LEGEND : 8)) / Math.max(1, count);
  return perToken >= 2 ? 1 : Math.ceil(6 / perToken);
}

/** One bin per token if each has two pixels; otherwise bins of up to six pixels, never across a line end. */
export function bins(prompt: Prompt, surprisal: readonly (number | null)[], pixelsPerToken: number): Bin[] {
  const all: Bin[] = [];
  const count = surprisal.length;
  const size = pixelsPerToken >= 2 ? 1 : Math.ceil(6 / pixelsPerToken);
  const least = pixelsPerToken >= 2 ? 1 : Math.ceil(2 / pixelsPerToken);
  for (let from = 1; from < count; ) {
    let to = from + 1;
    while (to < count && to - from < size && !(to - from >= least && endsLine(prompt, to - 1))) to++;
    const values = surprisal.slice(from, to).map((v) => v ?? 0);
    all.push({ from, to, mean: mean(values) ?? 0, largest: max(values) ?? 0 });
    from = to;
  }
  return all;
}

function endsLine(prompt: Prompt, token: number): boolean {
  return prompt.tokens[token].text.endsWith('\n');
}

/** Three or four ticks. */
function ticks(top: number): number[] {
  const step = [4, 8, 12, 16, 24, 32].find((s) => top / s <= 3) ?? Math.ceil(top / 3);
  return range(0, top + 1, step);
}

export function probabilityStrip(
  container: HTMLElement,
  first: StripData,
  firstOptions: StripOptions,
): Chart<StripData, StripOptions> {
  const svg = create('svg').node() as SVGSVGElement;
  let scale = scaleLinear();
  let { prompt } = first;
  const count = () => prompt.tokens.length;
  return mountChart<StripData, StripOptions, number>(container, first, firstOptions, {
    root: svg,
    exists: (_, { data }) => data.prompt === prompt,
    draw({ data, options, cursor }) {
      prompt = data.prompt;
      scale = drawStrip(svg, data, options, cursor ?? options.hover);
    },
    under: (event) => within(Math.floor(scale.invert(placeIn(svg, event)[0])), count()),
    show({ options: { onHover, announce, describe }, cursor }, anchor, byKeyboard) {
      onHover(cursor, anchor);
      if (byKeyboard) announce(describe(cursor ?? 0));
    },
    step: ({ options, cursor }, dx, dy) => within((cursor ?? options.locked ?? 0) + (dx || dy), count()),
    edge: (_, end) => (end < 0 ? 0 : count() - 1),
    choose: ({ options }, position) => options.onLock(position ?? options.locked ?? 0),
  });
}

/** Draws everything anew (a few hundred marks) and returns the position scale. */
function drawStrip(node: SVGSVGElement, data: StripData, options: StripOptions, cursor: number | null) {
  const { theme, width } = options;
  const count = data.prompt.tokens.length;
  const wide = width >= WIDE;
  const right = width - (wide ? LEGEND : 8);
  const surprisal = data.logprob.map((v) => (v === null ? null : -v));
  const top = Math.max(
    12,
    Math.ceil((max(surprisal, (v) => v ?? 0) ?? 0) / 4) * 4,
    Math.ceil((max(data.entropy) ?? 0) / 4) * 4,
  );
  const x = scaleLinear([0, count], [LEFT, Math.max(LEFT + 1, right)]);
  const y = scaleLinear([0, top], [HEIGHT, 4]);
  const svg = create('svg');
  const own = ownText(data.prompt);
  for (const v of ticks(top)) {
    svg
      .append('line')
      .attr('x1', LEFT)
      .attr('x2', right)
      .attr('y1', y(v))
      .attr('y2', y(v))
      .attr('stroke', v ? theme.track : theme.faint)
      .attr('shape-rendering', 'crispEdges');
    svg
      .append('text')
      .attr('x', LEFT - 6)
      .attr('y', y(v))
      .attr('dy', '.32em')
      .attr('text-anchor', 'end')
      .attr('fill', theme.muted)
      .attr('class', 'm')
      .text(v);
  }
  const all = bins(data.prompt, surprisal, x(1) - x(0));
  const gap = x(1) - x(0) > 3 ? 1 : 0;
  svg
    .append('g')
    .attr('class', 'surprisal')
    .selectAll('rect')
    .data(all)
    .join('rect')
    .attr('x', (d) => x(d.from) + gap / 2)
    .attr('width', (d) => Math.max(1, x(d.to) - x(d.from) - gap))
    .attr('y', (d) => y(d.mean))
    .attr('height', (d) => HEIGHT - y(d.mean))
    .attr('opacity', (d) => (d.to > data.exact ? 0.35 : null))
    .attr('fill', (d) => (own(d) ? theme.negative : theme.faint));
  svg
    .append('g')
    .attr('class', 'largest')
    .selectAll('line')
    .data(all.filter((d) => d.to - d.from > 1))
    .join('line')
    .attr('x1', (d) => x(d.from))
    .attr('x2', (d) => x(d.to))
    .attr('y1', (d) => y(d.largest))
    .attr('y2', (d) => y(d.largest))
    .attr('stroke', theme.negative);
  const before = all.map((d) => ({
    x: x((d.from + d.to) / 2),
    value: mean(data.entropy.slice(d.from - 1, d.to - 1)) ?? 0,
  }));
  svg
    .append('path')
    .attr('class', 'entropy')
    .attr(
      'd',
      d3line<{ x: number; value: number }>()
        .curve(curveStep)
        .x((d) => d.x)
        .y((d) => y(d.value))(before),
    )
    .attr('fill', 'none')
    .attr('stroke', theme.foreground)
    .attr('stroke-width', 1.25);
  drawMarks(svg, data, options, cursor, x);
  if (wide) drawLegend(svg, theme, right + 12);
  node.replaceChildren(...(svg.node() as SVGSVGElement).childNodes);
  node.setAttribute('width', String(width));
  node.setAttribute('height', String(HEIGHT + 20));
  return x;
}

type Drawing = Selection<SVGSVGElement, undefined, null, undefined>;

function drawMarks(
  svg: Drawing,
  data: StripData,
  options: StripOptions,
  cursor: number | null,
  x: ReturnType<typeof scaleLinear<number, number>>,
) {
  const { theme, locked } = options;
  const count = data.prompt.tokens.length;
  const lineEnds = range(count).filter((i) => endsLine(data.prompt, i));
  // Dotted lines closer than eight pixels would look like hatching.
  if (!lineEnds.length || (x(count) - x(0)) / lineEnds.length >= 8)
    for (const i of lineEnds)
      svg
        .append('line')
        .attr('class', 'line-end')
        .attr('x1', x(i + 1))
        .attr('x2', x(i + 1))
        .attr('y1', 4)
        .attr('y2', HEIGHT + 4)
        .attr('stroke', theme.faint)
        .attr('stroke-dasharray', '1 3');
  if (cursor !== null && cursor < count)
    svg
      .append('rect')
      .attr('class', 'cursor')
      .attr('x', x(cursor))
      .attr('width', Math.max(2, x(1) - x(0)))
      .attr('y', 0)
      .attr('height', HEIGHT)
      .attr('fill', theme.band);
  const step = [10, 20, 50, 100, 200, 500, 1000, 2000].find((s) => x(s) - x(0) >= 40) ?? 5000;
  // Counted from 1, as everywhere on the page.
  for (const v of [1, ...range(step, count + 1, step)])
    if (locked === null || Math.abs(x(v - 1) - x(locked)) > 36)
      svg
        .append('text')
        .attr('x', x(v - 0.5))
        .attr('y', HEIGHT + 16)
        .attr('text-anchor', 'middle')
        .attr('fill', theme.muted)
        .attr('class', 'm')
        .text(grouped(v));
  if (locked === null || locked >= count) return;
  const all = glyphs(data.prompt);
  const shown = visible(all[glyphIndex(all, locked)].text).replace(/^·|·$/g, '');
  const name = [...shown].slice(0, 16).join('') || '·';
  svg
    .append('path')
    .attr('class', 'locked')
    .attr('d', `M${x(locked + 0.5)},${HEIGHT + 2}l-4,6h8z`)
    .attr('fill', theme.focus);
  svg
    .append('text')
    .attr('class', 'mono')
    .attr('font-family', theme.fonts.token)
    .attr('x', x(locked + 0.5))
    .attr('y', HEIGHT + 19)
    .attr('text-anchor', 'middle')
    .attr('fill', theme.foreground)
    .text(name);
}

function drawLegend(svg: Drawing, theme: Theme, x: number) {
  svg.append('rect').attr('x', x).attr('y', 20).attr('width', 10).attr('height', 10).attr('fill', theme.negative);
  svg
    .append('text')
    .attr('x', x + 16)
    .attr('y', 29)
    .attr('fill', theme.foreground)
    .text(t('surprisal'));
  svg
    .append('line')
    .attr('x1', x)
    .attr('x2', x + 10)
    .attr('y1', 44.5)
    .attr('y2', 44.5)
    .attr('stroke', theme.foreground)
    .attr('stroke-width', 1.5);
  svg
    .append('text')
    .attr('x', x + 16)
    .attr('y', 48)
    .attr('fill', theme.foreground)
    .text(t('entropy'));
}
