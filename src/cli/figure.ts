/**
 * The picture of a command's numbers, for `--svg` and `--html`: one bar per row, or the cells of one head's matrix. It is built as a
 * string, since the command line has no DOM. Colours are those of the panel's light theme; sign is shown by direction and hatching.
 */
import { ProblemError } from '../protocol/problem';
import type { Cell, Sheet } from './csv';
import { displayWidth, visible } from './terminalText';

/** The columns of the sheet that are drawn (labels are joined by a point); `cells` draws every column after the first, by every row. */
export type Figure =
  | { kind: 'bars'; label: string[]; value: string /** A warning about the values. */; note?: string }
  | { kind: 'points'; x: string; y: string; label: string; group: string }
  | { kind: 'cells' };

const ink = { text: '#3b3b3b', muted: '#6a6a6a', track: '#ededed', positive: '#1a66b8', negative: '#b25e00' };
const font = 'font-family="ui-monospace, Menlo, Consolas, monospace" font-size="12"';

/** A standalone SVG; `captions` are the lines below it. Throws `usage` for a command that has no picture. */
export function figureSvg(sheet: Sheet, title: string, captions: readonly string[], metadata: object = {}): string {
  if (!sheet.figure) throw new ProblemError('usage', [`"${title}" has no picture that --svg could write.`]);
  const body = bodyOf(sheet, sheet.figure);
  const lines = captions.flatMap((caption) => wrapped(caption, Math.floor((body.width - 20) / captionWidth)));
  const height = body.height + 58 + lines.length * captionHeight;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${body.width}" height="${height}" viewBox="0 0 ${body.width} ${height}" ${font} role="img">`,
    `<title>${escaped(title)}</title>`,
    `<metadata>${escaped(JSON.stringify(metadata))}</metadata>`,
    '<defs><pattern id="hatch" width="5" height="5" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">',
    `<rect width="5" height="5" fill="#fff"/><rect width="3" height="5" fill="${ink.negative}"/></pattern></defs>`,
    '<rect width="100%" height="100%" fill="#fff"/>',
    words(16, 26, title, ink.text, 'font-weight="600"'),
    words(16, 44, body.legend, ink.muted),
    `<g transform="translate(0 52)">${body.marks}</g>`,
    ...lines.map((line, at) =>
      words(16, height - 8 - (lines.length - 1 - at) * captionHeight, line, ink.muted, 'font-size="10"'),
    ),
    '</svg>\n',
  ].join('\n');
}

/** Of a narrow character, and of a line. */
const [captionWidth, captionHeight] = [6.02, 14];

/** Cuts at spaces into lines of at most so many columns. */
function wrapped(text: string, columns: number): string[] {
  const lines: string[] = [''];
  for (const word of text.split(/(?<= )/)) {
    const last = lines.length - 1;
    if (lines[last] === '' || displayWidth(lines[last] + word.trimEnd()) <= columns) lines[last] += word;
    else lines.push(word);
  }
  return lines.map((line) => line.trimEnd());
}

