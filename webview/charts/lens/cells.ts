/**
 * The drawing of the lens table: headings, one cell for each position and number of blocks, and an outline around the origin's
 * column. Everything that is shown here in colour is also written in the cell's text or in its card.
 */
import type { LensCell } from '../../../src/analysis/logitLens/contract';
import { readable } from '../../../src/protocol/pieces';
import { svgEl } from '../../base/dom';
import { fixed, probability, visible } from '../../base/format';
import type { Theme } from '../../base/theme';
import { cellText, type LensLayout } from './layout';

export type LensTint = 'top' | 'entropy' | 'change';

export interface LensColumn {
  position: number;
  /** The token as lists show it. */
  name: string;
  /** Id of the token that actually follows; null where nothing says. */
  follows: number | null;
  /** The name of that token; a token that is part of a character has none of its own. */
  followsName: string | null;
  /** True if the text before it has changed since. */
  old: boolean;
  /** [L + 1]; null while they are loading. */
  cells: readonly LensCell[] | null;
}

export interface LensTableData {
  /** L + 1 rows: from 0 blocks to all blocks. */
  rows: number;
  columns: readonly LensColumn[];
  /** Index of the column whose trajectories are drawn. */
  origin: number;
  locked: boolean;
  /** Description of the origin's column, shown beside its number. */
  originWords: string;
  tint: LensTint;
}

/** Share of the blue ramp reached by a token with probability 1; beyond it, the theme's own text colour would be unreadable. */
const strongestTint = 0.34;
/** Nats at which the tint of entropy is full: about 400 equally likely tokens. */
export const fullEntropy = 6;
/** Below this probability the token in the cell is only one of many. */
const faintBelow = 0.1;

/** The place of a cell on its scale, 0 … 1; null where there is nothing to say. */
export function tintShare(cell: LensCell, tint: LensTint): number | null {
  if (tint === 'top') return cell.top[0] ? Math.exp(cell.top[0].logprob) : null;
  if (tint === 'change') return cell.change;
  return Math.min(1, cell.entropy / fullEntropy);
}

export function tintColour(theme: Theme, tint: LensTint, share: number | null): string {
  if (share === null) return theme.background;
  return tint === 'entropy' ? theme.heat(share) : theme.seq(share * strongestTint);
}

function valueText(cell: LensCell, tint: LensTint): string {
  if (tint === 'entropy') return fixed(cell.entropy, 1);
  if (tint === 'change') return cell.change === null ? '' : probability(cell.change);
  return cell.top[0] ? probability(Math.exp(cell.top[0].logprob)) : '';
}

/** Offset (dy) that centres 11 px text vertically on its y. */
const baseline = '.34em';

function cellDrawing(
  theme: Theme,
  layout: LensLayout,
  data: LensTableData,
  column: LensColumn,
  place: { x: number; width: number; row: number; origin: boolean },
): SVGElement[] {
  const cell = column.cells?.[place.row];
  const y = layout.top + place.row * layout.rowHeight;
  const box = { x: place.x, y, width: place.width - 2, height: layout.rowHeight - 1 };
  const top = cell?.top[0];
  if (!cell || !top) return [svgEl('rect', { ...box, fill: theme.track })];
  const share = tintShare(cell, data.tint);
  const value = place.origin ? valueText(cell, data.tint) : '';
  const faint = column.old || (data.tint === 'top' && (share ?? 0) < faintBelow);
  const hit = column.follows === top.id;
  const middle = y + layout.rowHeight / 2;
  const fill = faint ? theme.muted : theme.foreground;
  const room = place.width - 2 - (value ? 34 : 0);
  const name = svgEl(
    'text',
    {
      class: 'mono',
      x: place.x + 4,
      y: middle,
      dy: baseline,
      'xml:space': 'preserve',
      'font-family': theme.fonts.token,
      'font-weight': hit ? 700 : 400,
      'text-decoration': hit ? 'underline' : undefined,
      style: { fill },
    },
    cellText((hit && column.followsName) || visible(readable(top)), room),
  );
  const parts: SVGElement[] = [svgEl('rect', { ...box, fill: tintColour(theme, data.tint, share) }), name];
  if (value)
    parts.push(
      svgEl(
        'text',
        { x: place.x + place.width - 6, y: middle, dy: baseline, 'text-anchor': 'end', style: { fill } },
        value,
      ),
    );
  return parts;
}

function heading(theme: Theme, layout: LensLayout, data: LensTableData, index: number): SVGElement[] {
  const column = data.columns[index];
  const { x, width } = layout.columns[index];
  const origin = index === data.origin;
  return [
    svgEl(
      'text',
      { x: x + 4, y: layout.top - 26, style: { fill: theme.muted } },
      cellText(origin ? data.originWords : String(column.position + 1), width + 4),
    ),
    svgEl(
      'text',
      {
        class: 'mono',
        x: x + 4,
        y: layout.top - 10,
        'xml:space': 'preserve',
        'font-family': theme.fonts.token,
        'font-weight': origin ? 700 : 400,
        'text-decoration': column.old ? 'underline' : undefined,
        style: { fill: column.old ? theme.muted : theme.foreground },
      },
      cellText(column.name, width),
    ),
  ];
}

/** Numbers of blocks at the left: every fifth and the last. */
function rowNumbers(theme: Theme, layout: LensLayout): SVGElement[] {
  const last = layout.rows - 1;
  const step = layout.rows > 60 ? 10 : 5;
  return Array.from({ length: layout.rows }, (_, row) => row)
    .filter((row) => row === last || (row % step === 0 && last - row >= 2))
    .map((row) =>
      svgEl(
        'text',
        {
          x: layout.left - 8,
          y: layout.top + (row + 0.5) * layout.rowHeight,
          dy: baseline,
          'text-anchor': 'end',
          style: { fill: theme.muted },
        },
        row,
      ),
    );
}

/** Marks where the positions are not consecutive, because the origin stands apart. */
function gaps(theme: Theme, layout: LensLayout, columns: readonly LensColumn[]): SVGElement[] {
  return columns.slice(1).flatMap((column, index) => {
    if (column.position === columns[index].position + 1) return [];
    const x = layout.columns[index + 1].x - 1.5;
    const y2 = layout.top + layout.rows * layout.rowHeight;
    return [
      svgEl('line', {
        x1: x,
        x2: x,
        y1: layout.top - 36,
        y2,
        stroke: theme.muted,
        'stroke-dasharray': '2 3',
      }),
    ];
  });
}

export function lensCells(theme: Theme, layout: LensLayout, data: LensTableData): SVGElement[] {
  const cells = data.columns.flatMap((column, index) => {
    const { x, width } = layout.columns[index];
    const origin = index === data.origin;
    return Array.from({ length: layout.rows }, (_, row) =>
      cellDrawing(theme, layout, data, column, { x, width, row, origin }),
    ).flat();
  });
  const headings = data.columns.flatMap((_, index) => heading(theme, layout, data, index));
  const place = layout.columns[data.origin];
  const outline =
    place &&
    svgEl('rect', {
      x: place.x - 1,
      y: layout.top - 1,
      width: place.width,
      height: layout.rows * layout.rowHeight + 1,
      fill: 'none',
      stroke: data.locked ? theme.focus : theme.foreground,
      'stroke-width': data.locked ? 2 : 1,
    });
  return [
    ...rowNumbers(theme, layout),
    ...headings,
    ...cells,
    ...gaps(theme, layout, data.columns),
    ...(outline ? [outline] : []),
  ];
}
