/**
 * The strongest units of one method as a list of signed bars around one axis: to the right for support, hatched to the left
 * against. One tab stop: up and down choose, Enter locks. Sends no messages.
 */
import { svgEl } from '../../base/dom';
import { signed, visible } from '../../base/format';
import type { Theme } from '../../base/theme';
import { type Chart, mountChart, nextIndex, placeIn, sizeSvg } from '../chart';
import { labelWidth } from './layout';
import { hatching } from './parts';

export interface UnitBar {
  /** Index of the unit. */
  unit: number;
  text: string;
  score: number;
}

export interface UnitBarsData {
  /** The bars in the order of the list. */
  bars: readonly UnitBar[];
  /** True if the method has a sign; otherwise every bar is grey and begins at the left. */
  signed: boolean;
}

export interface UnitBarsOptions {
  theme: Theme;
  /** px. */
  width: number;
  label: string;
  /** The locked unit. */
  locked: number | null;
  describe: (unit: number) => string;
  announce: (text: string) => void;
  onHover: (unit: number | null, anchor: Element | null) => void;
  onLock: (unit: number) => void;
}

const ROW = 20;
const NUMBER = 52;
const CHARACTER = 7.3;
const HATCH = 'units-against';

export function unitBars(
  container: HTMLElement,
  first: UnitBarsData,
  firstOptions: UnitBarsOptions,
): Chart<UnitBarsData, UnitBarsOptions> {
  const svg = svgEl('svg', { class: 'unit-bars' });
  return mountChart<UnitBarsData, UnitBarsOptions, number>(container, first, firstOptions, {
    root: svg,
    exists: (row, { data }) => row < data.bars.length,
    draw({ data, options, cursor }) {
      svg.replaceChildren(hatching(options.theme, HATCH), ...rows(data, options, cursor));
      sizeSvg(svg, options.width, data.bars.length * ROW);
    },
    under(event, { data }) {
      const row = Math.floor(placeIn(svg, event)[1] / ROW);
      return row >= 0 && row < data.bars.length ? row : null;
    },
    show({ data, options, cursor }, anchor, byKeyboard) {
      const unit = cursor === null ? null : data.bars[cursor].unit;
      options.onHover(unit, anchor);
      if (byKeyboard && unit !== null) options.announce(options.describe(unit));
    },
    step: ({ data, cursor }, dx, dy) => nextIndex(cursor, dy || dx, data.bars.length),
    edge: ({ data: { bars } }, end) => nextIndex(0, end * bars.length, bars.length),
    choose({ data, options }, row) {
      if (data.bars.length > 0) options.onLock(data.bars[row ?? 0].unit);
    },
  });
}

const widthOf = (text: string) => labelWidth(text, CHARACTER);

/** Keeps the beginning and the end, because units of one kind differ there. */
function clipped(text: string, width: number): string {
  if (widthOf(text) <= width) return text;
  const letters = [...text];
  const keep = Math.max(4, Math.floor(width / CHARACTER / (widthOf(text) / CHARACTER / letters.length)) - 1);
  const head = Math.ceil(keep * 0.65);
  return `${letters.slice(0, head).join('')}…${letters.slice(letters.length - (keep - head)).join('')}`;
}

function rows({ bars, signed: hasSign }: UnitBarsData, options: UnitBarsOptions, cursor: number | null): SVGElement[] {
  const { theme, width, locked } = options;
  const names = bars.map(({ text }) => clipped(visible(text.trim() || text), Math.min(200, width * 0.42)));
  const name = Math.max(48, ...names.map(widthOf));
  const [start, end] = [name + 12, Math.max(name + 60, width - NUMBER)];
  const top = Math.max(...bars.map(({ score }) => Math.abs(score)));
  const down = Math.max(0, ...bars.map(({ score }) => -score));
  const up = Math.max(0, ...bars.map(({ score }) => score));
  // All bars share one axis, which stands as far from the left as the strongest bar against needs.
  const axis = hasSign ? start + ((end - start) * down) / (down + up || 1) : start;
  const scale = (end - start) / ((hasSign ? down + up : top) || 1);
  const line = {
    x1: axis,
    x2: axis,
    y1: 0,
    y2: bars.length * ROW,
    stroke: theme.faint,
    'shape-rendering': 'crispEdges',
  };
  return [
    svgEl('line', line),
    ...bars.flatMap(({ unit, score }, row) => {
      const y = row * ROW;
      const length = Math.max(1, Math.abs(score) * scale);
      const against = hasSign && score < 0;
      const fill = !hasSign ? theme.muted : against ? `url(#${HATCH})` : theme.positive;
      const stroke = against ? theme.negative : 'none';
      const box = { x: 0, y, width, height: ROW };
      return [
        cursor === row && svgEl('rect', { class: 'cursor', ...box, fill: theme.band }),
        locked === unit &&
          svgEl('rect', {
            class: 'locked',
            x: 1,
            y: y + 1,
            width: name + 6,
            height: ROW - 2,
            fill: 'none',
            stroke: theme.focus,
            'stroke-width': 2,
          }),
        svgEl(
          'text',
          {
            class: 'mono',
            x: 4,
            y: y + 14,
            'font-family': theme.fonts.token,
            'font-size': 12,
            fill: theme.foreground,
          },
          names[row],
        ),
        svgEl('rect', {
          class: against ? 'bar down' : 'bar up',
          x: against ? axis - length : axis + 1,
          y: y + 4,
          width: length,
          height: ROW - 8,
          fill,
          stroke,
          'stroke-width': 0.75,
        }),
        svgEl(
          'text',
          { class: 'n', x: width, y: y + 14, 'text-anchor': 'end', 'font-size': 12, fill: theme.foreground },
          signed(score),
        ),
      ].filter((part) => part !== false);
    }),
  ];
}
