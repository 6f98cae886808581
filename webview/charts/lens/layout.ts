/**
 * Positions of everything in the lens: columns (positions) and rows (blocks run so far) of the table, the trajectories that share
 * its rows, and which positions fit. Pure arithmetic.
 */

/** Width of a character of the 11 px token font in pixels, which limits the text in a cell. */
const letter = 6.7;
const wideLetter = 11.5;

const gutter = 28;
/** Gap between the table and the trajectories. */
const between = 20;
const leastColumn = 76;
const leastColumnNarrow = 84;
const mostColumn = 120;
/** Extra width of the origin's column, which shows the probability beside the token. */
const valueRoom = 34;
const rightMargin = 10;

/** From this content width on there is room for more columns and a wide drawing beside them. */
export const wideLens = 640;

export interface LensLayout {
  left: number;
  top: number;
  rowHeight: number;
  rows: number;
  /** Left edge and width of each column. */
  columns: { x: number; width: number }[];
  /** Left and right end of the rank axis of the trajectories. */
  axis: { left: number; right: number };
  width: number;
  height: number;
}

function trajectoryWidth(width: number): number {
  return width >= wideLens ? Math.min(320, Math.round(width * 0.27)) : 132;
}

/** How many columns fit beside the trajectories: at least one, at most `tokens`. */
export function columnsThatFit(width: number, tokens: number): number {
  const room = width - gutter - between - trajectoryWidth(width) - rightMargin - valueRoom;
  const least = width >= wideLens ? leastColumn : leastColumnNarrow;
  return Math.max(1, Math.min(tokens, Math.floor(room / least)));
}

/** `origin`: index of the column that also shows numbers. `rows` = L + 1. */
export function lensLayout(width: number, rows: number, columns: number, origin: number): LensLayout {
  const rowHeight = rows > 48 ? 14 : 18;
  const top = 42;
  const drawing = trajectoryWidth(width);
  const room = width - gutter - between - drawing - rightMargin - valueRoom;
  const each = Math.min(mostColumn, Math.floor(room / Math.max(1, columns)));
  const places: LensLayout['columns'] = [];
  let x = gutter;
  for (let column = 0; column < columns; column++) {
    const own = each + (column === origin ? valueRoom : 0);
    places.push({ x, width: own });
    x += own;
  }
  const left = x + between;
  return {
    left: gutter,
    top,
    rowHeight,
    rows,
    columns: places,
    axis: { left: left + 8, right: Math.min(width - rightMargin, left + 8 + Math.max(drawing, 96)) },
    width,
    height: top + rows * rowHeight + 6,
  };
}

/**
 * Positions of `count` columns: a run from `first`, always including the origin. If the origin lies beyond an end, it takes the
 * place of the column at that end.
 */
export function windowPositions(tokens: number, count: number, first: number, origin: number): number[] {
  const start = Math.max(0, Math.min(tokens - count, first));
  const run = Array.from({ length: Math.min(count, tokens) }, (_, index) => start + index);
  if (run.length === 0 || run.includes(origin)) return run;
  if (origin < start) run[0] = origin;
  else run[run.length - 1] = origin;
  return run;
}

/** The positions in view: a run of `count` from `first`, and the position that the lines belong to. */
export interface LensWindow {
  first: number;
  count: number;
  origin: number;
}

/**
 * The window after a change of origin, width or text, moved as little as possible. An origin that was in view, or is a new one,
 * stays or comes into view; otherwise the run stays where the user scrolled to.
 */
export function windowAfter(
  { first, count, origin }: LensWindow,
  next: { tokens: number; count: number; origin: number },
): LensWindow {
  const seen = first <= next.origin && next.origin < first + count;
  const least = seen || origin !== next.origin ? next.origin - next.count + 1 : 0;
  const most = seen || origin !== next.origin ? next.origin : next.tokens;
  const moved = Math.max(least, Math.min(most, first));
  const { tokens, ...now } = next;
  return { ...now, first: Math.max(0, Math.min(tokens - next.count, moved)) };
}

/** The text shortened with … to fit. */
export function cellText(text: string, width: number): string {
  const size = (character: string) => ((character.codePointAt(0) ?? 0) >= 0x2e80 ? wideLetter : letter);
  let room = width - 8;
  const letters = Array.from(text);
  const total = letters.reduce((sum, character) => sum + size(character), 0);
  if (total <= room) return text;
  room -= letter;
  let kept = '';
  for (const character of letters) {
    room -= size(character);
    if (room < 0) break;
    kept += character;
  }
  return `${kept}…`;
}

/** The row and column under a point; column −1 is right of the table, row −1 is the heading; null elsewhere. */
export function lensCellAt(layout: LensLayout, x: number, y: number): { row: number; column: number } | null {
  const row = y < layout.top ? -1 : Math.floor((y - layout.top) / layout.rowHeight);
  if (row >= layout.rows || y < 0) return null;
  const column = layout.columns.findIndex((place) => x >= place.x && x < place.x + place.width);
  if (column >= 0) return { row, column };
  return row >= 0 && x >= layout.axis.left - 8 && x <= layout.axis.right + 8 ? { row, column: -1 } : null;
}

/** Ranks (from 1) that the axis labels: ascending powers of ten, thinned out where labels would touch. */
export function rankTicks(vocabulary: number, pixels: number): number[] {
  const all: number[] = [];
  for (let rank = 1; rank <= vocabulary; rank *= 10) all.push(rank);
  const step = Math.max(1, Math.ceil((all.length * 44) / Math.max(1, pixels)));
  return all.filter((_, index) => index % step === 0);
}
