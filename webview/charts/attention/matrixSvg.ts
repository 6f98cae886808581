/**
 * The matrix as a standalone SVG: real rectangles instead of a raster, with its legend inside. Neighbours of one colour merge, so
 * that the file stays small for a hundred tokens.
 */
import { svgEl } from '../../base/dom';
import type { Theme } from '../../base/theme';
import type { AttentionMatrixData } from './matrix';
import { cellColours, headHues, headLetters, leastMarked, matrixLayout, share, weave } from './matrixLayout';
import { matrixMarks } from './matrixParts';
import { pooled } from './weights';

/** A run of cells in one row that look the same. */
export interface Run {
  row: number;
  from: number;
  to: number;
  share: number;
  head: number;
}

/** The cells of a causal matrix as runs, row by row; empty cells are left to the background. */
export function cellRuns(data: AttentionMatrixData, span: number, gamma: number): Run[] {
  const cells = pooled(data.weights, data.tokens, span);
  const runs: Run[] = [];
  for (let row = 0; row < cells.cells; row++)
    for (let column = 0; column <= row; column++) {
      const index = row * cells.cells + column;
      const part = share(cells.weights[index], data.largest, gamma);
      const head = part > 0 ? (data.winner?.[cells.source[index]] ?? 0) : 0;
      const last = runs.at(-1);
      if (part === 0) continue;
      if (last?.row === row && last.to === column && last.share === part && last.head === head) last.to++;
      else runs.push({ row, from: column, to: column + 1, share: part, head });
    }
  return runs;
}

export interface MatrixSvgOptions {
  theme: Theme;
  gamma: number;
  width: number;
  /** How many heads are drawn together. */
  heads: number;
  /** Lines under the picture: which head, domain, state of the first token. */
  captions: readonly string[];
}

function weavePattern(head: number, background: string): SVGPatternElement {
  const tile = svgEl('pattern', { id: `weave-${head}`, width: 4, height: 4, patternUnits: 'userSpaceOnUse' });
  for (const [x, y] of weave(head)) tile.append(svgEl('rect', { x, y, width: 1, height: 1, fill: background }));
  return tile;
}

/** A swatch and a letter for each head beside its own caption, or the ramp of the single head. */
function legend(theme: Theme, heads: number, x: number, y: number): SVGElement[] {
  if (heads > 1)
    return headHues(theme)
      .slice(0, heads)
      .flatMap((fill, head) => [
        svgEl('rect', { x: x + head * 32, y, width: 12, height: 8, fill }),
        svgEl('rect', { x: x + head * 32, y, width: 12, height: 8, fill: `url(#weave-${head})` }),
        svgEl('text', { x: x + head * 32 + 16, y: y + 8, fill: theme.foreground, 'font-size': 11 }, headLetters[head]),
      ]);
  return Array.from({ length: 24 }, (_, step) =>
    svgEl('rect', { x: x + step * 4, y, width: 4, height: 8, fill: theme.seq(0.03 + (0.97 * step) / 23) }),
  );
}

/** The document as text. */
export function attentionMatrixSvg(data: AttentionMatrixData, options: MatrixSvgOptions): string {
  const { theme, gamma, width, captions } = options;
  const layout = matrixLayout(width, data.tokens, data.lines, data.names);
  const under = layout.top + layout.side + layout.bottom + 8;
  const height = under + 20 + captions.length * 16;
  const several = data.winner !== null;
  const colour = cellColours(theme, several);
  const root = svgEl('svg', {
    xmlns: 'http://www.w3.org/2000/svg',
    width,
    height,
    viewBox: `0 0 ${width} ${height}`,
    'font-family': theme.fonts.text,
  });
  root.append(svgEl('rect', { width, height, fill: theme.background }));
  if (several) root.append(svgEl('defs', {}, ...headLetters.map((_, head) => weavePattern(head, theme.background))));
  const cells = svgEl('g', { 'shape-rendering': 'crispEdges' });
  for (const run of cellRuns(data, layout.span, gamma)) {
    const place = {
      x: layout.left + run.from * layout.cell,
      y: layout.top + run.row * layout.cell,
      width: (run.to - run.from) * layout.cell,
      height: layout.cell,
    };
    cells.append(svgEl('rect', { ...place, fill: colour(run.share, run.head) }));
    if (several && run.head > 0 && run.share > leastMarked)
      cells.append(svgEl('rect', { ...place, fill: `url(#weave-${run.head})` }));
  }
  root.append(cells, ...matrixMarks(theme, layout, data, width), ...legend(theme, options.heads, layout.left, under));
  captions.forEach((caption, line) => {
    const place = { x: layout.left, y: under + 26 + line * 16, fill: theme.muted, 'font-size': 11 };
    root.append(svgEl('text', place, caption));
  });
  return new XMLSerializer().serializeToString(root);
}
