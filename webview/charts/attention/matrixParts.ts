/**
 * The vector parts of the matrix: axes, guides, the outlined row and column. Every mark carries its own colours and fonts, so
 * that the export needs no style sheet.
 */
import { svgEl } from '../../base/dom';
import { t } from '../../base/strings';
import type { Theme } from '../../base/theme';
import { guideTokens, type MatrixLayout } from './matrixLayout';
import type { Line } from './text';

export interface MatrixMarks {
  tokens: number;
  lines: readonly Line[];
  /** Token whose row and column are outlined; null for none. */
  origin: number | null;
}

function label(
  theme: Theme,
  text: string,
  attributes: Record<string, string | number>,
  strong = false,
): SVGTextElement {
  return svgEl(
    'text',
    {
      class: strong ? '' : 'm',
      fill: strong ? theme.foreground : theme.muted,
      'font-family': theme.fonts.text,
      'font-size': 11,
      ...attributes,
    },
    text,
  );
}

function axis(theme: Theme, layout: MatrixLayout): SVGElement[] {
  const { left, top, side, bottom } = layout;
  const frame = svgEl('path', {
    d: `M${left},${top}V${top + side}H${left + side}`,
    fill: 'none',
    stroke: theme.faint,
    'shape-rendering': 'crispEdges',
  });
  const queries = layout.queryLabels.map(({ text, at, template }) =>
    label(
      theme,
      text,
      { x: left - 8, y: top + at, dy: '.35em', 'text-anchor': 'end' },
      layout.labelsAreTokens && !template,
    ),
  );
  const keys = layout.keyLabels.map(({ text, at, template }) => {
    const [x, y] = [left + at, top + side + (layout.labelsAreTokens ? 6 : bottom - 4)];
    return layout.labelsAreTokens
      ? label(
          theme,
          text,
          { transform: `translate(${x},${y}) rotate(-90)`, dy: '.35em', 'text-anchor': 'end' },
          !template,
        )
      : label(theme, text, { x, y, 'text-anchor': 'middle' });
  });
  return [frame, ...queries, ...keys];
}

/** Guides at line ends, drawn only inside the triangle, where there are cells. */
function guides(theme: Theme, layout: MatrixLayout, marks: MatrixMarks): SVGElement[] {
  const { left, top, side, unit } = layout;
  return guideTokens(marks.lines, marks.tokens, unit).map((token) => {
    const at = token * unit;
    return svgEl('path', {
      d: `M${left},${top + at}h${at}v${side - at}`,
      fill: 'none',
      stroke: theme.faint,
      'stroke-opacity': 0.5,
      'shape-rendering': 'crispEdges',
    });
  });
}

/** Outlines of the tokens that a token reads (its row, solid) and of those that read it (its column, dashed). */
function tokenMarks(theme: Theme, layout: MatrixLayout, token: number, width: number): SVGElement[] {
  const { left, top, side, cell, span } = layout;
  const index = Math.floor(token / span);
  const at = index * cell;
  const row = svgEl('rect', {
    x: left - 0.5,
    y: top + at - 0.5,
    width: at + cell + 1,
    height: cell + 1,
    fill: 'none',
    stroke: theme.positive,
    'stroke-width': 1.5,
  });
  const column = svgEl('rect', {
    x: left + at - 0.5,
    y: top + at - 0.5,
    width: cell + 1,
    height: side - at + 1,
    fill: 'none',
    stroke: theme.negative,
    'stroke-width': 1.5,
    'stroke-dasharray': '4 2',
  });
  const x = left + at + cell + 8;
  const words = [t('row: reads from'), t('column: read by')];
  // The label stands beside the row where the empty triangle has room, and never below the picture.
  const y = Math.min(top + at + 2, top + side - 18);
  const room = x + 96 <= width;
  return [column, row, ...(room ? words.map((text, line) => label(theme, text, { x, y: y + line * 15 }, true)) : [])];
}

/** All marks over the cells (guides, axes, outlines), in drawing order. `width`: pixels available for the whole picture. */
export function matrixMarks(theme: Theme, layout: MatrixLayout, marks: MatrixMarks, width: number): SVGElement[] {
  return [
    ...guides(theme, layout, marks),
    ...axis(theme, layout),
    ...(marks.origin === null ? [] : tokenMarks(theme, layout, marks.origin, width)),
  ];
}
