/** The marks that every saliency picture shares: hatching for "against", swatches, and the signed bar with its cap. */
import { svgEl } from '../../base/dom';
import type { Theme } from '../../base/theme';
import { share } from './scores';

/**
 * Diagonal lines in the colour of "against". `id` must belong to this drawing, because a pattern in a hidden drawing is not
 * painted.
 */
export function hatching(theme: Theme, id: string): SVGDefsElement {
  return svgEl(
    'defs',
    {},
    svgEl(
      'pattern',
      { id, width: 4, height: 4, patternUnits: 'userSpaceOnUse', patternTransform: 'rotate(45)' },
      svgEl('rect', { width: 4, height: 4, fill: theme.background }),
      svgEl('rect', { width: 2, height: 4, fill: theme.negative }),
    ),
  );
}

/** Wide lines in the other direction, without colour, for a lane that must not be read. */
export function unreadable(theme: Theme, id: string): SVGDefsElement {
  return svgEl(
    'defs',
    {},
    svgEl(
      'pattern',
      { id, width: 7, height: 7, patternUnits: 'userSpaceOnUse', patternTransform: 'rotate(-45)' },
      svgEl('rect', { width: 1.25, height: 7, fill: theme.foreground }),
    ),
  );
}

export interface BarPlace {
  x: number;
  width: number;
  /** The line that the bar stands on or hangs from. */
  axis: number;
  /** px of a full bar. */
  full: number;
}

export interface BarLook {
  theme: Theme;
  signed: boolean;
  hatch: string;
  /** Stands in for a finer score, so only an outline is drawn. */
  hollow?: boolean;
}

/** A bar up for "supports", hatched down for "against", grey where the method has no sign; a cap marks where it was cut. */
export function scoreBar(
  score: number,
  scale: number,
  { x, width, axis, full }: BarPlace,
  look: BarLook,
): SVGElement[] {
  const { theme, signed, hatch, hollow } = look;
  const { share: part, cut } = share(score, scale);
  const height = Math.max(0.5, Math.abs(part) * full);
  const up = part >= 0;
  const y = up ? axis - height : axis + 1;
  const solid = !signed ? theme.muted : up ? theme.positive : `url(#${hatch})`;
  const edge = !signed ? theme.muted : up ? theme.positive : theme.negative;
  const bar = svgEl('rect', {
    class: hollow ? 'bar hollow' : up ? 'bar up' : 'bar down',
    x,
    y,
    width,
    height,
    fill: hollow ? 'none' : solid,
    stroke: hollow || (signed && !up) ? edge : 'none',
    'stroke-width': 0.75,
    'stroke-dasharray': hollow ? '3 2' : undefined,
    opacity: hollow ? 0.8 : undefined,
  });
  if (!cut) return [bar];
  const cap = svgEl('rect', {
    class: 'cap',
    x,
    width,
    y: up ? axis - full - 2 : axis + full + 1.5,
    height: 1.5,
    fill: theme.foreground,
    opacity: hollow ? 0.6 : undefined,
  });
  return [bar, cap];
}

/** Marks the place of a score that is not known yet. */
export function unknownMark(theme: Theme, x: number, width: number, axis: number): SVGElement {
  return svgEl('line', {
    class: 'unknown',
    x1: x + 1,
    x2: x + width,
    y1: axis,
    y2: axis,
    stroke: theme.foreground,
    'stroke-width': 2,
    'stroke-dasharray': '1 3',
  });
}

/** Marks the place of a score that will never be known. */
export function dashMark(theme: Theme, x: number, width: number, middle: number): SVGElement {
  const place = { x: x + width / 2, y: middle, dy: '.34em', 'text-anchor': 'middle' };
  return svgEl('text', { class: 'unscored', ...place, fill: theme.foreground, 'font-size': 12 }, '\u2013');
}
