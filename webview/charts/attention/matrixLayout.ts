/**
 * Positions of the cells, guides and axis labels of the matrix, and how several heads are told apart. Pure arithmetic shared by
 * the chart on the page and its SVG export, so that the two agree to the pixel.
 */
import { interpolateLab } from 'd3';
import type { Theme } from '../../base/theme';
import type { Line } from './text';
import { strength } from './weights';

export interface AxisLabel {
  text: string;
  /** Centre along its axis, in pixels from the picture's corner. */
  at: number;
  template: boolean;
}

export interface MatrixLayout {
  left: number;
  top: number;
  /** Below the cells, for the key axis. */
  bottom: number;
  /** Tokens a cell covers each way, cells per side, pixels per cell. */
  span: number;
  cells: number;
  cell: number;
  /** Side of the picture, and pixels per token: `cell / span`. */
  side: number;
  unit: number;
  queryLabels: AxisLabel[];
  keyLabels: AxisLabel[];
  /** True if the labels are the tokens themselves; those of the keys are then turned upright. */
  labelsAreTokens: boolean;
}

const leastCell = 2;
const rowHeight = 13;
const longestToken = 10;

/** Rough width of 11 px text: CJK and emoji are square. */
export function textWidth(text: string): number {
  let width = 0;
  for (const letter of text) width += (letter.codePointAt(0) ?? 0) >= 0x2e80 ? 11.5 : 6;
  return width;
}

/** The labels that fit without touching; longer stretches come first. */
function fitting(labels: (AxisLabel & { extent: number; size: number })[]): AxisLabel[] {
  const taken: { from: number; to: number }[] = [];
  const kept = [...labels]
    .sort((a, b) => b.extent - a.extent)
    .filter(({ at, size }) => {
      const [from, to] = [at - size / 2, at + size / 2];
      if (taken.some((other) => from < other.to && to > other.from)) return false;
      taken.push({ from, to });
      return true;
    });
  return kept.sort((a, b) => a.at - b.at).map(({ text, at, template }) => ({ text, at, template }));
}

/** Line names, or positions at round steps if there is a single line. */
function axisEntries(lines: readonly Line[], tokens: number, side: number, unit: number) {
  if (lines.length > 1)
    return lines.map((line) => ({
      text: line.name,
      at: ((line.from + line.to) / 2) * unit,
      extent: line.to - line.from,
      template: line.template,
    }));
  const step = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000].find((size) => size * unit >= 40) ?? tokens;
  return Array.from({ length: Math.ceil(tokens / step) }, (_, index) => ({
    text: String(index * step),
    at: Math.min(side, (index * step + 0.5) * unit),
    extent: 1,
    template: false,
  }));
}

/** Lays out a [tokens, tokens] matrix in `width` pixels. `names` are the tokens as lists show them. */
export function matrixLayout(
  width: number,
  tokens: number,
  lines: readonly Line[],
  names: readonly string[],
): MatrixLayout {
  const top = 4;
  const longest = lines.length > 1 ? Math.max(...lines.map((line) => textWidth(line.name))) : 0;
  const tokenNames = names.map((name) => shortened(name));
  const tokenWidth = Math.max(0, ...tokenNames.map(textWidth));
  const cellFor = (left: number) =>
    Math.min(28, Math.max(8, Math.floor(480 / tokens)), Math.floor((width - left) / tokens));
  const labelsAreTokens = cellFor(tokenWidth + 12) >= rowHeight;
  const left = Math.ceil(Math.min(width / 3, Math.max(24, labelsAreTokens ? tokenWidth : longest) + 12));
  const room = Math.max(leastCell, width - left);
  const span = Math.max(1, Math.ceil(tokens / Math.floor(room / leastCell)));
  const cells = Math.ceil(tokens / span);
  // Pooled cells may be fractions of a pixel, because the painter rounds their edges.
  const cell = span > 1 ? Math.floor((4 * room) / cells) / 4 : Math.max(leastCell, cellFor(left));
  const side = Math.round(cells * cell);
  const unit = cell / span;
  const entries = labelsAreTokens
    ? tokenNames.map((text, index) => ({ text, at: (index + 0.5) * unit, extent: 1, template: false }))
    : axisEntries(lines, tokens, side, unit);
  return {
    left,
    top,
    bottom: labelsAreTokens ? Math.ceil(tokenWidth) + 10 : 18,
    span,
    cells,
    cell,
    side,
    unit,
    queryLabels: fitting(entries.map((entry) => ({ ...entry, size: rowHeight }))),
    keyLabels: fitting(
      entries.map((entry) => ({ ...entry, size: labelsAreTokens ? rowHeight : textWidth(entry.text) + 10 })),
    ),
    labelsAreTokens,
  };
}

function shortened(name: string): string {
  const letters = Array.from(name);
  return letters.length > longestToken ? `${letters.slice(0, longestToken - 1).join('')}…` : name;
}

/** Ends of lines, where guides are drawn; empty if the stretches between them are too narrow to tell apart. */
export function guideTokens(lines: readonly Line[], tokens: number, unit: number): number[] {
  if (lines.length < 2 || (tokens / lines.length) * unit < 6) return [];
  return lines.slice(0, -1).map((line) => line.to);
}

/** Several heads are never told apart by hue alone: each has a letter and a weave as well. */
export const headLetters = ['A', 'B', 'C', 'D'] as const;

/** More heads than this cannot be told apart in one picture. */
export const mostHeads = headLetters.length;

export function headHues(theme: Theme): string[] {
  return [theme.positive, theme.negative, theme.purple, theme.green];
}

/** Pixels of a 4 × 4 tile that the weave of a head leaves open: solid, diagonal, horizontal, dotted. */
export function weave(head: number): [x: number, y: number][] {
  const tile: [number, number][] = [];
  for (let y = 0; y < 4; y++)
    for (let x = 0; x < 4; x++) {
      const open = [false, (x + y) % 4 === 0, y === 1, x % 2 === 1 && y % 2 === 1][head] ?? false;
      if (open) tile.push([x, y]);
    }
  return tile;
}

/** Pixels per cell from which a weave can be seen. */
export const leastWoven = 5;

/** Pixels per cell from which a letter can be read. */
export const leastLettered = 13;

/** Share of the scale from which a cell shows which head gave it; weaker ones are background. */
export const leastMarked = 0.2;

/** Colour of a weight: the blue ramp for one head, from the background to the head's hue for several. */
export function cellColours(theme: Theme, several: boolean): (share: number, head: number) => string {
  if (!several) return (share) => theme.seq(0.03 + 0.97 * share);
  const ramps = headHues(theme).map((hue) => interpolateLab(theme.background, hue));
  return (share, head) => (ramps[head] ?? ramps[0])(0.03 + 0.97 * share);
}

/** A weight's share of the colour scale, in 64 steps: finer steps cannot be seen, and equal cells merge in the export. */
export function share(weight: number, largest: number, gamma: number): number {
  return Math.round(strength(weight, largest, gamma) * 63) / 63;
}
