/**
 * The rank of each followed token after every block, down the rows of the lens: rank 1 at the right, on a logarithmic axis,
 * because log-probability spans more than a hundred nats.
 */
import { scaleLog } from 'd3';
import { svgEl } from '../../base/dom';
import { grouped } from '../../base/format';
import type { Theme } from '../../base/theme';
import { type LensLayout, rankTicks } from './layout';
import { lineStyle, markerAt, styledLine } from './lines';

export interface LensSeries {
  /** Index of the hue, dash and marker. */
  style: number;
  text: string;
  /** [L + 1] ranks from 0; null while they are loading. */
  ranks: readonly number[] | null;
}

/** A marker is drawn on every so many rows, and on the last. */
const markerStep = 5;

export function lensTrajectories(
  theme: Theme,
  layout: LensLayout,
  series: readonly LensSeries[],
  vocabulary: number,
): SVGElement[] {
  const { axis, top, rowHeight, rows } = layout;
  const x = scaleLog([1, Math.max(10, vocabulary)], [axis.right, axis.left]);
  const middle = (row: number) => top + (row + 0.5) * rowHeight;
  const bottom = top + rows * rowHeight;
  const ticks = rankTicks(vocabulary, axis.right - axis.left).flatMap((rank) => {
    const at = Math.round(x(rank)) + 0.5;
    return [
      svgEl('line', {
        x1: at,
        x2: at,
        y1: top,
        y2: bottom,
        stroke: rank === 1 ? theme.faint : theme.track,
        'shape-rendering': 'crispEdges',
      }),
      svgEl(
        'text',
        { x: at, y: top - 10, 'text-anchor': rank === 1 ? 'end' : 'middle', style: { fill: theme.muted } },
        grouped(rank),
      ),
    ];
  });
  // The first of them, the target, is drawn on top.
  const lines = [...series].reverse().flatMap(({ style: index, ranks }) => {
    if (!ranks) return [];
    const style = lineStyle(theme, index);
    const points = ranks.map((rank, row): [number, number] => [x(rank + 1), middle(row)]);
    const marked = points.filter((_, row) => row % markerStep === 0 || row === points.length - 1);
    return [styledLine(style, points), ...marked.map(([px, py]) => markerAt(style, px, py, theme))];
  });
  return [...ticks, ...lines];
}
