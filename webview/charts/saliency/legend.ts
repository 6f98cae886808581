/** The meaning of the marks in the saliency text, as swatches with words: on the page, and as a drawing for the export. */
import { svgEl } from '../../base/dom';
import type { Theme } from '../../base/theme';
import { dashMark, hatching, unreadable } from './parts';

export type Swatch =
  | 'up'
  | 'down'
  | 'cut'
  | 'hollow'
  | 'unknown'
  | 'unscored'
  | 'unreadable'
  | 'tintUp'
  | 'tintDown'
  | 'ruleUp'
  | 'ruleDown'
  | 'grey';

export interface LegendItem {
  swatch: Swatch | null;
  text: string;
}

const WIDTH = 14;
const HEIGHT = 10;

/** `id` names the hatching of this swatch; every place on the page needs its own. */
export function swatch(theme: Theme, kind: Swatch, id: string): SVGSVGElement {
  const box = { width: WIDTH, height: HEIGHT };
  const line = { x2: WIDTH, y1: 5, y2: 5, 'stroke-width': 3 };
  const parts: Record<Swatch, () => SVGElement[]> = {
    up: () => [svgEl('rect', { ...box, fill: theme.positive })],
    grey: () => [svgEl('rect', { ...box, fill: theme.muted })],
    down: () => [
      hatching(theme, id),
      svgEl('rect', { x: 0.5, y: 0.5, width: 13, height: 9, fill: `url(#${id})`, stroke: theme.negative }),
    ],
    cut: () => [
      svgEl('rect', { y: 3, width: WIDTH, height: 7, fill: theme.positive }),
      svgEl('rect', { width: WIDTH, height: 1.5, fill: theme.foreground }),
    ],
    hollow: () => [
      svgEl('rect', {
        x: 0.5,
        y: 0.5,
        width: 13,
        height: 9,
        fill: 'none',
        stroke: theme.positive,
        'stroke-dasharray': '3 2',
      }),
    ],
    unknown: () => [
      svgEl('line', { ...line, x1: 1, stroke: theme.foreground, 'stroke-width': 2, 'stroke-dasharray': '1 3' }),
    ],
    unscored: () => [dashMark(theme, 0, WIDTH, HEIGHT / 2)],
    unreadable: () => [
      unreadable(theme, id),
      svgEl('rect', { x: 0.5, y: 0.5, width: 13, height: 9, fill: `url(#${id})`, stroke: theme.muted }),
    ],
    tintUp: () => [
      svgEl('rect', { y: 4, width: WIDTH, height: 6, fill: theme.positiveTint }),
      svgEl('path', { d: 'M4 3h6l-3-3z', fill: theme.positive }),
    ],
    tintDown: () => [
      svgEl('rect', { width: WIDTH, height: 6, fill: theme.negativeTint }),
      svgEl('path', { d: 'M4 7h6l-3 3z', fill: theme.background, stroke: theme.negative }),
    ],
    ruleUp: () => [svgEl('line', { ...line, stroke: theme.positive })],
    ruleDown: () => [svgEl('line', { ...line, stroke: theme.negative, 'stroke-dasharray': '4 3' })],
  };
  return svgEl('svg', { ...box, 'aria-hidden': 'true' }, ...parts[kind]());
}

/** Items and lines of plain text under one another, for an exported picture. */
export function legendDrawing(
  theme: Theme,
  items: readonly LegendItem[],
  notes: readonly string[],
  id: string,
): SVGSVGElement {
  const line = 16;
  const words = (text: string, x: number, row: number) =>
    svgEl('text', { x, y: row * line + 10, fill: theme.muted, 'font-size': 11 }, text);
  const rows = items.flatMap(({ swatch: kind, text }, row) => {
    if (!kind) return [words(text, 0, row)];
    const sample = swatch(theme, kind, `${id}-${row}`);
    sample.setAttribute('y', String(row * line + 1));
    return [sample, words(text, WIDTH + 6, row)];
  });
  const under = notes.map((text, row) => words(text, 0, items.length + row));
  const longest = Math.max(0, ...[...items.map(({ text }) => text), ...notes].map((text) => text.length));
  const height = (items.length + notes.length) * line;
  return svgEl('svg', { width: Math.round(20 + longest * 5.6), height }, ...rows, ...under);
}
