/**
 * Marks of the followed tokens: each has its own hue, dash and marker, never a hue alone. Swatches for legends, lines for the
 * drawing.
 */
import {
  line,
  type SymbolType,
  symbol,
  symbolCircle,
  symbolCross,
  symbolDiamond,
  symbolSquare,
  symbolStar,
  symbolTriangle,
} from 'd3';
import { svgEl } from '../../base/dom';
import type { Theme } from '../../base/theme';

export interface LineStyle {
  colour: string;
  dash: string | undefined;
  marker: SymbolType;
}

/** More lines than this cannot be told apart. */
export const mostLines = 6;

export function lineStyle(theme: Theme, index: number): LineStyle {
  const colours = [theme.positive, theme.negative, theme.purple, theme.green, theme.foreground, theme.muted];
  const dashes = [undefined, '6 3', '2 2', '8 2 2 2', '12 3', '1 3'];
  const markers = [symbolCircle, symbolSquare, symbolTriangle, symbolDiamond, symbolCross, symbolStar];
  const at = index % mostLines;
  return { colour: colours[at], dash: dashes[at], marker: markers[at] };
}

const markerArea = 30;

export function markerAt(style: LineStyle, x: number, y: number, theme: Theme): SVGElement {
  return svgEl('path', {
    d: symbol(style.marker, markerArea)() ?? '',
    transform: `translate(${x.toFixed(1)},${y.toFixed(1)})`,
    fill: style.colour,
    stroke: theme.background,
    'stroke-width': 1,
  });
}

/** A path of straight segments, because there is nothing to interpolate between blocks. A null breaks the line. */
export function linePath(points: readonly ([x: number, y: number] | null)[]): string {
  return (
    line<[number, number] | null>()
      .defined((point) => point !== null)
      .x((point) => point?.[0] ?? 0)
      .y((point) => point?.[1] ?? 0)
      .digits(1)([...points]) ?? ''
  );
}

export function styledLine(style: LineStyle, points: readonly ([x: number, y: number] | null)[]): SVGElement {
  return svgEl('path', {
    d: linePath(points),
    fill: 'none',
    stroke: style.colour,
    'stroke-width': 1.75,
    'stroke-dasharray': style.dash,
    'stroke-linejoin': 'round',
  });
}

/** A short piece of the line with its marker, for legends. */
export function lineSwatch(theme: Theme, index: number): SVGSVGElement {
  const style = lineStyle(theme, index);
  return svgEl(
    'svg',
    { width: 26, height: 10, 'aria-hidden': 'true' },
    styledLine(style, [
      [1, 5],
      [25, 5],
    ]),
    markerAt(style, 13, 5, theme),
  );
}
