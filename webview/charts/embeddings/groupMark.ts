/** Marks of groups of points: a shape and a hue together, twelve of them, first filled, then hollow. */
import { symbol } from 'd3';
import { svgEl } from '../../base/dom';
import type { Theme } from '../../base/theme';
import { lineStyle, mostLines } from '../lens/lines';

/** Groups from this one on are drawn alike. */
export const mostGroups = 2 * mostLines;

export interface GroupStyle {
  colour: string;
  path: (area: number) => string;
  hollow: boolean;
}

/** −1 = no group; all groups from `mostGroups` on look alike. */
export function groupStyle(theme: Theme, index: number): GroupStyle {
  const rest = index >= mostGroups;
  const { colour, marker } = lineStyle(theme, index < 0 || rest ? 0 : index);
  return {
    colour: rest ? theme.muted : colour,
    path: (area) => symbol(marker, area)() ?? '',
    hollow: index >= mostLines,
  };
}

/** Attributes of a mark: large marks have an outline in the text colour, so that lightness sets them off from the ground. */
export function markLook(theme: Theme, index: number): Record<string, string | number> {
  const { colour, hollow } = groupStyle(theme, index);
  return hollow
    ? { fill: theme.background, stroke: colour, 'stroke-width': 1.75 }
    : { fill: colour, stroke: theme.foreground, 'stroke-width': 1 };
}

export function groupMark(theme: Theme, index: number, area: number, x: number, y: number): SVGElement {
  return svgEl('path', {
    d: groupStyle(theme, index).path(area),
    transform: `translate(${x.toFixed(1)},${y.toFixed(1)})`,
    ...markLook(theme, index),
  });
}

export function groupSwatch(theme: Theme, index: number): SVGSVGElement {
  return svgEl('svg', { width: 14, height: 14, 'aria-hidden': 'true' }, groupMark(theme, index, 64, 7, 7));
}
