/**
 * Positions and values of a patching map's cells: pure geometry and readings, no elements. Many columns are pooled to those that
 * move the target most.
 */

/** Shares of the difference recovered, [row][column]. */
export interface PatchGrid {
  /** Null = not known yet. */
  exact: readonly (readonly (number | null)[])[];
  /** The first-order estimates; null where there are none. */
  preview: readonly (readonly number[])[] | null;
  /** The share, of either sign, at which a cell's colour is full. */
  limit: number;
}

/** One place, or the strongest of several pooled ones. */
export interface PatchCell {
  row: number;
  /** Index into the grid's columns. */
  column: number;
  exact: number | null;
  preview: number | null;
}

/** tokens: a number, a token and its replacement, under one another or turned; numbers: short and upright. */
export interface PatchAxis {
  kind: 'tokens' | 'numbers';
  labels: readonly (readonly string[])[];
  /** Columns that must have a label. */
  marked: readonly boolean[];
}

export interface PatchLayout {
  left: number;
  top: number;
  /** Width and height of a cell in pixels. */
  cell: number;
  row: number;
  /** Columns that one cell stands for. */
  span: number;
  columns: number;
  rows: number;
  /** True if cells are large enough to print their value. */
  numbers: boolean;
  width: number;
  height: number;
}

const LEFT = 28;
const LEAST_CELL = 4;
const MOST_CELL = 88;
/** From this cell size on, a cell prints its number and its labels stand upright. */
const NUMBER_CELL = 38;
const LINE = 14;
/** Advance of the 11 px token font. */
const CHARACTER = 6.7;
const MOST_CHARACTERS = 11;

export function patchLayout(width: number, rows: number, axis: PatchAxis): PatchLayout {
  const columns = axis.labels.length;
  const room = Math.max(LEAST_CELL, width - LEFT - 1);
  const span = Math.max(1, Math.ceil((columns * LEAST_CELL) / room));
  const drawn = Math.ceil(columns / span);
  const fitting = Math.floor(room / drawn);
  const cell = Math.max(LEAST_CELL, Math.min(axis.kind === 'tokens' ? MOST_CELL : 28, fitting));
  const numbers = axis.kind === 'tokens' && cell >= NUMBER_CELL;
  const row = numbers ? 16 : rows > 12 ? 12 : 20;
  const top = headHeight(axis, numbers);
  return {
    left: LEFT,
    top,
    cell,
    row,
    span,
    columns: drawn,
    rows,
    numbers,
    width: LEFT + drawn * cell + 1,
    height: top + rows * row + 1,
  };
}

function headHeight(axis: PatchAxis, numbers: boolean): number {
  if (axis.kind === 'numbers') return 18;
  if (numbers) return LINE * Math.max(...axis.labels.map((lines) => lines.length)) + 6;
  const longest = Math.max(...axis.labels.map((lines) => turnedLabel(lines).length));
  return Math.ceil(longest * CHARACTER) + 8;
}

/** `·France ← ·Italy`: a label as one turned line. */
export function turnedLabel([, ...tokens]: readonly string[]): string {
  return tokens.map((token) => shortened(token, MOST_CHARACTERS)).join(' ← ');
}

export function shortened(text: string, most: number): string {
  const characters = [...text];
  return characters.length <= most ? text : `${characters.slice(0, Math.max(1, most - 1)).join('')}…`;
}

/** A label cut to fit its column. */
export function uprightLabel(text: string, cell: number): string {
  return shortened(text, Math.floor((cell - 4) / CHARACTER));
}

/** The drawn columns that get a label: first the marked ones, then others where labels do not run into one another. */
export function labelledColumns(layout: PatchLayout, axis: PatchAxis, least: number): number[] {
  const taken: number[] = [];
  const free = (column: number) => taken.every((other) => Math.abs(other - column) * layout.cell >= least);
  const wanted = Array.from({ length: layout.columns }, (_, column) => column);
  const marked = wanted.filter((column) =>
    axis.marked.slice(column * layout.span, (column + 1) * layout.span).some((each) => each),
  );
  for (const column of [...marked, ...wanted]) if (!taken.includes(column) && free(column)) taken.push(column);
  return taken.sort((a, b) => a - b);
}

/** Columns whose number is printed: all of them if they have room, else the marked ones. */
export function numberedColumns(layout: PatchLayout, axis: PatchAxis): number[] {
  const all = Array.from({ length: layout.columns }, (_, column) => column);
  return layout.cell >= 20 ? all : all.filter((column) => axis.marked[column * layout.span]);
}

/** The share used for pooling and lists: exact if known, else the preview. */
export function bestKnown({ exact, preview }: Pick<PatchCell, 'exact' | 'preview'>): number | null {
  return exact ?? preview;
}

/** [row][drawn column]. */
export function patchCells({ exact, preview }: PatchGrid, span: number): PatchCell[][] {
  return exact.map((values, row) => {
    const cells: PatchCell[] = [];
    for (let from = 0; from < values.length; from += span) {
      let best: PatchCell | null = null;
      for (let column = from; column < Math.min(from + span, values.length); column++) {
        const cell = { row, column, exact: values[column], preview: preview?.[row]?.[column] ?? null };
        if (!best || strength(cell) > strength(best)) best = cell;
      }
      if (best) cells.push(best);
    }
    return cells;
  });
}

function strength(cell: PatchCell): number {
  const value = bestKnown(cell);
  return value === null ? -1 : Math.abs(value);
}

/** Ends of the hatch lines of a box, as pairs of points, every `step` pixels along its edges. */
export function hatch(
  x: number,
  y: number,
  width: number,
  height: number,
  step: number,
): [x1: number, y1: number, x2: number, y2: number][] {
  const lines: [number, number, number, number][] = [];
  for (let d = step; d < width + height; d += step)
    lines.push([
      x + Math.max(0, d - height),
      y + Math.min(d, height),
      x + Math.min(d, width),
      y + Math.max(0, d - width),
    ]);
  return lines;
}
