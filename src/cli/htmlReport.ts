/** One self-contained page, for `--html`: what ran, the picture, and every number as a table. It has no script and loads nothing. */
import type { Sheet } from './csv';
import { escaped, figureSvg } from './figure';

const style = `body{font:14px/1.5 system-ui,sans-serif;color:#3b3b3b;background:#fff;max-width:960px;margin:32px auto;padding:0 16px}
table{border-collapse:collapse;font-variant-numeric:tabular-nums}td,th{padding:2px 12px 2px 0;text-align:left;white-space:pre-wrap}
td.n{text-align:right}th{border-bottom:1px solid #ccc}dt{color:#6a6a6a;float:left;clear:left;width:110px}dd{margin-left:120px;overflow-wrap:anywhere}
pre{background:#f5f5f5;padding:12px;white-space:pre-wrap}svg{max-width:100%;height:auto}`;

export interface ReportPage {
  title: string;
  /** The lines under the picture: model, provider, precision, settings, date. */
  captions: readonly string[];
  facts: Record<string, string>;
  /** The rendered prompt; null for a command without one. */
  rendered: string | null;
  sheet: Sheet;
  fingerprint: string;
}

export function htmlReport({ title, captions, facts, rendered, sheet, fingerprint }: ReportPage): string {
  const known = Object.entries(facts).map(([name, value]) => `<dt>${escaped(name)}</dt><dd>${escaped(value)}</dd>`);
  const head = sheet.columns.map((column) => `<th scope="col">${escaped(column)}</th>`).join('');
  const rows = sheet.rows.map((row) => `<tr>${row.map(cellOf).join('')}</tr>`);
  return [
    '<!DOCTYPE html>',
    `<html lang="en"><head><meta charset="utf-8"><title>${escaped(title)}</title><meta name="fingerprint" content="${fingerprint}"><style>${style}</style></head><body>`,
    `<h1>${escaped(title)}</h1>`,
    `<dl>${known.join('')}</dl>`,
    rendered === null ? '' : `<h2>Prompt</h2><pre>${escaped(rendered)}</pre>`,
    sheet.figure ? figureSvg(sheet, title, captions) : '',
    `<h2>Numbers</h2><table><thead><tr>${head}</tr></thead><tbody>${rows.join('\n')}</tbody></table>`,
    '</body></html>\n',
  ].join('\n');
}

function cellOf(cell: Sheet['rows'][number][number]): string {
  return typeof cell === 'number' ? `<td class="n">${cell}</td>` : `<td>${escaped(String(cell ?? ''))}</td>`;
}