export function escaped(text: string): string {
  const named: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
  // XML allows no other control characters and no lone surrogates.
  const allowed = text.replace(/(?![\n\t\r])[\p{Cc}\p{Cs}\ufffe\uffff]/gu, '\ufffd');
  return allowed.replace(/[&<>"]/g, (character) => named[character]);
}

interface Body {
  width: number;
  height: number;
  legend: string;
  marks: string;
}

function bodyOf(sheet: Sheet, figure: Figure): Body {
  switch (figure.kind) {
    case 'cells':
      return cells(sheet);
    case 'points':
      return points(sheet, figure);
    default:
      return bars(sheet, figure);
  }
}

/** Both axes have equal units; a group is a shape and a number, since hue alone is lost in print. */
function points(sheet: Sheet, figure: Figure & { kind: 'points' }): Body {
  const column = (name: string) => sheet.columns.indexOf(name);
  const at = (row: readonly Cell[], name: string) => Number(row[column(name)]);
  const xs = sheet.rows.map((row) => at(row, figure.x));
  const ys = sheet.rows.map((row) => at(row, figure.y));
  const [left, top] = [Math.min(...xs), Math.max(...ys)];
  const scale = 560 / (Math.max(Math.max(...xs) - left, top - Math.min(...ys)) || 1);
  const groups = [...new Set(sheet.rows.map((row) => row[column(figure.group)]))].filter((group) => group !== null);
  const marks = sheet.rows.map((row, index) => {
    const x = 40 + (xs[index] - left) * scale;
    const y = 20 + (top - ys[index]) * scale;
    const group = groups.indexOf(row[column(figure.group)] ?? '');
    const name = clipped(visible(String(row[column(figure.label)])), 16) + (group < 0 ? '' : ` ${group + 1}`);
    return shape(group, x, y) + words(x + 7, y + 4, name, ink.muted, 'font-size="10"');
  });
  const named = groups.map((group, index) => `${index + 1} = ${group}`).join(', ');
  const height = 40 + (top - Math.min(...ys)) * scale;
  return { width: 720, height, legend: named || 'equal units on both axes', marks: marks.join('\n') };
}

function shape(group: number, x: number, y: number): string {
  const paint = `fill="${group % 2 === 1 ? ink.negative : ink.positive}"`;
  const place = (value: number) => value.toFixed(1);
  if (group % 4 < 1) return `<circle cx="${place(x)}" cy="${place(y)}" r="4" ${paint}/>`;
  const turn = [0, 0, 45, 180][group % 4];
  const path = group % 4 === 3 ? 'M-5 4L5 4L0 -5Z' : 'M-4 -4H4V4H-4Z';
  return `<path d="${path}" transform="translate(${place(x)} ${place(y)}) rotate(${turn})" ${paint}/>`;
}

function bars(sheet: Sheet, figure: Figure & { kind: 'bars' }): Body {
  const labels = figure.label.map((column) => sheet.columns.indexOf(column));
  const value = sheet.columns.indexOf(figure.value);
  const values = sheet.rows.map((row) => row[value]).filter((cell): cell is number => typeof cell === 'number');
  const least = Math.min(0, ...values);
  const most = Math.max(0, ...values);
  const [left, right, rowHeight] = [180, 580, 18];
  const x = (at: number) => left + ((at - least) / (most - least || 1)) * (right - left);
  const marks = sheet.rows.map((row, index) => {
    const y = index * rowHeight;
    const cell = row[value];
    const name = clipped(labels.map((label) => visible(String(row[label] ?? ''))).join('.'), 20);
    const drawn = typeof cell === 'number' ? bar(x(Math.min(0, cell)), x(Math.max(0, cell)), y, cell < 0) : '';
    return [
      words(left - 8, y + 13, name, ink.text, 'text-anchor="end"'),
      `<rect x="${left}" y="${y + 3}" width="${right - left}" height="12" fill="${ink.track}"/>`,
      drawn,
      words(right + 8, y + 13, shown(cell), ink.text),
    ].join('');
  });
  const range = `${figure.value} from ${shown(least)} to ${shown(most)}`;
  const legend = figure.note ? `${figure.note} · ${range}` : range;
  return { width: 680, height: sheet.rows.length * rowHeight, legend, marks: marks.join('\n') };
}

const bar = (from: number, to: number, y: number, negative: boolean): string =>
  `<rect x="${from.toFixed(1)}" y="${y + 3}" width="${(to - from).toFixed(1)}" height="12" fill="${negative ? 'url(#hatch)' : ink.positive}"/>`;

/** Most cells per side: more would be thinner than a point and leave the picture. */
const mostCells = 320;

/** The largest weight of every block of `step` by `step`. */
function pooled(rows: readonly (readonly number[])[], step: number): number[][] {
  const size = Math.ceil(rows.length / step);
  const out = Array.from({ length: size }, () => new Array<number>(size).fill(0));
  rows.forEach((row, query) => {
    const into = out[Math.floor(query / step)];
    row.forEach((weight, key) => {
      const at = Math.floor(key / step);
      if (weight > into[at]) into[at] = weight;
    });
  });
  return out;
}

/** Rows attend to columns; the square root of the weight is the opacity, as in the panel. */
function cells(sheet: Sheet): Body {
  const whole = sheet.rows.map((row) => row.slice(1).map((cell) => (typeof cell === 'number' ? cell : 0)));
  const step = Math.ceil(whole.length / mostCells);
  const rows = step > 1 ? pooled(whole, step) : whole;
  const most = rows.reduce((largest, row) => Math.max(largest, ...row), 0) || 1;
  const side = Math.max(1, Math.min(14, Math.floor(640 / rows.length)));
  const marks = rows.flatMap((row, query) =>
    row.map((weight, key) => {
      const share = Math.sqrt(weight / most);
      if (share < 0.02) return '';
      const place = `x="${20 + key * side}" y="${query * side}" width="${side}" height="${side}"`;
      return `<rect ${place} fill="${ink.positive}" fill-opacity="${share.toFixed(2)}"/>`;
    }),
  );
  const merged = step > 1 ? `; a cell is the largest weight of ${step} by ${step}` : '';
  const legend = `weight from 0 to ${shown(most)}, gamma 0.5; row = query, column = key${merged}`;
  return { width: 680, height: rows.length * side, legend, marks: marks.filter(Boolean).join('\n') };
}

function words(x: number, y: number, text: string, colour: string, more = ''): string {
  return `<text x="${x}" y="${y}" fill="${colour}" xml:space="preserve" ${more}>${escaped(text)}</text>`;
}

const clipped = (text: string, length: number): string => {
  const characters = [...text];
  return characters.length > length ? `${characters.slice(0, length - 1).join('')}…` : text;
};

function shown(cell: Cell): string {
  if (typeof cell !== 'number') return cell === null ? '–' : String(cell);
  return String(Number(cell.toPrecision(4)));
}
