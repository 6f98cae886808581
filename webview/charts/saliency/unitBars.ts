/**
 * The strongest units of one method as a list of signed bars around one axis: to the right for support, hatched to the left
 * against. One tab stop: up and down choose, Enter locks. Sends no messages.
 */
import { chartTabStop } from '../../base/a11y';
import { svgEl } from '../../base/dom';
import { signed, visible } from '../../base/format';
import type { Theme } from '../../base/theme';
import type { Chart } from '../shared/tokenText';
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
  data: UnitBarsData,
  options: UnitBarsOptions,
): Chart<UnitBarsData, UnitBarsOptions> {
  let cursor: number | null = null;
  const svg = svgEl('svg', { class: 'unit-bars' });
  container.append(svg);
  const draw = () => {
    svg.replaceChildren(hatching(options.theme, HATCH), ...rows(data, options, cursor));
    svg.setAttribute('width', String(options.width));
    svg.setAttribute('height', String(data.bars.length * ROW));
  };
  const show = (row: number | null) => {
    if (row === cursor) return;
    cursor = row;
    draw();
    options.onHover(row === null ? null : data.bars[row].unit, row === null ? null : svg.querySelector('.cursor'));
  };
  const rowAt = (event: MouseEvent) => {
    const row = Math.floor((event.clientY - svg.getBoundingClientRect().top) / ROW);
    return row >= 0 && row < data.bars.length ? row : null;
  };
  const move = (row: number) => {
    if (data.bars.length === 0) return;
    show(Math.max(0, Math.min(data.bars.length - 1, row)));
    options.announce(options.describe(data.bars[cursor ?? 0].unit));
  };
  svg.addEventListener('pointermove', (event) => show(rowAt(event)));
  svg.addEventListener('pointerleave', () => show(null));
  svg.addEventListener('blur', () => show(null));
  svg.addEventListener('click', (event) => {
    const row = rowAt(event);
    if (row !== null) options.onLock(data.bars[row].unit);
  });
  const stopKeys = chartTabStop(svg, {
    label: options.label,
    onMove: (dx, dy) => move(cursor === null ? 0 : cursor + (dy || dx)),
    onEdge: (end) => move(end < 0 ? 0 : data.bars.length - 1),
    onActivate: () => data.bars.length > 0 && options.onLock(data.bars[cursor ?? 0].unit),
  });
  draw();
  return {
    update(nextData, nextOptions) {
      if (cursor !== null && cursor >= nextData.bars.length) cursor = null;
      data = nextData;
      options = nextOptions;
      svg.setAttribute('aria-label', options.label);
      draw();
    },
    destroy() {
      stopKeys();
      svg.remove();
    },
  };
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
