// The report as lines of text. Pure.

/** Three significant digits, with separators between thousands. */
export function figure(value) {
  if (!Number.isFinite(value)) return '-';
  const digits = value === 0 ? 0 : Math.floor(Math.log10(Math.abs(value)));
  const decimals = Math.min(4, Math.max(0, 2 - digits));
  return value.toLocaleString('en', { minimumFractionDigits: decimals, maximumFractionDigits: decimals });
}

/** `166 ms (160-181)`: the median and the quartiles. */
export function timeText(time, unit) {
  if (!time) return '-';
  const spread = time.low === time.high ? '' : ` (${figure(time.low)}-${figure(time.high)})`;
  return `${figure(time.median)} ${unit}${spread}`;
}

const amount = (value, form) => (form === 'percent' ? `${(value * 100).toFixed(0)} %` : `${value.toFixed(2)}x`);

export function targetText({ target, unit, form, against }) {
  if (!target) return '';
  const sign = { atLeast: '>=', atMost: '<=', under: '<' }[target.sense];
  if (against === '') return `${sign} ${target.limit} ${unit}`;
  return form === 'percent' ? `${sign} ${target.limit * 100} %` : `${sign} ${target.limit}x`;
}

export function verdictText({ target, met }) {
  if (!target) return '';
  if (met === null) return 'not measured';
  return met ? 'met' : 'MISSED';
}

/** Each column is as wide as its widest cell; columns are two spaces apart. */
export function table(header, rows) {
  const all = [header, ...rows];
  const widths = header.map((_, column) => Math.max(...all.map((cells) => cells[column].length)));
  const line = (cells) =>
    cells
      .map((cell, column) => cell.padEnd(widths[column]))
      .join('  ')
      .trimEnd();
  return [line(header), line(widths.map((width) => '-'.repeat(width))), ...rows.map(line)];
}

/** @param {import('./rows.mjs').Row[]} rows */
export function rowLines(rows) {
  const cells = rows.map((row) => [
    row.title,
    timeText(row.ours, row.unit),
    row.against,
    timeText(row.peer, row.unit),
    row.ratio === null ? '' : amount(row.ratio, row.form),
    targetText(row),
    verdictText(row),
  ]);
  return table(['', 'ours', 'beside', '', 'ratio', 'target', ''], cells);
}

export function growthLines(rows) {
  const cells = rows.map(({ title, points, exponent, theory }) => [
    title,
    points.map(([size, ms]) => `${size}: ${figure(ms)} ms`).join('  '),
    exponent.toFixed(2),
    theory,
  ]);
  return table(['growth', 'medians', 'exponent', 'theory'], cells);
}
